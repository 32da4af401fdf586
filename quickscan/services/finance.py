"""The business case of a building: filled from the scan, changed by people, worked out, and fed back into the scan.

A building has named cases. As long as nobody kept one, the page shows what the scan and the rulebook say, and nothing is
written. A first change keeps a case, and that one leads: its outcome goes into the scan as derived facts (NCW without subsidy,
year of major maintenance), below everything that a register or a person says. What a fact cannot say (fin.subsidie,
fin.koppelkans, pla.parkeren) becomes an answer named "uit de businesscase", only where nobody answered; whoever answers
later takes it over for good. fin.schaal and fin.mjop follow from facts that the scan has already.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pandas as pd

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.domain.facts import Fact
from quickscan.domain.finance.case import MANY_COLUMNS, CaseResult, run_case, run_many
from quickscan.domain.finance.criteria import find_answers, find_facts
from quickscan.domain.finance.filling import fill_case, sections_of
from quickscan.domain.finance.inputs import INPUTS, SHARING
from quickscan.domain.finance.reading import Case, CaseError, CaseFault, read_case
from quickscan.domain.finance.saved import (
    WHOLE_WORKSPACE,
    LockedCaseError,
    SavedCase,
    Tables,
    merge_tables,
    own_values,
    value_at,
    with_value,
)
from quickscan.domain.finance.starting import Start, start_case
from quickscan.domain.finance.subsidies import SubsidyBook
from quickscan.domain.parking import ParkingInputError, read_parking
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst
from quickscan.services.portfolios import Clock, utc_now
from quickscan.services.ports import Store
from quickscan.services.scans import Scan, Scans

SOURCE = "uit de businesscase"
FIRST_NAME = "Eerste case"
LONGEST_NAME = 60
MANY_DRAWS = 2_000_000  # buildings × draws in a portfolio: about a second
FEWEST_DRAWS = 1_000  # per building, also when there are many: enough for a chance in whole percents
# A number that only the case itself can say; the workspace has no value of its own for it.
OF_A_CASE = ("woning.huur_eur_per_maand", "onzekerheid.zaad")


class CaseStore(Protocol):
    """What is kept of business cases."""

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
    clock: Clock = utc_now

    @property
    def subsidies(self) -> SubsidyBook:
        """The schemes that ship with the tool."""
        return self.load_subsidies()

    def look(self, workspace_id: str, scan: Scan, rules: Rules, *, number: int | None = None) -> Worked:
        """Return a case of a building, worked out: the one asked for, else the leading one, else what the scan says."""
        every = self.cases.read_cases(workspace_id, scan.pand_id)
        chosen = next((case for case in every if case.number == number), None)
        chosen = chosen or next((case for case in every if case.leading), None) or self._unsaved(scan.pand_id)
        return self._work_out(workspace_id, chosen, every, scan, rules)

    def _unsaved(self, pand_id: str) -> SavedCase:
        return SavedCase(pand_id, 1, FIRST_NAME, {}, locked=False, leading=True, version=0, author="", at=self.clock())

    def _work_out(self, workspace_id: str, saved: SavedCase, every: Sequence[SavedCase], scan: Scan, rules: Rules) -> Worked:
        start = _start_of(scan, rules)
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
        self, workspace_id: str, worked: Worked, changes: Mapping[str, Any], *, scan: Scan, rules: Rules, author: str
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

    def copy(self, workspace_id: str, worked: Worked, *, name: str, scan: Scan, rules: Rules, author: str) -> SavedCase:
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
        scan: Scan,
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

    def _keep(self, workspace_id: str, saved: SavedCase, *, scan: Scan, rules: Rules, author: str) -> SavedCase:
        kept = self.cases.write_case(workspace_id, saved, author=author, at=self.clock())
        if kept.leading:
            worked = self._work_out(workspace_id, kept, (), scan, rules)
            if worked.result is not None and worked.case is not None:
                self._feed(workspace_id, worked.result, worked.case, kept, rules)
        return kept

    def _feed(self, workspace_id: str, result: CaseResult, case: Case, kept: SavedCase, rules: Rules) -> None:
        """Write what the leading case says into the scan; never over what a person or a register says."""
        facts = {name: round(number) for name, number in find_facts(result).items() if not math.isnan(number)}
        after = value_at(kept.tables, "bestaand.groot_onderhoud_over_jaren")
        if after is not None:
            facts["groot_onderhoud_jaar"] = rules.day.year + round(after)
        now = self.clock()
        for name, number in facts.items():
            fact = Fact(name, float(number), Herkomst.AFGELEID, f"{SOURCE} '{kept.name}'", rules.day)
            self.store.save_fact(workspace_id, kept.pand_id, fact, author=SOURCE, at=now)
        there = self.store.read_answers(workspace_id, kept.pand_id, Party.SAMEN)
        told = find_answers(result, shared=case.sharing == SHARING[0])
        ours = {name for name, answer in there.items() if answer.author == SOURCE}
        for criterion in {*told, *ours}:
            answer = there.get(criterion)
            if answer is not None and answer.author != SOURCE:
                continue
            with contextlib.suppress(StaleAnswerError):  # somebody answered just now, and that counts
                self.store.save_answer(
                    workspace_id,
                    kept.pand_id,
                    criterion,
                    choice=told.get(criterion),
                    note=f"{SOURCE[0].upper()}{SOURCE[1:]} '{kept.name}'",
                    certainty=Certainty.INSCHATTING,
                    author=SOURCE,
                    party=Party.SAMEN,
                    at=now,
                    expected_version=answer.version if answer else 0,
                )

    # -- the workspace's own values

    def _own(self, workspace_id: str) -> SavedCase:
        found = self.cases.read_cases(workspace_id, WHOLE_WORKSPACE)
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

    # -- the portfolio

    def stamp(self, workspace_id: str) -> tuple[tuple[str, int, int], ...]:
        """Return what changes whenever a case of the workspace changes."""
        return tuple((case.pand_id, case.number, case.version) for case in self.cases.read_cases(workspace_id))

    def work_out_all(self, workspace_id: str, screened: pd.DataFrame, rules: Rules, *, draws: int | None = None) -> pd.DataFrame:
        """Return pand_id, naam, oordeel, `eigen_case`, `tekort_eur` and MANY_COLUMNS of every building with new homes.

        A building with a leading case counts with its numbers; the others with the scan's homes and the usual numbers, without
        delay. All without subsidy: what is short is what a subsidy or somebody has to bring.
        """
        table = screened[screened["woningen"].fillna(0) >= 1].reset_index(drop=True)
        homes = {
            "woning.aantal": table["woningen"].round(),
            "woning.aantal_laag": table["woningen_laag"].clip(lower=1).round(),
            "woning.aantal_hoog": table["woningen_hoog"].round(),
            "bestaand.aantal_woningen": table["aantal_woningen"].where(table["aantal_woningen"] > 0),
        }
        frame = pd.DataFrame(homes).astype(float)
        frame["woning.aantal_laag"] = frame[["woning.aantal_laag", "woning.aantal"]].min(axis=1)
        frame["woning.aantal_hoog"] = frame[["woning.aantal_hoog", "woning.aantal"]].max(axis=1)
        segments, alone, mine = ["sociaal"] * len(table), np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
        place_of = {pand_id: place for place, pand_id in enumerate(table["pand_id"])}
        for saved in self.cases.read_cases(workspace_id):
            place = place_of.get(saved.pand_id)
            if place is None or not saved.leading:
                continue
            scan = Scans(self.store).look(workspace_id, saved.pand_id, rules)
            case = self._work_out_numbers(saved, scan, rules)
            if case is None:
                continue
            mine[place], segments[place], alone[place] = True, case.segment, case.sharing != SHARING[0]
            filled, sections = fill_case(case, rules, workspace=self.own_values(workspace_id)), sections_of(case)
            for key, spec in INPUTS.items():
                if key in case.numbers or spec.section in sections:
                    frame.loc[place, key] = float(filled[key].reshape(-1)[0])
        found = pd.DataFrame(index=table.index, columns=list(MANY_COLUMNS), dtype=float)
        for sharing, rows in ((SHARING[0], ~alone), (SHARING[1], alone)):
            places = np.flatnonzero(rows)
            if len(places):
                found.iloc[places] = run_many(
                    frame.iloc[places],
                    rules,
                    workspace=self.own_values(workspace_id),
                    segments=[segments[place] for place in places],
                    sharing=sharing,
                    draws=_draws_for(len(table), rules) if draws is None else draws,
                    keys=[int(place) for place in places],
                ).to_numpy()
        named = table[["pand_id", "naam", "oordeel"]].assign(
            eigen_case=mine, tekort_eur=np.maximum(-found["ncw_totaal_eur"], 0.0)
        )
        return pd.concat([named, found], axis=1)

    def _work_out_numbers(self, saved: SavedCase, scan: Scan, rules: Rules) -> Case | None:
        start = _start_of(scan, rules)
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


def _draws_for(buildings: int, rules: Rules) -> int:
    return int(min(max(MANY_DRAWS / buildings, FEWEST_DRAWS), rules.parameter("onzekerheid.trekkingen").likely))


def _start_of(scan: Scan, rules: Rules) -> Start:
    values: dict[str, str | float] = {}
    for fact in scan.facts:
        values.setdefault(fact.name, fact.value)
    return start_case(scan.results, values, rules)


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
