"""The business case of a building or complex: filled from the scan, changed by people, worked out, and fed back into the scan.

A building has named cases. As long as nobody kept one, the page shows what the scan and the rulebook say, and nothing is
written. A first change keeps a case, and that one leads: its outcome goes into the scan (`quickscan.services.feeding`).
What the outcome depends on may change elsewhere, such as the homes in the scan or a number of the workspace: `refresh` then
tells the scan anew, when somebody opens the case or changes that number; never on the click of an answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol

from quickscan.domain.errors import NotFoundError
from quickscan.domain.finance.case import CaseResult, run_case
from quickscan.domain.finance.complexes import NoPlanError, complex_key, is_complex
from quickscan.domain.finance.faults import CaseError, CaseFault
from quickscan.domain.finance.inputs import INPUTS
from quickscan.domain.finance.reading import Case, read_case
from quickscan.domain.finance.rentpoints import TABLE as POINTS
from quickscan.domain.finance.rentpoints import Points, PointsError, TypicalHome, check_home, make_home
from quickscan.domain.finance.saved import (
    WHOLE_WORKSPACE,
    LockedCaseError,
    SavedCase,
    Tables,
    merge_tables,
    own_values,
    with_value,
)
from quickscan.domain.finance.starting import Start
from quickscan.domain.finance.subsidies import SubsidyBook
from quickscan.domain.parking import ParkingInputError, read_parking
from quickscan.domain.rules import Rules
from quickscan.services.complexes import Subject, find_members, look_at_complex, subject_of
from quickscan.services.feeding import Feed, write_feed
from quickscan.services.portfolios import Clock, utc_now
from quickscan.services.ports import Store
from quickscan.services.scans import Scan, Scans

FIRST_NAME = "Eerste case"
LONGEST_NAME = 60
# A number that only the case itself can say; the workspace has no value of its own for it.
OF_A_CASE = ("woning.huur_eur_per_maand", "onzekerheid.zaad")


class PointCounter(Protocol):
    """Who counts huurpunten; slow, and never in the way of an answer."""

    def count(self, home: TypicalHome, day: date) -> Points:
        """Return the points of a home on a day; raises PointsError when they cannot be counted."""


class TimeModel(Protocol):
    """Who knows how much later than usual the building work of a building starts."""

    def find_lateness(self, workspace_id: str, scan: Scan, rules: Rules) -> tuple[float, float, float]:
        """Return the months: P10, P50 and P80, never below zero."""


class CaseStore(Protocol):
    """What is kept of business cases. `read_cases` reads; `write_case` and `remove_case` write."""

    def read_cases(self, workspace_id: str, pand_id: str | None = None) -> Sequence[SavedCase]:
        """Return the cases of a building, or of all, by pand_id and number; raises NotFoundError."""

    def write_case(self, workspace_id: str, case: SavedCase, *, author: str, at: datetime) -> SavedCase:
        """Keep a case; `case.version` is the version that was seen (0: a new one). Writing the same again changes nothing.

        A case that leads takes that from the others. Raises StaleCaseError when somebody else was first.
        """

    def remove_case(
        self, workspace_id: str, pand_id: str, number: int, *, expected_version: int, author: str, at: datetime
    ) -> None:
        """Take a case away; raises StaleCaseError or NotFoundError."""


@dataclass(frozen=True)
class Worked:
    """A case worked out. Without a result there are faults, and those say what is missing or wrong."""

    saved: SavedCase
    cases: Sequence[SavedCase]
    start: Start
    tables: Mapping[str, Any]  # the scan's and the person's together, as a case file has them
    own: Mapping[str, float]  # the workspace's own values
    case: Case | None
    result: CaseResult | None
    faults: tuple[CaseFault, ...]


@dataclass(frozen=True)
class Finance:
    """Use cases around money."""

    store: Store
    cases: CaseStore
    load_subsidies: Callable[[], SubsidyBook]
    counter: PointCounter | None = None
    times: TimeModel | None = None
    clock: Clock = utc_now

    @property
    def subsidies(self) -> SubsidyBook:
        """The schemes that ship with the tool."""
        return self.load_subsidies()

    def look(self, workspace_id: str, scan: Scan | Subject, rules: Rules, *, number: int | None = None) -> Worked:
        """Return a case of a building, worked out: the one asked for, else the leading one, else what the scan says."""
        every = self.cases.read_cases(workspace_id, scan.pand_id)
        chosen = next((case for case in every if case.number == number), None)
        chosen = chosen or next((case for case in every if case.leading), None) or self._unsaved(scan.pand_id)
        return self._work_out(workspace_id, chosen, every, scan, rules)

    def _unsaved(self, pand_id: str) -> SavedCase:
        return SavedCase(pand_id, 1, FIRST_NAME, {}, locked=False, leading=True, version=0, author="", at=self.clock())

    def _work_out(
        self, workspace_id: str, saved: SavedCase, every: Sequence[SavedCase], scan: Scan | Subject, rules: Rules
    ) -> Worked:
        start = self._subject(workspace_id, scan, rules).start
        tables = merge_tables(start.tables, saved.tables, suggested=start.suggested)
        own = self.own_values(workspace_id)
        content = {"naam": saved.name, **tables}
        try:
            case, result = _run(_Inputs(repr((content, own)), content, own), rules, self.load_subsidies)
        except CaseError as error:
            return Worked(saved, every, start, tables, own, None, None, error.faults)
        except ParkingInputError as error:
            fault = CaseFault(f"parkeren.{error.key}", None, error.problem, error.advice)
            return Worked(saved, every, start, tables, own, None, None, (fault,))
        return Worked(saved, every, start, tables, own, case, result, ())

    def count_points(self, tables: Mapping[str, Any], rules: Rules) -> tuple[TypicalHome, Points]:
        """Return the home of a case's [huurpunten] table and its points; raises PointsError or CaseError.

        It takes a second or two the first time, so a page asks for it only when somebody wants to know.
        """
        table = tables.get(POINTS, {})
        faults = list(check_home(table))
        if faults:
            raise CaseError(faults)
        home = self.usual_home(tables, rules)
        if self.counter is None:
            raise PointsError("het rekenpakket is hier niet aangesloten.")
        return home, self.counter.count(home, rules.day)

    def usual_home(self, tables: Mapping[str, Any], rules: Rules) -> TypicalHome:
        """Return the home of a case's [huurpunten] table with what is left out filled in; raises PointsError."""
        return make_home(tables.get(POINTS, {}), rules)

    def check(self, worked: Worked, changes: Mapping[str, Any], rules: Rules) -> tuple[CaseFault, ...]:
        """Return what would be wrong with a case after these changes (key → value, None for the default again)."""
        tables = merge_tables(worked.start.tables, _changed(worked.saved.tables, changes), suggested=worked.start.suggested)
        try:
            case = read_case(tables, rules, self.subsidies)
            if case.parking:
                read_parking(case.parking, new_homes=1, rules=rules)
        except CaseError as error:
            return error.faults
        except ParkingInputError as error:
            return (CaseFault(f"parkeren.{error.key}", None, error.problem, error.advice),)
        return ()

    def change(
        self, workspace_id: str, worked: Worked, changes: Mapping[str, Any], *, scan: Scan | Subject, rules: Rules, author: str
    ) -> SavedCase:
        """Change numbers of a case and keep it at once; raises CaseError, LockedCaseError or StaleCaseError.

        A fault that was there before and has nothing to do with the change does not stop it.
        """
        _refuse_locked(worked.saved)
        before = {fault.key for fault in worked.faults}
        faults = [fault for fault in self.check(worked, changes, rules) if fault.key in changes or fault.key not in before]
        if faults:
            raise CaseError(faults)
        return self._keep(
            workspace_id,
            replace(worked.saved, tables=_changed(worked.saved.tables, changes)),
            scan=scan,
            rules=rules,
            author=author,
        )

    def copy(self, workspace_id: str, worked: Worked, *, name: str, scan: Scan | Subject, rules: Rules, author: str) -> SavedCase:
        """Keep a case once more under another name, unlocked."""
        every = self.cases.read_cases(workspace_id, worked.saved.pand_id)
        number = 1 + max((case.number for case in every), default=0)
        fresh = replace(worked.saved, number=number, name=_named(name, number), locked=False, leading=not every, version=0)
        return self._keep(workspace_id, fresh, scan=scan, rules=rules, author=author)

    def settle(
        self,
        workspace_id: str,
        worked: Worked,
        *,
        scan: Scan | Subject,
        rules: Rules,
        author: str,
        name: str | None = None,
        locked: bool | None = None,
        leading: bool | None = None,
    ) -> SavedCase:
        """Name, lock, unlock or lead with a case; what is None stays. Without any it is kept as it is."""
        saved = worked.saved
        settled = replace(
            saved,
            name=saved.name if name is None else _named(name, saved.number),
            locked=saved.locked if locked is None else locked,
            leading=saved.leading or bool(leading),
        )
        return self._keep(workspace_id, settled, scan=scan, rules=rules, author=author)

    def remove(self, workspace_id: str, saved: SavedCase, *, author: str) -> None:
        """Take a case away; the leading and the locked stay."""
        _refuse_locked(saved)
        if saved.leading:
            raise LockedCaseError(saved.name, "telt voor de scan en blijft daarom", "Laat eerst een andere case tellen.")
        self.cases.remove_case(
            workspace_id, saved.pand_id, saved.number, expected_version=saved.version, author=author, at=self.clock()
        )

    def _keep(self, workspace_id: str, saved: SavedCase, *, scan: Scan | Subject, rules: Rules, author: str) -> SavedCase:
        kept = self.cases.write_case(workspace_id, saved, author=author, at=self.clock())
        if kept.leading:
            subject = self._subject(workspace_id, scan, rules)
            self._feed(workspace_id, self._work_out(workspace_id, kept, (), subject, rules), subject, rules)
        return kept

    def _feed(self, workspace_id: str, worked: Worked, subject: Subject, rules: Rules) -> None:
        """Tell the scan what a leading case says; of a complex, not the panden that have a leading case of their own."""
        if worked.result is None or worked.case is None:
            return
        feed = Feed.of(worked.result, worked.case, worked.saved, subject, rules)
        own: set[str] = set()
        if is_complex(subject.pand_id):
            own = {case.pand_id for case in self.cases.read_cases(workspace_id) if case.leading}
        for pand_id in subject.members:
            if pand_id not in own:
                write_feed(self.store, workspace_id, pand_id, feed, rules=rules, clock=self.clock)

    def refresh(self, workspace_id: str, worked: Worked, scan: Scan | Subject, rules: Rules) -> None:
        """Tell the scan anew what a kept, leading case says; nothing happens when it says the same."""
        if worked.saved.leading and worked.saved.version:
            self._feed(workspace_id, worked, self._subject(workspace_id, scan, rules), rules)

    def refresh_all(self, workspace_id: str, rules: Rules) -> None:
        """Do so for every leading case of a workspace."""
        for saved, subject in self.leading(workspace_id, rules):
            self._feed(workspace_id, self._work_out(workspace_id, saved, (), subject, rules), subject, rules)

    def leading(self, workspace_id: str, rules: Rules) -> Iterator[tuple[SavedCase, Subject]]:
        """Yield every leading case with what it is about; one of a building or complex that is gone is passed over."""
        saved = [case for case in self.cases.read_cases(workspace_id) if case.leading]
        keys: dict[str, tuple[str, tuple[str, ...]]] = {}
        if any(is_complex(case.pand_id) for case in saved):
            keys = {complex_key(code): (code, panden) for code, panden in find_members(self.store, workspace_id).items()}
        for case in saved:
            with contextlib.suppress(NotFoundError, NoPlanError):
                if is_complex(case.pand_id):
                    code, panden = keys.get(case.pand_id, ("", ()))
                    yield case, self._complex(workspace_id, code, panden, rules)
                else:
                    yield case, self._subject(workspace_id, Scans(self.store).look(workspace_id, case.pand_id, rules), rules)

    def complexes(self, workspace_id: str) -> dict[str, str]:
        """Return pand_id → complex_code, of the panden that have another one beside them in their complex."""
        found = find_members(self.store, workspace_id)
        return {pand_id: code for code, panden in found.items() for pand_id in panden}

    def look_at_complex(self, workspace_id: str, code: str, rules: Rules) -> Subject:
        """Return a complex as the subject of a case; raises NoPlanError."""
        return self._complex(workspace_id, code, find_members(self.store, workspace_id).get(code, ()), rules)

    def _complex(self, workspace_id: str, code: str, panden: Sequence[str], rules: Rules) -> Subject:
        def see(scan: Scan) -> Subject:
            return self._subject(workspace_id, scan, rules)

        return look_at_complex(self.store, workspace_id, code, panden, rules, see=see)

    def _subject(self, workspace_id: str, scan: Scan | Subject, rules: Rules) -> Subject:
        if isinstance(scan, Subject) or self.times is None:
            return subject_of(scan)
        return subject_of(scan, lateness=self.times.find_lateness(workspace_id, scan, rules))

    # -- the workspace's own values

    def _own(self, workspace_id: str) -> SavedCase:
        found = [case for case in self.cases.read_cases(workspace_id, WHOLE_WORKSPACE) if case.number == 1]
        name = "uitgangspunten van de werkruimte"
        return found[0] if found else replace(self._unsaved(WHOLE_WORKSPACE), name=name, leading=False)

    def own_values(self, workspace_id: str) -> dict[str, float]:
        """Return the numbers that this workspace uses instead of the rulebook's."""
        return own_values(self._own(workspace_id).tables)

    def change_own(self, workspace_id: str, key: str, value: float | None, *, rules: Rules, author: str) -> None:
        """Set a number for all cases of a workspace, None for the rulebook's again; raises CaseError or NotFoundError."""
        spec = INPUTS.get(key)
        if spec is None or spec.parameter is None or key in OF_A_CASE:
            raise NotFoundError("Uitgangspunt", key, advice="Kies een getal met een standaard uit de normenset.")
        tables = with_value(self._own(workspace_id).tables, key, value)
        tried = merge_tables({"woning": {"aantal": 1}, "bestaand": {"aantal_woningen": 1}}, tables)
        for section in ("aanplakken", "uitplinten"):
            tried.pop(section, None)
        read_case(tried, rules, self.subsidies)
        self.cases.write_case(workspace_id, replace(self._own(workspace_id), tables=tables), author=author, at=self.clock())
        self.refresh_all(workspace_id, rules)

    # -- the portfolio

    def stamp(self, workspace_id: str) -> tuple[tuple[str, int, int], ...]:
        """Return what changes whenever a case of the workspace changes."""
        return tuple((case.pand_id, case.number, case.version) for case in self.cases.read_cases(workspace_id))

    def read_leading(self, saved: SavedCase, subject: Subject, rules: Rules) -> Case | None:
        """Return a kept case as numbers, None when something in it is wrong."""
        start = subject.start
        try:
            return read_case(merge_tables(start.tables, saved.tables, suggested=start.suggested), rules, self.subsidies)
        except CaseError:
            return None


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a person and the scan say about a case, told apart by its text."""

    text: str
    content: Mapping[str, Any] = field(compare=False)
    own: Mapping[str, float] = field(compare=False)


@lru_cache(maxsize=32)  # a page looks at its case on every rerun, also when only a fold was opened
def _run(inputs: _Inputs, rules: Rules, load_subsidies: Callable[[], SubsidyBook]) -> tuple[Case, CaseResult]:
    book = load_subsidies()
    case = read_case(inputs.content, rules, book)
    return case, run_case(case, rules, book, workspace=inputs.own)


def forget_outcomes() -> None:
    """Forget what was worked out; only for who wants to see how long that takes."""
    _run.cache_clear()


def _changed(tables: Tables, changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(tables)
    for key, value in changes.items():
        changed = with_value(changed, key, value)
    return changed


def _named(name: str, number: int) -> str:
    return name.strip()[:LONGEST_NAME] or f"Case {number}"


def _refuse_locked(saved: SavedCase) -> None:
    if saved.locked:
        raise LockedCaseError(saved.name, "staat vast", "Maak hem los of maak een kopie.")
