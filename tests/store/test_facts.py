"""Facts: every source is kept, the best one is read, and unknown stays unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from quickscan.domain.errors import NotFoundError, UnusableInputError
from quickscan.domain.facts import FACTS, Fact
from quickscan.domain.intake import SourceNote
from quickscan.domain.terms import Herkomst
from quickscan.services.ports import Workspace
from quickscan.store.repository import SqlStore
from tests.store.conftest import BAG, NOON, make_buildings, make_pand_id, make_workspace

LATER = NOON + timedelta(minutes=5)


def make_fact(value: str | float = 1970, *, name: str = "bouwjaar", source: Herkomst = Herkomst.ANTWOORD) -> Fact:
    return Fact(name, value, source, "gesprek 3 mei", date(2026, 5, 3), "hoog")


def save_fact(store: SqlStore, workspace: Workspace, fact: Fact) -> None:
    store.save_fact(workspace.id, make_pand_id(), fact, author="Bo", at=LATER)


def read_bouwjaar(store: SqlStore, workspace: Workspace) -> float:
    return float(store.read_building(workspace.id, make_pand_id())["bouwjaar"].iloc[0])


def test_frame_comes_back_as_it_went_in(store: SqlStore) -> None:
    frame = make_buildings(
        3,
        naam=["De Linden", None, "É 'x' \"y\"; 50 %"],
        bouwjaar=[1965.0, None, 2001.0],
        daktype=[None, None, "plat"],
        hoogte_m=[None, 0.1 + 0.2, 1e-300],
        geometry=[b"\x00\x01\xff", None, b"'"],
    )
    expected = frame.astype({"pand_id": "str", "naam": "str", "daktype": "str"}).astype({"geometry": object})
    pd.testing.assert_frame_equal(store.read_buildings(make_workspace(store, frame).id), expected)


@pytest.mark.parametrize("dtype", ["Int64", "float32", "object", "int64"])
def test_numbers_of_any_type_are_read_as_float(store: SqlStore, dtype: str) -> None:
    frame = make_buildings(2, bouwjaar=[1965, 1970]).astype({"bouwjaar": dtype})
    read = store.read_buildings(make_workspace(store, frame).id)
    assert (read["bouwjaar"].dtype, read["bouwjaar"].tolist()) == ("float64", [1965.0, 1970.0])


@pytest.mark.parametrize("dtype", ["category", "object", "string", "str"])
def test_text_of_any_type_is_read_as_text(store: SqlStore, dtype: str) -> None:
    frame = make_buildings(3, lift=["ja", None, "nee"]).astype({"lift": dtype})
    read = store.read_buildings(make_workspace(store, frame).id)
    assert (read["lift"].tolist()[::2], read["lift"].isna().tolist()) == (["ja", "nee"], [False, True, False])


def test_columns_come_in_the_order_of_the_contract(store: SqlStore) -> None:
    frame = make_buildings(1, lift=["ja"], bouwjaar=[1965], naam=["Zuid"])
    assert list(store.read_buildings(make_workspace(store, frame).id).columns) == [
        "pand_id",
        "naam",
        "bouwjaar",
        "lift",
        "geometry",
    ]


def test_a_fact_nobody_knows_has_no_column(store: SqlStore) -> None:
    assert "bouwjaar" not in store.read_buildings(make_workspace(store, make_buildings(2, bouwjaar=[None, None])).id)


def test_index_of_the_file_does_not_matter(store: SqlStore) -> None:
    frame = make_buildings(3, bouwjaar=[1965, 1970, 1975]).set_axis([12, 2, 7])
    read = store.read_buildings(make_workspace(store, frame).id)
    assert (list(read.index), read["bouwjaar"].tolist()) == ([0, 1, 2], [1965, 1970, 1975])


def test_one_building_reads_like_its_row_among_all(store: SqlStore, workspace: Workspace) -> None:
    row = store.read_buildings(workspace.id).iloc[[1]].reset_index(drop=True)
    one = store.read_building(workspace.id, make_pand_id(1))
    pd.testing.assert_frame_equal(one, row.drop(columns="naam"))  # nobody named this one


def test_source_of_a_column_goes_with_the_fact(store: SqlStore, workspace: Workspace) -> None:
    assert store.read_facts(workspace.id, make_pand_id()) == [
        Fact("naam", "De Linden", Herkomst.REGISTER, BAG.label, BAG.day),
        Fact("bouwjaar", 1965.0, Herkomst.REGISTER, BAG.label, BAG.day),
    ]


def test_column_without_a_source_is_a_statement_of_the_sender(store: SqlStore) -> None:
    made = store.create_workspace("x", make_buildings(1, bouwjaar=[1965]), {}, fictional=False, author="Ada", at=NOON)
    assert store.read_facts(made.id, make_pand_id()) == [Fact("bouwjaar", 1965.0, Herkomst.OPGAVE, "import")]


def test_best_source_wins_in_whatever_order_they_came(store: SqlStore, workspace: Workspace) -> None:
    years = {source: 1970.0 + rank for rank, source in enumerate(Herkomst)}
    for source in (Herkomst.AFGELEID, Herkomst.ANTWOORD, Herkomst.AANNAME, Herkomst.REGISTER, Herkomst.OPGAVE):
        save_fact(store, workspace, make_fact(years[source], source=source))
    assert read_bouwjaar(store, workspace) == years[Herkomst.ANTWOORD]
    facts = [fact for fact in store.read_facts(workspace.id, make_pand_id()) if fact.name == "bouwjaar"]
    assert [fact.source for fact in facts] == list(Herkomst)


@pytest.mark.parametrize("better", range(1, len(Herkomst)))
def test_each_source_gives_way_to_the_one_before_it(store: SqlStore, better: int) -> None:
    strong, weak = list(Herkomst)[better - 1 : better + 1]
    made = make_workspace(store, make_buildings(1, bouwjaar=[1950]), source=SourceNote(weak, "zwak"))
    save_fact(store, made, make_fact(1980, source=strong))
    assert read_bouwjaar(store, made) == 1980


def test_an_import_does_not_overwrite_what_a_person_answered(store: SqlStore, workspace: Workspace) -> None:
    save_fact(store, workspace, make_fact(1968))
    save_fact(store, workspace, make_fact(2001, source=Herkomst.OPGAVE))
    save_fact(store, workspace, make_fact(2002, source=Herkomst.REGISTER))
    assert read_bouwjaar(store, workspace) == 1968


def test_a_later_fact_of_the_same_source_replaces_the_earlier(store: SqlStore, workspace: Workspace) -> None:
    save_fact(store, workspace, make_fact(1968))
    save_fact(store, workspace, make_fact(1969))
    answered = [fact for fact in store.read_facts(workspace.id, make_pand_id()) if fact.source is Herkomst.ANTWOORD]
    assert answered == [make_fact(1969.0)]


def test_only_a_changed_fact_raises_the_version_of_the_facts(store: SqlStore, workspace: Workspace) -> None:
    save_fact(store, workspace, make_fact(1968))
    save_fact(store, workspace, make_fact(1968))
    now = store.get_workspace(workspace.id)
    assert (now.facts_version, now.answers_version) == (2, 1)
    save_fact(store, workspace, replace(make_fact(1968), confidence="laag"))
    assert store.get_workspace(workspace.id).facts_version == 3


@pytest.mark.parametrize(
    ("name", "value"), [("bouwjaar", "oud"), ("bouwjaar", float("nan")), ("bouwjaar", float("inf")), ("naam", 3)]
)
def test_a_value_of_the_wrong_kind_is_refused(store: SqlStore, workspace: Workspace, name: str, value: str | float) -> None:
    with pytest.raises(UnusableInputError, match=FACTS[name].label):
        save_fact(store, workspace, make_fact(value, name=name))


@pytest.mark.parametrize("name", ["kleur", "pand_id"])
def test_what_is_not_a_fact_cannot_be_saved(store: SqlStore, workspace: Workspace, name: str) -> None:
    with pytest.raises(NotFoundError, match=name):
        save_fact(store, workspace, make_fact("rood", name=name))
