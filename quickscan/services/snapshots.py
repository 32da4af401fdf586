"""Settling ("vaststellen"): keep facts, answers, rules and results of one building or of all as they are now.

A snapshot never changes. It holds what it was computed from and the whole rulebook, so it can be worked out again years
later (`verify`), also when the rules have changed since; and it can be laid beside what is known now (`compare`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.errors import NotFoundError
from quickscan.domain.facts import FACTS, Fact
from quickscan.domain.rules import Overlay, Rulebook
from quickscan.domain.screening import screen_buildings
from quickscan.domain.terms import INTERVENTIES, Herkomst
from quickscan.services.portfolios import Clock, utc_now, with_answers
from quickscan.services.ports import Moment, SnapshotRecord, Store
from quickscan.services.scans import Scan, make_scan

_FACT_ORDER = {name: place for place, name in enumerate(FACTS)}
Cells = dict[str, list[Any]]  # column → cells, as JSON knows them


@dataclass(frozen=True)
class Settled:
    """A snapshot as it was kept. `facts` and `answers` have the columns of `Moment`; `results` a row a building and
    interventie, with the columns of a screening."""

    record: SnapshotRecord
    facts: pd.DataFrame
    answers: pd.DataFrame
    results: pd.DataFrame


@dataclass(frozen=True)
class Verdict:
    """Whether a snapshot still is what it was. `different` has columns pand_id, interventie, name, old, new."""

    is_untouched: bool  # the content fits its checksum, and the rulebook its fingerprint
    different: pd.DataFrame  # results that come out otherwise; empty when the numbers are the same

    @property
    def holds(self) -> bool:
        return self.is_untouched and self.different.empty


@dataclass(frozen=True)
class SinceThen:
    """What differs between a snapshot and now; every frame has columns old and new, and None where there was nothing."""

    record: SnapshotRecord
    added: tuple[str, ...]  # pand_ids
    removed: tuple[str, ...]
    facts: pd.DataFrame  # pand_id, name, old, new: the values in use
    answers: pd.DataFrame  # pand_id, criterion, old, new: choices
    results: pd.DataFrame  # pand_id, interventie, name, old, new
    rules_changed: bool
    day: date  # of the rules now

    @property
    def is_same(self) -> bool:
        nothing = self.facts.empty and self.answers.empty and self.results.empty
        return nothing and not (self.added or self.removed or self.rules_changed)


@dataclass(frozen=True)
class Snapshots:
    """Use cases around what was settled."""

    store: Store
    clock: Clock = utc_now
    tell: Callable[[pd.DataFrame], pd.DataFrame] = pd.DataFrame  # puts names where the store keeps numbers of people

    def settle(
        self,
        workspace_id: str,
        book: Rulebook,
        day: date,
        *,
        author: str,
        pand_id: str | None = None,
        note: str = "",
        overlay: Overlay | None = None,
        party: Party = Party.SAMEN,
    ) -> SnapshotRecord:
        """Keep one building, or all of them, as known at this moment and scored by the rules on `day`.

        Raises NotFoundError.
        """
        moment = self.store.read_moment(workspace_id, party, pand_id=pand_id)
        overlay = overlay or Overlay()
        rules, at = book.on(day, overlay=overlay), self.clock()
        frame = _make_frame(moment.pand_ids, moment.facts, moment.answers)
        content = {  # without the author: that is in the record, where a name can be erased
            "workspace": moment.workspace.name,
            "pand_id": pand_id,
            "party": str(party),
            "at": at.isoformat(),
            "note": note.strip(),
            "day": day.isoformat(),
            "overlay": overlay.model_dump(mode="json"),
            "fingerprint": rules.fingerprint,
            "rulebook": book.fingerprint,
            "pand_ids": list(moment.pand_ids),
            "facts": _to_cells(moment.facts),
            "answers": _to_cells(moment.answers),
            "results": _score(frame, book, day, overlay, ranked=pand_id is None),
        }
        kept = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        checksum = hashlib.sha256(kept).hexdigest()
        record = SnapshotRecord(
            workspace_id, 0, at, author, pand_id, note.strip(), day, rules.fingerprint, book.fingerprint, len(frame), checksum
        )
        return self.store.save_snapshot(record, content=kept, rulebook=book.model_dump_json().encode())

    def history(self, workspace_id: str, *, pand_id: str | None = None) -> Sequence[SnapshotRecord]:
        """Return what was settled, the newest first; with a pand_id only that building (and all at once)."""
        records = self.store.find_snapshots(workspace_id)
        return [record for record in records if pand_id is None or record.pand_id in (None, pand_id)]

    def read(self, workspace_id: str, number: int) -> Settled:
        """Return a snapshot; raises NotFoundError."""
        record, kept, _ = self.store.read_snapshot(workspace_id, number)
        content = json.loads(kept)
        results = _to_frame(content["results"])
        return Settled(record, self.tell(_to_frame(content["facts"])), self.tell(_to_frame(content["answers"])), results)

    def look(self, workspace_id: str, number: int, pand_id: str) -> Scan:
        """Return one building of a snapshot with everything explained, by the rules it was settled with.

        Raises NotFoundError.
        """
        _, kept, rulebook = self.store.read_snapshot(workspace_id, number)
        content = json.loads(kept)
        if pand_id not in content["pand_ids"]:
            raise NotFoundError("Pand", pand_id, advice="Kies een pand uit deze vaststelling.")
        book, overlay = Rulebook.model_validate_json(rulebook), Overlay.model_validate(content["overlay"])
        facts_of, answers_of = (_rows_of(self.tell(_to_frame(content[name])), pand_id) for name in ("facts", "answers"))
        facts = sorted((_read_fact(row) for row in facts_of), key=_place)
        answers = [_read_answer(row, content["party"]) for row in answers_of]
        rules = book.on(date.fromisoformat(content["day"]), overlay=overlay)
        return make_scan(pand_id, facts, {answer.criterion: answer for answer in answers}, rules, INTERVENTIES)

    def export(self, workspace_id: str, number: int) -> bytes:
        """Return a snapshot as it is kept: JSON, whose SHA-256 is the checksum of its record; raises NotFoundError."""
        return self.store.read_snapshot(workspace_id, number)[1]

    def verify(self, workspace_id: str, number: int) -> Verdict:
        """Work a snapshot out again from what it holds; raises NotFoundError."""
        record, kept, rulebook = self.store.read_snapshot(workspace_id, number)
        content, book = json.loads(kept), Rulebook.model_validate_json(rulebook)
        untouched = hashlib.sha256(kept).hexdigest() == record.checksum and book.fingerprint == record.rulebook
        frame = _make_frame(content["pand_ids"], _to_frame(content["facts"]), _to_frame(content["answers"]))
        overlay, ranked = Overlay.model_validate(content["overlay"]), content["pand_id"] is None
        again = _score(frame, book, date.fromisoformat(content["day"]), overlay, ranked=ranked)
        return Verdict(untouched, _compare_results(content["results"], again))

    def compare(self, workspace_id: str, number: int, book: Rulebook, day: date, *, overlay: Overlay | None = None) -> SinceThen:
        """Return what differs between a snapshot and now, scored by the rules on `day`; raises NotFoundError."""
        record, kept, _ = self.store.read_snapshot(workspace_id, number)
        then = json.loads(kept)
        party = Party(then["party"])
        now = self._read_now(workspace_id, party, record.pand_id)
        frame, overlay = _make_frame(now.pand_ids, now.facts, now.answers), overlay or Overlay()
        results = _score(frame, book, day, overlay, ranked=record.pand_id is None)
        facts = [_by_key(cells, ("pand_id", "name"), "value") for cells in (_best(_to_frame(then["facts"])), _best(now.facts))]
        answers = [_by_key(cells, ("pand_id", "criterion"), "choice") for cells in (_to_frame(then["answers"]), now.answers)]
        before, after = set(then["pand_ids"]), set(now.pand_ids)
        return SinceThen(
            record=record,
            added=tuple(pand_id for pand_id in now.pand_ids if pand_id not in before),
            removed=tuple(pand_id for pand_id in then["pand_ids"] if pand_id not in after),
            facts=_differences(*facts, names=["pand_id", "name"]),
            answers=_differences(*answers, names=["pand_id", "criterion"]),
            results=_compare_results(then["results"], results),
            rules_changed=book.on(day, overlay=overlay).fingerprint != record.fingerprint,
            day=day,
        )

    def _read_now(self, workspace_id: str, party: Party, pand_id: str | None) -> Moment:
        """Return what is known now; of a building that is gone that is nothing."""
        try:
            return self.store.read_moment(workspace_id, party, pand_id=pand_id)
        except NotFoundError:
            whole = self.store.read_moment(workspace_id, party)  # raises when it is the workspace that is gone
            return replace(whole, pand_ids=[], facts=whole.facts.iloc[:0], answers=whole.answers.iloc[:0])


def _rows_of(frame: pd.DataFrame, pand_id: str) -> list[dict[Any, Any]]:
    found: list[dict[Any, Any]] = frame[frame["pand_id"] == pand_id].to_dict("records")
    return found


def _read_fact(row: Mapping[str, Any]) -> Fact:
    day = None if row["day"] is None else date.fromisoformat(row["day"])
    return Fact(row["name"], row["value"], Herkomst(row["source"]), row["label"], day, row["confidence"])


def _place(fact: Fact) -> int:
    """Return where a fact stands on the screen; of one name the best source stays first."""
    return _FACT_ORDER.get(fact.name, len(FACTS))


def _read_answer(row: Mapping[str, Any], party: str) -> Answer:
    at, certainty = datetime.fromisoformat(row["at"]), Certainty(row["certainty"])
    return Answer(row["criterion"], row["choice"], row["note"], certainty, row["author"], Party(party), at, row["version"])


def _best(facts: pd.DataFrame) -> pd.DataFrame:
    """Return of each fact the value from its best source, which stands first."""
    return facts.drop_duplicates(["pand_id", "name"])


def _make_frame(pand_ids: Sequence[str], facts: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the buildings as scoring takes them: a column a fact, a column a criterion."""
    index = pd.Index(pand_ids, dtype="str")
    columns: dict[str, Any] = {"pand_id": pd.Series(index)}
    by_name = dict(list(_best(facts).groupby("name", sort=False)))
    for name, spec in FACTS.items():
        if name in by_name:
            cells = by_name[name].set_index("pand_id")["value"].reindex(index)
            columns[name] = pd.Series(cells.to_numpy(), dtype=float if spec.is_number else "str")
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(index)))
    given = answers.loc[answers["choice"].notna(), ["pand_id", "criterion", "choice"]]
    return with_answers(frame, given.astype("str"))


