"""One building looked at alone is the same as in a batch: its name, and every number of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from quickscan.demo import make_demo
from quickscan.domain.columns import OneBuilding
from quickscan.domain.scoring import look_at, score_situation
from quickscan.domain.terms import Interventie
from quickscan.rulebook.loader import load_national
from quickscan.services.portfolios import describe
from quickscan.services.scans import name_of

DAY = date(2026, 11, 21)


def test_one_building_is_called_the_same_alone_as_in_the_table() -> None:
    rows: list[dict[str, str | float]] = [
        {"pand_id": "0363100012345678", "naam": "De Eik", "straat": "Kade", "huisnummer": "1"},
        {"pand_id": "0363100012345679", "straat": "Kade", "huisnummer": "1-9"},
        {"pand_id": "0363100012345680", "straat": "Kade"},
        {"pand_id": "0363100012345681"},
    ]
    assert [name_of(row) for row in rows] == describe(pd.DataFrame(rows))["naam"].tolist()


def test_every_demo_building_scores_alone_exactly_as_in_the_batch() -> None:
    rules = load_national().on(DAY)
    buildings = make_demo(rules).buildings.drop(columns="geometry")
    batch = score_situation(look_at(buildings, rules), rules, Interventie.OPTOPPEN)
    for place, row in enumerate(buildings.to_dict("records")):
        values = {str(name): value for name, value in row.items() if isinstance(value, str) or not pd.isna(value)}
        alone = score_situation(look_at(OneBuilding(values), rules), rules, Interventie.OPTOPPEN)
        for name, column in batch.items():
            if isinstance(column, pd.Categorical):
                assert str(alone[name][0]) == str(column[place]), (name, values["pand_id"])
            else:
                np.testing.assert_array_equal(np.asarray(alone[name])[:1], np.asarray(column)[place : place + 1], err_msg=name)
