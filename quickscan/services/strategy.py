"""A portfolio as a whole: families, routes per complex, and homes per buurt. All of it is worked out, nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from quickscan.domain.answers import Party
from quickscan.domain.rules import Rules
from quickscan.domain.strategy.areas import add_up_areas
from quickscan.domain.strategy.big5 import Complexes, compare_complexes
from quickscan.domain.strategy.book import StrategyBook
from quickscan.domain.strategy.families import FEATURES, Families, make_families
from quickscan.services.portfolios import with_answers
from quickscan.services.ports import Store


@dataclass(frozen=True)
class Strategy:
    """Use cases over all buildings of a workspace. `screened` is what `Portfolios.screen` gave, row by row the same buildings."""

    store: Store
    load_book: Callable[[], StrategyBook]
    measure_outlines: Callable[[pd.Series], pd.DataFrame]

    def families(
        self, workspace_id: str, screened: pd.DataFrame, rules: Rules, *, features: Sequence[str] = tuple(FEATURES)
    ) -> Families:
        """Return the families of the buildings in reach."""
        buildings = self._buildings(workspace_id)
        return make_families(buildings, screened, rules, outlines=self._outlines(buildings), features=features)

    def complexes(self, workspace_id: str, screened: pd.DataFrame, rules: Rules) -> Complexes:
        """Return the five routes for every complex in reach."""
        buildings = self._buildings(workspace_id)
        return compare_complexes(buildings, screened, rules, self.load_book(), outlines=self._outlines(buildings))

    def areas(
        self, workspace_id: str, screened: pd.DataFrame, rules: Rules, *, money: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Return a row per buurt; `money` is what `case_table.work_out_all` gave."""
        return add_up_areas(self._buildings(workspace_id), screened, rules, money=money)

    def _buildings(self, workspace_id: str) -> pd.DataFrame:
        return with_answers(self.store.read_buildings(workspace_id), self.store.read_answer_codes(workspace_id, Party.SAMEN))

    def _outlines(self, buildings: pd.DataFrame) -> pd.DataFrame | None:
        return self.measure_outlines(buildings["geometry"]) if "geometry" in buildings else None
