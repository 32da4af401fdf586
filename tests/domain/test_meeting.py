"""Several files in one go: lists first, then what only says more; who contradicts whom is told."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.meeting import EXPORT_MARK, MOST_TOLD, meet
from quickscan.domain.terms import Herkomst

A, B, C = "0518000000000001", "0518000000000002", "0518000000000003"


def make_intake(
    ids: list[str], source: Herkomst = Herkomst.OPGAVE, *, adds: bool = True, day: date | None = None, **columns: list[object]
) -> Intake:
    frame = pd.DataFrame({"pand_id": ids, **columns}, index=range(2, len(ids) + 2))
    return Intake(frame, {}, dict.fromkeys(frame.columns, SourceNote(source, "x", day)), (), len(ids), adds=adds)


def test_one_file_is_itself_in_the_order_of_the_contract() -> None:
    met = meet([make_intake([B, A], lift=["ja", None], bouwjaar=[1965.0, None], naam=["x", None])])
    assert list(met.buildings.columns) == ["pand_id", "naam", "bouwjaar", "lift"]
    assert met.buildings["pand_id"].tolist() == [B, A]
    assert met.sources["bouwjaar"].isna().tolist() == [False, True]
    assert met.faults == ()


def test_files_meet_by_pand_id_whatever_their_order() -> None:
    labels = make_intake([C, A], Herkomst.REGISTER, adds=False, energielabel=["A", "G"])
    owner = make_intake([A, B], bouwjaar=[1965.0, 1970.0])
    met = meet([labels, owner], names=["labels.csv", "bezit.xlsx"])
    assert met.buildings["pand_id"].tolist() == [A, B]
    assert met.buildings["energielabel"].fillna("").tolist() == ["G", ""]
    assert met.elsewhere == (C,)
    (notice,) = met.faults
    assert notice.notice
    assert C in (notice.value or "")


def test_what_only_says_more_takes_part_when_the_workspace_has_the_building() -> None:
    met = meet([make_intake([C], adds=False, energielabel=["A"])], known=[A, C])
    assert met.buildings["pand_id"].tolist() == [C]
    assert met.elsewhere == ()


def test_the_better_source_is_in_use_and_the_contradiction_is_told_with_the_row() -> None:
    bag = make_intake([A, B], Herkomst.REGISTER, bouwjaar=[1967.0, 1970.0])
    owner = make_intake([A, B], bouwjaar=[1965.5, 1970.0])
    met = meet([bag, owner], names=["bag.gpkg", "bezit.csv"])
    assert met.buildings["bouwjaar"].tolist() == [1965.5, 1970.0]
    assert met.sources["bouwjaar"].tolist() == ["opgave", "opgave"]
    (notice,) = met.faults
    assert (notice.row, notice.column, notice.value, notice.notice) == (2, "bouwjaar", "1967", True)
    assert notice.problem == f"pand {A}: 'bezit.csv' zegt 1965,5, 'bag.gpkg' zegt 1967"
    assert notice.advice.startswith("1965,5 telt (opgave uit 'bezit.csv').")


def test_an_empty_cell_of_the_better_source_leaves_room_for_the_other() -> None:
    met = meet([make_intake([A], bouwjaar=[float("nan")]), make_intake([A], Herkomst.REGISTER, bouwjaar=[1967.0])])
    assert met.buildings["bouwjaar"].tolist() == [1967.0]


@pytest.mark.parametrize("turned", [False, True])
def test_of_one_source_the_later_day_goes_first(*, turned: bool) -> None:
    old = make_intake([A], Herkomst.REGISTER, day=date(2024, 1, 1), bouwjaar=[1965.0])
    new = make_intake([A], Herkomst.REGISTER, day=date(2026, 1, 1), bouwjaar=[1970.0])
    assert meet([new, old] if turned else [old, new]).buildings["bouwjaar"].tolist() == [1970.0]


def test_without_a_day_the_file_that_was_named_first_goes_first() -> None:
    met = meet([make_intake([A], naam=["een"]), make_intake([A], naam=["twee"])])
    assert met.buildings["naam"].tolist() == ["een"]
    assert len(met.offers) == 2
    assert sum(len(offer.places) for offer in met.offers) == 1


def test_many_contradictions_are_counted() -> None:
    ids = [f"0518{place:012d}" for place in range(MOST_TOLD + 10)]
    met = meet([make_intake(ids, naam=["a"] * len(ids)), make_intake(ids, naam=["b"] * len(ids))])
    assert len(met.faults) == MOST_TOLD + 1
    assert "nog 10 keer" in met.faults[-1].problem


def test_a_file_without_any_building_changes_nothing() -> None:
    nothing = Intake(pd.DataFrame(), {}, {}, (), 3)
    met = meet([nothing, make_intake([A], **{"bou.dak": ["plat"]})])
    assert met.buildings["bou.dak"].tolist() == ["plat"]
    assert meet([nothing]).buildings.empty


def test_our_own_export_is_bare_of_what_keeps_formulas_inert() -> None:
    own = make_intake([A, B], naam=["'=1+1", "'s-Gravenhage"])
    marked = Intake(own.buildings, {EXPORT_MARK: None}, own.sources, (), 2)
    assert meet([marked]).buildings["naam"].tolist() == ["=1+1", "'s-Gravenhage"]
    assert meet([own]).buildings["naam"].tolist() == ["'=1+1", "'s-Gravenhage"]


def test_columns_that_are_not_ours_do_not_take_part() -> None:
    assert list(meet([make_intake([A], opmerking=["x"])]).buildings.columns) == ["pand_id"]
