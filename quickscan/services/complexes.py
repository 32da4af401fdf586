"""What a business case is about: one building, or a complex of panden that is looked at as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quickscan.domain.facts import Fact
from quickscan.domain.finance.complexes import NoPlanError, complex_key, join_starts
from quickscan.domain.finance.starting import Start, start_case
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Voorselectie
from quickscan.services.ports import Store
from quickscan.services.scans import Scan, Scans


@dataclass(frozen=True)
class Subject:
    """A building or complex as a case sees it: its key, what it is called, what the scan knows, and the panden in it."""

    pand_id: str  # of a complex: its key
    name: str
    facts: Sequence[Fact]
    start: Start
    members: tuple[str, ...]

    @property
    def known(self) -> Mapping[str, str | float]:
        """Return the best value of each fact; of a complex only what all panden share."""
        values: dict[str, str | float] = {}
        for fact in self.facts:
            values.setdefault(fact.name, fact.value)
        return values


def subject_of(scan: Scan | Subject, *, lateness: tuple[float, float, float] | None = None) -> Subject:
    """Return a building as the subject of a case; `lateness` is what the time model says, see `start_case`."""
    if isinstance(scan, Subject):
        return scan
    values: dict[str, str | float] = {}
    for fact in scan.facts:
        values.setdefault(fact.name, fact.value)
    return Subject(scan.pand_id, scan.name, scan.facts, start_case(scan.results, values, lateness=lateness), (scan.pand_id,))


def look_at_complex(
    store: Store,
    workspace_id: str,
    code: str,
    members: Sequence[str],
    rules: Rules,
    *,
    see: Callable[[Scan], Subject] = subject_of,
) -> Subject:
    """Return the panden of a complex that are in reach and get new homes, as one subject; raises NoPlanError or NotFoundError.

    `see` makes a subject of each of them.
    """
    scans = Scans(store)
    looked = [scans.look(workspace_id, pand_id, rules) for pand_id in members]
    near = [scan for scan in looked if scans.preselect(scan, rules)[0] is not Voorselectie.BUITEN_BEREIK]
    each = [subject for subject in map(see, near) if "woning" in subject.start.tables]
    if not each:
        raise NoPlanError(code)
    first = each[0].known
    shared = [fact for fact in each[0].facts if all(other.known.get(fact.name) == first[fact.name] for other in each)]
    return Subject(
        complex_key(code), f"complex {code}", shared, join_starts([one.start for one in each]), tuple(one.pand_id for one in each)
    )


def find_members(store: Store, workspace_id: str) -> dict[str, tuple[str, ...]]:
    """Return complex_code → panden, of the codes that more than one pand has."""
    buildings = store.read_buildings(workspace_id)
    if "complex_code" not in buildings:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    known = buildings[buildings["complex_code"].notna()]
    for code, pand_id in zip(known["complex_code"].astype(str), known["pand_id"].astype(str), strict=True):
        found[code].append(pand_id)
    return {code: tuple(panden) for code, panden in found.items() if len(panden) > 1}
