"""Portfolios: start one from the demo, take it along, and see all its buildings screened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.robustness import Robustness, measure_robustness
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import look_at
from quickscan.domain.screening import screen_buildings
from quickscan.domain.terms import Interventie
from quickscan.services.ports import Demo, Store, Workspace

Clock = Callable[[], datetime]
Furnish = Callable[[str, Demo, Rules, str], None]  # workspace_id, the demo, the rules, and who asked for it


def utc_now() -> datetime:
    """Return the moment of saving, with its zone."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True)
class Portfolios:
    """Use cases around a whole portfolio."""

    store: Store
    make_demo: Callable[[Rules], Demo]
    clock: Clock = utc_now
    furnish: Furnish | None = None  # what else the demo has, beside buildings and answers

    def list_workspaces(self) -> Sequence[Workspace]:
        """Return all workspaces, the most recently changed first."""
        return self.store.find_workspaces()

    def get(self, workspace_id: str) -> Workspace:
        """Return one workspace; raises NotFoundError."""
        return self.store.get_workspace(workspace_id)

    def find_demo(self) -> Workspace | None:
        """Return the fictional neighbourhood when it was made before."""
        return next((workspace for workspace in self.store.find_workspaces() if workspace.fictional), None)

    def open_demo(self, rules: Rules, *, author: str) -> Workspace:
        """Return the fictional neighbourhood; it is made the first time."""
        existing = self.find_demo()
        if existing is not None:
            return existing
        demo = self.make_demo(rules)
        workspace = self.store.create_workspace(
            demo.name, demo.buildings, demo.sources, fictional=True, author=author, at=self.clock()
        )
        noted = demo.answers[demo.answers["note"] != ""]
        for answer in noted.to_dict("records"):
            self.store.save_answer(
                workspace.id,
                str(answer["pand_id"]),
                str(answer["criterion"]),
                choice=str(answer["choice"]),
                note=str(answer["note"]),
                certainty=Certainty.REDELIJK,
                author=author,
                party=Party.SAMEN,
                at=self.clock(),
                expected_version=1,
            )
        if self.furnish is not None:
            self.furnish(workspace.id, demo, rules, author)
        return self.store.get_workspace(workspace.id)

    def delete(self, workspace_id: str, *, author: str = "onbekend") -> None:
        """Remove a workspace with everything in it but its audit log; raises NotFoundError."""
        self.store.delete_workspace(workspace_id, author=author, at=self.clock())

    def buildings(self, workspace_id: str, *, party: Party = Party.SAMEN) -> pd.DataFrame:
        """Return facts and answers of all buildings as one frame, ready to score."""
        return with_answers(self.store.read_buildings(workspace_id), self.store.read_answer_codes(workspace_id, party))

    def names(self, workspace_id: str) -> dict[str, str]:
        """Return pand_id → what people call the building, in import order."""
        described = describe(self.store.read_buildings(workspace_id))
        return dict(zip(described["pand_id"].astype(str), described["naam"].astype(str), strict=True))

    def export(self, workspace_id: str) -> pd.DataFrame:
        """Return everything that a file can bring in again: facts, the answers of all together, and shapes, as columns."""
        buildings = self.buildings(workspace_id)
        last = buildings.pop("geometry")
        return buildings.assign(geometry=last)

    def screen(self, workspace_id: str, rules: Rules, *, interventie: Interventie = Interventie.OPTOPPEN) -> pd.DataFrame:
        """Return the screened portfolio: SCREEN_COLUMNS, preceded by what identifies a building."""
        buildings = self.buildings(workspace_id)
        result = screen_buildings(buildings, rules, interventie=interventie)
        answered = self._answer_counts(workspace_id, buildings["pand_id"])
        return pd.concat([describe(buildings), result.drop(columns="pand_id"), answered], axis=1)

    def _answer_counts(self, workspace_id: str, pand_ids: pd.Series) -> pd.Series:
        counts = self.store.read_answer_codes(workspace_id, Party.SAMEN)["pand_id"].value_counts()
        return pand_ids.map(counts).fillna(0).astype(int).rename("antwoorden")

    def robustness(
        self, workspace_id: str, pand_ids: Sequence[str], rules: Rules, *, interventie: Interventie, best: int | None = None
    ) -> Robustness:
        """Return how firm the order and verdicts of these buildings are, in the order asked."""
        buildings = self.buildings(workspace_id).set_index("pand_id", drop=False)
        chosen = buildings.loc[[pand_id for pand_id in pand_ids if pand_id in buildings.index]]
        return measure_robustness(look_at(chosen, rules), rules, interventie, best=best)


def with_answers(buildings: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the buildings with a column per answered criterion; a stored answer goes before one from a file."""
    if answers.empty:
        return buildings
    wide = answers.pivot_table(index="pand_id", columns="criterion", values="choice", aggfunc="last", observed=True)
    placed = wide.reindex(buildings["pand_id"]).set_index(buildings.index)
    for name in placed.columns.intersection(buildings.columns):
        placed[name] = placed[name].astype("object").where(placed[name].notna(), buildings[name].astype("object"))
    kept = buildings.drop(columns=[name for name in placed.columns if name in buildings.columns])
    return pd.concat([kept, placed], axis=1)


def describe(buildings: pd.DataFrame) -> pd.DataFrame:
    """Return pand_id, a name to show, and the facts that tables filter on; absent facts are empty."""
    shown = buildings.reindex(columns=list(DESCRIBED)).copy()
    street = shown["straat"].astype("object").where(shown["straat"].notna(), "")
    number = shown["huisnummer"].astype("object").where(shown["huisnummer"].notna(), "")
    address = (street + " " + number).str.strip()
    fallback = ("Pand …" + shown["pand_id"].astype("object").str[-6:]).where(address == "", address)
    named = shown["naam"].notna() & (shown["naam"] != "")
    shown["naam"] = shown["naam"].astype("object").where(named, fallback)
    return shown


DESCRIBED: Mapping[str, str] = {
    "pand_id": "Pand-id",
    "naam": "Naam",
    "complex_code": "Complex",
    "straat": "Straat",
    "huisnummer": "Huisnummer",
    "buurt": "Buurt",
    "bouwjaar": "Bouwjaar",
    "ontsluiting": "Ontsluiting",
    "aantal_woningen": "Woningen nu",
}
