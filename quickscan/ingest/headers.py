"""Match the header row of a file with facts, criteria and place columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from quickscan.domain.errors import Fault
from quickscan.ingest.aliases import KNOWN_UNUSED, PLACE_COLUMNS, REGISTER_LAYOUT, get_column_aliases, make_header_keys, make_key
from quickscan.ingest.raw import Matched

CLOSE_ENOUGH = 80  # similarity from which a suggestion helps more than it misleads


def match_headers(headers: Sequence[str], *, criteria: Iterable[str], with_places: bool = True) -> Matched:
    """Return what each column is. Two columns for one target are a fault; a column without use is a notice."""
    wanted = {make_key(criterion): criterion for criterion in criteria}
    known = {**get_column_aliases(), **wanted}
    if not with_places:
        known = {key: target for key, target in known.items() if target not in PLACE_COLUMNS}
    targets: list[str | None] = []
    faults: list[Fault] = []
    taken: dict[str, str] = {}
    for header in headers:
        target = next((known[key] for key in make_header_keys(header) if key in known), None)
        if target in taken:
            faults.append(_say_twice(header, taken[target], target))
            target = None
        elif target is not None:
            taken[target] = header
        targets.append(target)
    free = {key: target for key, target in known.items() if target not in taken}
    told = {fault.column for fault in faults} | KNOWN_UNUSED
    faults += [
        _say_unused(header, free)
        for header, target in zip(headers, targets, strict=True)
        if target is None and header not in told
    ]
    is_register = frozenset(headers) >= REGISTER_LAYOUT
    return Matched(tuple(headers), tuple(targets), tuple(faults), is_register)


def _say_twice(header: str, earlier: str, target: str) -> Fault:
    problem = f"deze kolom en kolom '{earlier}' zijn allebei gelezen als {target}"
    return Fault(None, header, None, problem, "Laat één van de twee kolommen staan.")


def _say_unused(header: str, free: Mapping[str, str]) -> Fault:
    from rapidfuzz import process  # noqa: PLC0415 - most files have no unknown columns

    close = process.extractOne(make_key(header), free.keys(), score_cutoff=CLOSE_ENOUGH)
    advice = f"Bedoel je '{free[close[0]]}'? Verander dan de kop." if close else "Je hoeft niets te doen."
    return Fault(None, header, None, "deze kolom wordt niet gebruikt", advice, notice=True)
