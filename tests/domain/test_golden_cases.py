"""The cases in tests/cases, reckoned by hand: an adviser can read them, and the program must agree."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.questions import next_questions
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import look_at, score_buildings
from quickscan.domain.screening import screen_buildings
from quickscan.domain.terms import Interventie
from tests.domain.buildings import frame_of

FOLDER = Path(__file__).parent.parent / "cases"
NEAR = 0.0001
EXACT = ("route", "oordeel", "blokkades", "zwakste_aspect", "volgende_vraag", "voorselectie", "reden")
NUMBERS = ("dekking", "voorselectie_score", "verwachte_woningen")
BANDS = ("woningen", "lagen", "aanplakken", "uitplinten", "score")


def read_cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['naam']}")
        for path in sorted(FOLDER.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["geval"]
    ]


def frame_for(case: Mapping[str, Any], rules: Rules) -> pd.DataFrame:
    building = {"pand_id": "0599100000000001", **case.get("feiten", {})}
    if case.get("overige") == "beste":
        best = {a.id: max(a.version.keuzes, key=lambda choice: choice.punten).code for a in rules.criteria}
        building |= {name: code for name, code in best.items() if name not in case.get("onbekend", ())}
    return frame_of([building | case.get("antwoorden", {})])


def outcome(frame: pd.DataFrame, rules: Rules) -> dict[str, Any]:
    situation = look_at(frame, rules)
    screened = screen_buildings(frame, rules).iloc[0].to_dict()
    homes = {name: values[0] for name, values in dwelling_columns(situation.dwellings).items()}
    scored = score_buildings(frame, rules).iloc[0].to_dict()
    asked = next_questions(situation, rules, Interventie.OPTOPPEN)[0]
    return {**screened, **homes, **scored, "route": homes["woningen_route"], "volgende_vraag": asked}


def test_there_are_enough_cases_and_each_expects_something():
    cases = [case for (case,), *_ in read_cases()]
    assert len(cases) >= 12
    for case in cases:
        assert set(case) <= {"naam", "feiten", "antwoorden", "overige", "onbekend", "verwacht"}, case["naam"]
        assert case["verwacht"], case["naam"]
        assert set(case["verwacht"]) <= {*EXACT, *NUMBERS, *BANDS, "keuzes"}, case["naam"]


@pytest.mark.parametrize("case", read_cases())
def test_the_program_agrees_with_the_hand(case: Mapping[str, Any], rules: Rules):
    frame = frame_for(case, rules)
    found = outcome(frame, rules)
    for name, wanted in case["verwacht"].items():
        if name in EXACT:
            assert found[name] == wanted, name
        elif name in NUMBERS:
            assert found[name] == pytest.approx(wanted, abs=NEAR), name
        elif name in BANDS:
            band = [found[f"{name}_laag"], found[name], found[f"{name}_hoog"]]
            assert band == pytest.approx(wanted, abs=NEAR) if wanted else np.isnan(band).all(), name
        else:
            places = look_at(frame, rules).places
            codes = {key: rules.criterion(key).codes[int(places[key][0])] for key in wanted}
            assert codes == wanted