def _score(frame: pd.DataFrame, book: Rulebook, day: date, overlay: Overlay, *, ranked: bool) -> Cells:
    """Return the results for each interventie; one building alone has no rank."""
    rules = book.on(day, overlay=overlay)
    parts = [screen_buildings(frame, rules, interventie=one).assign(interventie=str(one)) for one in INTERVENTIES]
    results = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    return _to_cells(results if ranked else results.drop(columns="rang"))


def _to_cells(frame: pd.DataFrame) -> Cells:
    return {str(name): [_to_cell(cell) for cell in frame[name].astype(object)] for name in frame.columns}


def _to_cell(cell: Any) -> Any:
    """Return a cell as JSON gives it back: a plain number, text, or None for what is unknown."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if hasattr(cell, "item"):  # of numpy
        cell = cell.item()
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    return cell if isinstance(cell, int) else str(cell)


def _to_frame(cells: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(list(column), dtype=object) for name, column in cells.items()})


def _by_key(frame: pd.DataFrame, key: tuple[str, str], value: str) -> dict[tuple[Any, ...], Any]:
    return dict(zip(zip(*(frame[name] for name in key), strict=True), map(_to_cell, frame[value]), strict=True))


def _compare_results(then: Cells, now: Cells) -> pd.DataFrame:
    """Return the results that differ; the rules and their day are told apart."""
    found = [_spread(cells) for cells in (then, now)]
    return _differences(*found, names=["pand_id", "interventie", "name"])


def _spread(results: Cells) -> dict[tuple[Any, ...], Any]:
    keys = list(zip(results["pand_id"], results["interventie"], strict=True))
    names = [name for name in results if name not in ("pand_id", "interventie", "normenset", "peildatum")]
    return {(*key, name): cell for name in names for key, cell in zip(keys, results[name], strict=True)}


def _differences(then: Mapping[Any, Any], now: Mapping[Any, Any], *, names: list[str]) -> pd.DataFrame:
    changed = [key for key in {**then, **now} if then.get(key) != now.get(key)]
    rows = [(*key, then.get(key), now.get(key)) for key in changed]
    return pd.DataFrame(rows, columns=[*names, "old", "new"], dtype=object)
