from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given

from quickscan.domain.dwellings import dwelling_columns
from quickscan.domain.preselection import preselect, rank
from quickscan.domain.questions import next_questions
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import look_at, score_situation
from quickscan.domain.screening import SCREEN_COLUMNS, screen_buildings, screen_reached
from quickscan.domain.terms import Interventie
from tests.domain.buildings import Building, batches, cases, frame_of, interventies, national_rules

OF_ALL = {"pand_id", "voorselectie", "reden", "normenset", "peildatum"}


def _score_all_and_clear(buildings: pd.DataFrame, rules: Rules, interventie: Interventie) -> pd.DataFrame:
    """Do it the long way round: score every building, then clear what is out of reach."""
    situation = look_at(buildings, rules)
    columns = {**score_situation(situation, rules, interventie), **dwelling_columns(situation.dwellings)}
    columns |= preselect(situation, rules)
    columns["volgende_vraag"] = next_questions(situation, rules, interventie)
    out = pd.DataFrame(columns, index=buildings.index).assign(pand_id=buildings["pand_id"])
    out = out.assign(normenset=rules.fingerprint, peildatum=rules.day.isoformat())
    out["rang"] = rank(out["verwachte_woningen"].to_numpy(), out["voorselectie_score"].to_numpy(), out["pand_id"])
    beyond = out["voorselectie"] == "buiten bereik"
    cleared = {name: out[name].mask(beyond) for name in SCREEN_COLUMNS if name not in OF_ALL}
    cleared["volgende_vraag"] = out["volgende_vraag"].mask(beyond, "")
    return out.assign(**cleared)[list(SCREEN_COLUMNS)]


@cases(1_000)
@given(batches(), interventies())
def test_scoring_only_what_is_in_reach_gives_the_same_rows_and_numbers(buildings: list[Building], interventie: Interventie):
    frame = frame_of(buildings)
    wanted = _score_all_and_clear(frame, national_rules(), interventie)
    found = screen_buildings(frame, national_rules(), interventie=interventie)
    for name in SCREEN_COLUMNS:
        mine, theirs = (np.asarray(table[name], dtype=object) for table in (found, wanted))
        same = (mine == theirs) | (pd.isna(mine) & pd.isna(theirs))
        assert same.all(), name


def test_the_short_form_has_a_row_for_each_building_in_reach() -> None:
    frame = frame_of(
        [
            {"pand_id": "0599100000000001", "bouwjaar": 1965.0, "status": "Pand in gebruik", "gebruiksdoel": "woonfunctie"},
            {"pand_id": "0599100000000002", "bouwjaar": 1965.0, "status": "Pand gesloopt", "gebruiksdoel": "woonfunctie"},
            {"pand_id": "0599100000000003", "bouwjaar": 1920.0, "status": "Pand in gebruik", "gebruiksdoel": "woonfunctie"},
        ]
    )
    screened = screen_reached(frame, national_rules())
    assert screened.places.tolist() == [0, 2]
    assert screened.reached["pand_id"].tolist() == ["0599100000000001", "0599100000000003"]
    assert list(screened.voorselectie) == ["twijfel", "buiten bereik", "valt af"]
    assert screened.reden[1] == "Het pand is niet in gebruik: Pand gesloopt."
    assert screened.reden[2] == "Het gebouw is van vóór 1945, uit 1920."
