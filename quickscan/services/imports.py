"""Imports: see what files would do to a workspace, let it happen whole or not at all, look back, and undo.

A plan is a preview and changes nothing. Confirming it makes an import: a numbered version of the workspace that says
who, when, from which files, and what changed. A mapping is what a person decided about the columns of a sender.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from quickscan.domain.errors import Fault, UnusableInputError
from quickscan.domain.facts import FACTS
from quickscan.domain.intake import Intake
from quickscan.domain.meeting import Met, meet
from quickscan.domain.merging import GEOMETRY, NEW_VALUES, Effect, Known, State, compare, is_criterion
from quickscan.domain.terms import Herkomst
from quickscan.services.portfolios import Clock, describe, utc_now
from quickscan.services.ports import FileNote, ImportBatch, ImportRecord, Store, UndoReport

__all__ = ["FileNote", "ImportPlan", "ImportRecord", "Imports", "UndoReport"]

MAX_BUILDINGS = 50_000  # what the screens stay quick with; larger files go through the command `screen`
LONGEST_NAME = 120
PLACE_COLUMNS = ("pand_id", GEOMETRY, "postcode", "huisnummer", "straat", "woonplaats")
_NAME_COLUMNS = ("naam", "straat", "huisnummer")


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do, on a workspace as it was at two versions.

    `buildings` has a row for every building in the files: pand_id, naam, state (State), changes (number of cells in which
    another value comes into use), conflicts (number of cells), geometry. `changes` has CHANGE_COLUMNS of
    `quickscan.domain.merging`: a row for every cell that would do something, of new buildings too, with old and new value
    and its Effect. Refused rows are not in either.
    """

    workspace_id: str | None  # None: a new workspace
    facts_version: int
    answers_version: int
    files: tuple[FileNote, ...]
    buildings: pd.DataFrame
    changes: pd.DataFrame
    faults: tuple[Fault, ...]  # between the files first, then those of each file
    rows: int
    refused: int
    shapes: pd.Series = field(repr=False)  # pand_id → the new shape, of those with a change of the geometry

    @property
    def conflicts(self) -> pd.DataFrame:
        """The changes that clash with what a person answered; they are taken only when asked for by name."""
        clashes: pd.DataFrame = self.changes[self.changes["effect"] == str(Effect.BOTST)]
        return clashes

    @property
    def added(self) -> int:
        """Number of buildings that are new in the workspace."""
        return self._count(State.NIEUW)

    @property
    def changed(self) -> int:
        """Number of buildings that are there and in which another value comes into use."""
        return self._count(State.GEWIJZIGD)

    @property
    def unchanged(self) -> int:
        """Number of buildings that are there and keep the values in use (conflicts, and what is kept beside, apart)."""
        return self._count(State.ONGEWIJZIGD)

    @property
    def elsewhere(self) -> int:
        """Number of buildings that are skipped: the file brings no buildings and these are not there."""
        return self._count(State.ELDERS)

    @property
    def values(self) -> int:
        """Number of cells that are written, conflicts left out."""
        return len(self.changes) - len(self.conflicts)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to confirm, not even a conflict to choose on."""
        return not self.added and self.changes.empty

    def _count(self, state: State) -> int:
        return int((self.buildings["state"] == str(state)).sum())


@dataclass(frozen=True)
class Imports:
    """Use cases around bringing files into a workspace."""

    store: Store
    clock: Clock = utc_now

    def plan(self, intakes: Sequence[tuple[FileNote, Intake]], *, workspace_id: str | None) -> ImportPlan:
        """Return what these files would do together; None is a new workspace. Nothing is stored.

        Raises NotFoundError, and UnusableInputError when the workspace would get too large.
        """
        facts_version = answers_version = 0
        known = Known.nothing()
        if workspace_id is not None:
            workspace = self.store.get_workspace(workspace_id)  # first: a change during the reading makes the plan stale
            facts_version, answers_version = workspace.facts_version, workspace.answers_version
            known = self.store.read_known(workspace_id)
        files, read = tuple(note for note, _ in intakes), [intake for _, intake in intakes]
        there = known.buildings["pand_id"].tolist()
        met = meet(read, names=[note.name for note in files], known=there)
        pand_ids = met.buildings["pand_id"].tolist()
        _refuse_too_many(len(set(there).union(pand_ids)))
        changes = compare(known, pand_ids, met.offers)
        return ImportPlan(
            workspace_id=workspace_id,
            facts_version=facts_version,
            answers_version=answers_version,
            files=files,
            buildings=_list_buildings(met, known, changes),
            changes=changes,
            faults=(*met.faults, *(fault for intake in read for fault in intake.faults)),
            rows=sum(intake.rows for intake in read),
            refused=sum(intake.refused for intake in read),
            shapes=_find_new_shapes(met, changes),
        )

    def confirm(
        self, plan: ImportPlan, *, name: str | None, author: str, take_over: Collection[tuple[str, str]] = ()
    ) -> ImportRecord:
        """Let a plan happen, whole or not at all, and return its record. `name` is that of a new workspace.

        `take_over` names (pand_id, fact) of the conflicts in which the file goes before the person.
        Raises StalePlanError when the workspace changed since, NotFoundError when it is gone, and UnusableInputError
        when a new workspace would have no buildings.
        """
        if plan.workspace_id is None and not plan.added:
            advice = "Kies een lijst van gebouwen, of verbeter de rijen die geweigerd zijn."
            raise UnusableInputError("Er zijn geen gebouwen om over te nemen.", advice)
        return self.store.write_import(
            plan.workspace_id,
            _make_batch(plan, frozenset(take_over)),
            name=((name or "").strip() or "Eigen gebouwen")[:LONGEST_NAME],
            files=plan.files,
            expected=(plan.facts_version, plan.answers_version),
            author=author,
            at=self.clock(),
        )

    def history(self, workspace_id: str) -> Sequence[ImportRecord]:
        """Return the imports of a workspace, the newest first; raises NotFoundError."""
        return self.store.find_imports(workspace_id)

    def changes_of(self, workspace_id: str, number: int) -> pd.DataFrame:
        """Return columns pand_id, fact, source, old, new; a building that was added is one row. Raises NotFoundError."""
        return self.store.read_import_changes(workspace_id, number)

    def undo_last(self, workspace_id: str, *, author: str) -> UndoReport:
        """Undo the newest import that still stands; raises NotFoundError when there is none (any more).

        Cells go back to what they were where they still hold what the import wrote. Buildings it added go, unless
        somebody answered or gave a fact there since.
        """
        return self.store.undo_import(workspace_id, author=author, at=self.clock())

    def remember_mapping(
        self, workspace_id: str, sender: str, mapping: Mapping[str, str | None], *, author: str = "onbekend"
    ) -> None:
        """Remember what the columns of a sender are; None is a column to leave out. Raises NotFoundError."""
        kept = {_sort_name(header): mapping[header] for header in mapping}
        self.store.save_mapping(workspace_id, _sort_name(sender), kept, author=author, at=self.clock())

    def recall_mapping(self, workspace_id: str | None, sender: str, headers: Sequence[str]) -> dict[str, str | None]:
        """Return what was remembered of these headers of a sender; a header nobody decided on is not in it."""
        if workspace_id is None:
            return {}
        kept = self.store.read_mapping(workspace_id, _sort_name(sender))
        return {header: kept[_sort_name(header)] for header in headers if _sort_name(header) in kept}

    def known_buildings(self, workspace_id: str) -> pd.DataFrame:
        """Return where the buildings of a workspace are, for readers of files without pand_id; raises NotFoundError."""
        return self.store.read_buildings(workspace_id).reindex(columns=list(PLACE_COLUMNS))


def _sort_name(name: str) -> str:
    """Return what spellings of one sender or header share."""
    return " ".join(name.casefold().split())


def _refuse_too_many(count: int) -> None:
    if count > MAX_BUILDINGS:
        problem = f"Met dit bestand zijn er {count} gebouwen; de schermen kunnen er {MAX_BUILDINGS} aan."
        raise UnusableInputError(problem, "Gebruik 'python -m quickscan screen BESTAND --out UIT' of splits het bestand.")


def _list_buildings(met: Met, known: Known, changes: pd.DataFrame) -> pd.DataFrame:
    """Return every building in the files with what happens to it."""
    pand_ids = met.buildings["pand_id"]
    row_of = pd.Index(known.buildings["pand_id"]).get_indexer(pd.Index(pand_ids))
    clashes = changes["effect"] == str(Effect.BOTST)
    count = pand_ids.map(changes.loc[changes["effect"].isin(NEW_VALUES), "pand_id"].value_counts()).fillna(0).astype(int)
    state = np.where(count > 0, str(State.GEWIJZIGD), str(State.ONGEWIJZIGD))
    state[row_of < 0] = str(State.NIEUW)
    here = _fill_in(met.buildings, known, row_of)
    listed = pd.DataFrame(
        {
            "pand_id": pand_ids,
            "naam": describe(here)["naam"],
            "state": state,
            "changes": count,
            "conflicts": pand_ids.map(changes.loc[clashes, "pand_id"].value_counts()).fillna(0).astype(int),
            GEOMETRY: here[GEOMETRY],
        }
    )
    elsewhere = pd.DataFrame({"pand_id": pd.Series(met.elsewhere, dtype="str")})
    elsewhere = elsewhere.assign(
        naam=describe(elsewhere)["naam"],
        state=str(State.ELDERS),
        changes=0,
        conflicts=0,
        **{GEOMETRY: pd.Series([None] * len(elsewhere), dtype=object)},
    )
    return pd.concat([listed, elsewhere], ignore_index=True) if len(elsewhere) else listed


def _fill_in(buildings: pd.DataFrame, known: Known, row_of: np.ndarray) -> pd.DataFrame:
    """Return name, address and shape from the files, and from the workspace where the files have none."""
    columns: dict[str, pd.Series] = {"pand_id": buildings["pand_id"]}
    nothing = pd.Series([None] * len(buildings), index=buildings.index, dtype=object)
    for column in (*_NAME_COLUMNS, GEOMETRY):
        found = buildings[column].astype(object) if column in buildings.columns else nothing
        frames = (
            [known.buildings] if column == GEOMETRY else [known.facts[source] for source in Herkomst if source in known.facts]
        )
        for frame in frames:
            if column in frame.columns:
                stored = frame[column].astype(object).reindex(row_of).set_axis(buildings.index)
                found = found.where(found.notna(), stored)
        columns[column] = found.where(found.notna(), None)
    return pd.DataFrame(columns)


def _find_new_shapes(met: Met, changes: pd.DataFrame) -> pd.Series:
    wanted = changes.loc[changes["fact"] == GEOMETRY, "pand_id"]
    shapes = met.buildings.set_index("pand_id").reindex(columns=[GEOMETRY])[GEOMETRY]
    found: pd.Series = shapes.reindex(wanted)
    return found


def _make_batch(plan: ImportPlan, take_over: frozenset[tuple[str, str]]) -> ImportBatch:
    """Return what to write: every change, and of the conflicts those that a person chose."""
    changes = plan.changes
    clashes = (changes["effect"] == str(Effect.BOTST)).to_numpy()
    chosen = np.zeros(len(changes), dtype=bool)
    pairs = zip(changes.loc[clashes, "pand_id"], changes.loc[clashes, "fact"], strict=True)
    chosen[clashes] = [pair in take_over for pair in pairs]
    written = changes[~clashes | chosen]
    columns = written["fact"].astype(object)
    is_fact = columns.isin(list(FACTS)).to_numpy(dtype=bool)
    is_answer = columns.isin([column for column in changes["fact"].cat.categories if is_criterion(column)]).to_numpy(dtype=bool)
    new = plan.buildings["state"] == str(State.NIEUW)
    added = plan.buildings.loc[new, ["pand_id", GEOMETRY]].reset_index(drop=True)
    shapes = written[(columns == GEOMETRY) & ~written["pand_id"].isin(added["pand_id"])]
    touched = set(changes.loc[chosen | changes["effect"].isin(NEW_VALUES), "pand_id"]).difference(added["pand_id"])
    names = {"new": "value", "new_source": "source"}
    return ImportBatch(
        added=added,
        facts=written.loc[is_fact, ["pand_id", "fact", "new_source", "new", "label", "day"]].rename(columns=names),
        answers=written.loc[is_answer, ["pand_id", "fact", "new"]].set_axis(["pand_id", "criterion", "choice"], axis=1),
        shapes=shapes[["pand_id", "new_source"]].assign(geometry=shapes["pand_id"].map(plan.shapes)).rename(columns=names),
        dropped=changes.loc[
            chosen & changes["fact"].isin(list(FACTS)).to_numpy(dtype=bool), ["pand_id", "fact"]
        ].drop_duplicates(),
        changed=len(touched),
        cells=len(written),
        refused=plan.refused,
    )
