"""Match the header row of a file with facts, criteria, place columns and parts.

What a person decided goes first, then the names we know, then likeness: a header that is one typing error away from one
name, and from no other, is read as that name and the sender is told. Anything less sure stays a suggestion. A column with
personal data is never read, whatever a person decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from quickscan.domain.errors import Fault
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import How
from quickscan.ingest.raw import Matched
from quickscan.ingest.tables.aliases import get_column_aliases, make_header_keys, make_key
from quickscan.ingest.tables.names import KNOWN_UNUSED, PARTS, PLACE_COLUMNS, REGISTER_LAYOUT
from quickscan.ingest.tables.privacy import is_private_header

CLOSE_ENOUGH = 80  # similarity from which a suggestion helps more than it misleads
_ONE_TYPO, _TWO_TYPOS = 6, 13  # letters from which a word with one or two typing errors is still the same word
_PLACES = "geometry"


def match_headers(
    headers: Sequence[str],
    *,
    criteria: Iterable[str],
    with_places: bool = True,
    mapping: Mapping[str, str | None] | None = None,
    private: Collection[str] = (),
) -> Matched:
    """Return what each column is. Two columns for one target are a fault; a column without use is a notice.

    `mapping` is what a person decided: header → target, None to leave the column out. `private` are headers of columns
    in which personal data was found.
    """
    known = _list_known(criteria, with_places=with_places)
    chosen = {header: target for header, target in (mapping or {}).items() if target is None or _is_target(target, known)}
    targets: list[str | None] = [None] * len(headers)
    hows = [How.PRIVATE if header in private or is_private_header(header) else How.UNUSED for header in headers]
    faults = [_say_private(header) for header, how in zip(headers, hows, strict=True) if how is How.PRIVATE]
    open_places = [place for place, how in enumerate(hows) if how is How.UNUSED]
    taken: dict[str, int] = {}

    def take(place: int, target: str | None, how: How) -> None:
        if target in taken and how is How.KNOWN and hows[taken[target]] is How.CHOSEN:
            return  # a person gave this target another column
        if target in taken:
            faults.append(_say_twice(headers[place], headers[taken[target]], target))
            return
        targets[place], hows[place] = target, how
        if target is not None:
            taken[target] = place

    for place in open_places:
        if headers[place] in chosen:
            take(place, _find_chosen(headers[place], chosen[headers[place]], known), How.CHOSEN)
    for place in open_places:
        if headers[place] not in chosen and (target := find_known(headers[place], known)):
            take(place, target, How.KNOWN)
    told = {fault.column for fault in faults} | KNOWN_UNUSED | set(chosen)
    unread = [place for place in open_places if targets[place] is None and headers[place] not in told]
    free = {key: target for key, target in known.items() if target not in taken}
    faults += _match_alike(headers, unread, free, take)
    faults += [_say_unused(headers[place], free) for place in unread if targets[place] is None]
    return Matched(tuple(headers), tuple(targets), tuple(faults), frozenset(headers) >= REGISTER_LAYOUT, tuple(hows))


def make_finder(criteria: Iterable[str], mapping: Mapping[str, str | None] | None) -> Callable[[str], str | None]:
    """Return a function that tells what a text is the header of, if it is one that we or a person know."""
    known = _list_known(criteria, with_places=True)
    return lambda text: (mapping or {}).get(text) or find_known(text, known)


def find_known(header: str, known: Mapping[str, str]) -> str | None:
    """Return the target of a header that is in the table of names."""
    return next((known[key] for key in make_header_keys(header) if key in known), None)


def show_target(target: str | None) -> str | None:
    """Return what the screen says a column became: a place column became the geometry, a part what it is a part of."""
    if target in PLACE_COLUMNS:
        return _PLACES
    return PARTS.get(target, target) if target else None


def _list_known(criteria: Iterable[str], *, with_places: bool) -> dict[str, str]:
    known = {**get_column_aliases(), **{make_key(criterion): criterion for criterion in criteria}}
    return known if with_places else {key: target for key, target in known.items() if target not in PLACE_COLUMNS}


def _is_target(target: str, known: Mapping[str, str]) -> bool:
    return target in FACTS or target in known.values()


def _find_chosen(header: str, chosen: str | None, known: Mapping[str, str]) -> str | None:
    """Return the chosen target; x stays x and a part stays a part when the choice is what those are shown as."""
    own = find_known(header, known)
    return own if own and chosen == show_target(own) else chosen


def _match_alike(
    headers: Sequence[str], places: Sequence[int], free: Mapping[str, str], take: Callable[[int, str | None, How], None]
) -> list[Fault]:
    """Take the columns whose header is surely a typing error; two that look like one target are both left alone."""
    alike = {place: target for place in places if (target := _find_alike(make_key(headers[place]), free))}
    claimed = list(alike.values())
    faults = []
    for place, target in alike.items():
        if claimed.count(target) == 1:
            take(place, target, How.LIKE)
            faults.append(_say_alike(headers[place], target))
    return faults


def _find_alike(key: str, free: Mapping[str, str]) -> str | None:
    from rapidfuzz import process  # noqa: PLC0415 - most files have no unknown columns
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    if len(key) < _ONE_TYPO:
        return None
    errors = 2 if len(key) >= _TWO_TYPOS else 1
    near = process.extract(key, free.keys(), scorer=OSA.distance, score_cutoff=errors + 1, limit=None)
    best = {free[name]: distance for name, distance, _ in reversed(near)}  # of each target the closest name
    close = [target for target, distance in best.items() if distance <= errors]
    digits = [name for name, _, _ in near if _keep_digits(name) == _keep_digits(key)]
    return close[0] if len(best) == len(close) == 1 and digits else None


def _keep_digits(key: str) -> str:
    return "".join(filter(str.isdigit, key))


def _say_private(header: str) -> Fault:
    problem = "hier staan persoonsgegevens; deze kolom is niet gelezen"
    return Fault(None, header, None, problem, "Haal zulke kolommen weg voordat je een lijst deelt.", notice=True)


def _say_alike(header: str, target: str) -> Fault:
    problem = f"deze kolom is gelezen als {show_target(target)}"
    return Fault(None, header, None, problem, "Klopt dat niet, kies dan zelf wat deze kolom is.", notice=True)


def _say_twice(header: str, earlier: str, target: str | None) -> Fault:
    problem = f"deze kolom en kolom '{earlier}' zijn allebei gelezen als {target}"
    return Fault(None, header, None, problem, "Laat één van de twee kolommen staan.")


def _say_unused(header: str, free: Mapping[str, str]) -> Fault:
    from rapidfuzz import process  # noqa: PLC0415 - most files have no unknown columns

    close = process.extractOne(make_key(header), free.keys(), score_cutoff=CLOSE_ENOUGH)
    suggested = show_target(free[close[0]]) if close else None
    advice = f"Bedoel je '{suggested}'? Kies dat dan zelf, of verander de kop." if suggested else "Je hoeft niets te doen."
    return Fault(None, header, None, "deze kolom wordt niet gebruikt", advice, notice=True)
