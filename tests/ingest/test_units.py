"""A list with a row per dwelling becomes a row per pand; a pand that is on two rows by mistake stays refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quickscan.domain.facts import LABELS, check_buildings
from quickscan.domain.intake import How, Intake
from tests.ingest.conftest import ID

SECOND, ALONE = "0518100000203347", "0518100000203348"
HEADER = "VHE-nummer;BAG pand;Straat;Huisnr;Huisletter;Postcode;Gebruiksoppervlakte;Label;WOZ;Bouwjaar;Naam huurder;Netto huur"
ROWS = (
    f"1001;{ID};Vlaskamp;214;;2592AA;61,0;C;€ 200.000;1962;De Vries;512,10",
    f"1002;{ID};Vlaskamp;216;;2592AA;63,0;C;€ 220.000;1962;Jansen;498,00",
    f"1003;{ID};Vlaskamp;226;A;2592AB;;G;;1962;;",
    f"2001;{SECOND};Reigersbergenweg;2;;2592EV;50;A;€ 180.000;1963;Bakker;400,00",
    f"2002;{SECOND};Reigersbergenweg;4;;2592EV;52;B;€ 190.000;1964;Visser;400,00",
    f"3001;{ALONE};Hofzicht;1;;2592EX;90;D;€ 300.000;1950;Smit;650,00",
)


def test_dwellings_are_counted_and_their_values_are_summed_up_per_pand(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv(HEADER, *ROWS)
    assert not intake.errors
    assert intake.recognised == "lijst van woningen"
    assert intake.buildings.index.tolist() == [2, 5, 7]
    assert intake.rows == 6
    first = intake.buildings.loc[2]
    wanted = {
        "pand_id": ID,
        "aantal_woningen": 3,
        "gemiddelde_go_m2": 62,
        "energielabel": "C",
        "energielabel_slechtst": "G",
        "woz_gemiddeld_eur": 210_000,
        "straat": "Vlaskamp",
        "huisnummer": "214-226",
        "postcode": "2592AA",
        "bouwjaar": 1962,
    }
    assert {name: first[name] for name in wanted} == wanted
    assert check_buildings(intake.buildings) == []


def test_of_labels_that_are_as_common_the_worse_one_counts(read_csv: Callable[..., Intake]) -> None:
    assert read_csv(HEADER, *ROWS).buildings.loc[5, "energielabel"] == "B"


def test_rows_that_disagree_leave_the_fact_unknown_and_the_sender_is_told(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv(HEADER, *ROWS)
    assert np.isnan(intake.buildings.loc[5, "bouwjaar"])
    (told,) = [fault for fault in intake.faults if "niet hetzelfde" in fault.problem]
    assert (told.row, told.column, told.notice) == (5, "Bouwjaar", True)


def test_of_a_pand_with_one_dwelling_nothing_about_that_dwelling_is_kept(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv(HEADER, *ROWS)
    alone = intake.buildings.loc[7]
    private = ["gemiddelde_go_m2", "woz_gemiddeld_eur", "energielabel", "energielabel_slechtst"]
    assert alone[private].isna().all()
    assert (alone["aantal_woningen"], alone["bouwjaar"]) == (1, 1950)
    assert any("panden met één woning" in fault.problem for fault in intake.faults)


def test_a_mean_needs_two_known_values(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("VHE-nummer;pand_id;oppervlakte", f"1;{ID};61", f"2;{ID};", f"3;{SECOND};50", f"4;{SECOND};52")
    assert intake.buildings["gemiddelde_go_m2"].tolist() == pytest.approx([np.nan, 51], nan_ok=True)


def test_the_source_says_of_how_many_dwellings(read_csv: Callable[..., Intake]) -> None:
    assert read_csv(HEADER, *ROWS).sources["aantal_woningen"].label == "bezit.csv, samengevat uit 6 woningen"


def test_nothing_of_one_person_is_read_or_shown(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv(HEADER, *ROWS)
    columns = {column.header: column for column in intake.columns}
    assert [columns[header].how for header in ("Naam huurder", "Netto huur")] == [How.PRIVATE, How.PRIVATE]
    for header in ("Naam huurder", "Netto huur", "WOZ", "Label", "Huisnr", "VHE-nummer", "Gebruiksoppervlakte"):
        assert columns[header].examples == ()
    assert columns["VHE-nummer"].target == "aantal_woningen"
    said = repr((intake.buildings.to_dict(), intake.faults, intake.columns))
    assert not any(name in said for name in ("Vries", "Jansen", "512,10"))


def test_a_wrong_dwelling_refuses_its_pand_and_all_rows_come_back(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv(HEADER, *ROWS[:4], ROWS[4].replace(";B;", ";Z;"), ROWS[5])
    assert intake.buildings["pand_id"].tolist() == [ID, ALONE]
    assert [(fault.row, fault.column) for fault in intake.errors] == [(5, "BAG pand"), (6, "Label")]
    assert list(intake.refused_rows) == [5, 6]
    assert intake.refused_rows[6][:4] == ("2002", SECOND, "Reigersbergenweg", "4")
    assert intake.refused_rows[6][-2:] == ("", "")


def test_a_dwelling_on_two_rows_is_refused(read_csv: Callable[..., Intake]) -> None:
    rows = [f"{n};{ID};{n}" for n in range(1, 20)]
    intake = read_csv("VHE-nummer;pand_id;huisnr", *rows, f"7;{ID};7")
    assert "deze woning staat ook op rij 8" in [fault.problem for fault in intake.errors]


def test_a_house_number_that_differs_per_row_makes_a_unit_list_too(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv(
        "pand_id;straat;huisnr;label", *(f"{ID};Vlaskamp;{n};C" for n in (2, 4, 6)), f"{SECOND};Hof;1;A", f"{SECOND};Hof;3;B"
    )
    assert intake.buildings["aantal_woningen"].tolist() == [3, 2]
    assert intake.buildings["huisnummer"].tolist() == ["2-6", "1-3"]


def test_a_column_vhe_that_names_each_dwelling_is_not_a_count(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("VHE;pand_id;huisnr", *(f"{n};{ID};{n}" for n in (11, 12, 13)))
    assert intake.buildings["aantal_woningen"].tolist() == [3]


@pytest.mark.parametrize(
    "rows",
    [
        [f"{ID};214;a", f"{SECOND};2;b", f"{ID};216;c", f"{ALONE};4;d", "0518100000203349;6;e"],  # one pand twice: a mistake
        [f"{ID};214;a", f"{ID};214;b", f"{SECOND};2;c", f"{SECOND};2;d"],  # nothing differs: not one row per dwelling
        [f"{ID};1-9;a", f"{ID};11-19;b", f"{SECOND};1-9;c", f"{SECOND};11-19;d"],  # a row per entrance, not per dwelling
    ],
)
def test_a_pand_that_is_there_twice_by_mistake_stays_refused(read_csv: Callable[..., Intake], rows: list[str]) -> None:
    intake = read_csv("pand_id;huisnr;naam", *rows)
    assert "dit pand staat ook op rij" in intake.errors[0].problem
    assert "aantal_woningen" not in intake.buildings


def test_rows_that_stand_for_more_dwellings_are_not_summed_up(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;huisnr;aantal_woningen", f"{ID};1;8", f"{ID};17;8", f"{SECOND};1;8", f"{SECOND};17;8")
    assert len(intake.errors) == 2


def test_what_is_no_home_is_not_counted(read_csv: Callable[..., Intake]) -> None:
    rows = [f"1;{ID};Woning;60", f"2;{ID};appartement;62", f"3;{ID};Garagebox;15", f"4;{ID};BOG;200"]
    intake = read_csv("VHE-nummer;pand_id;soort;oppervlakte", *rows)
    assert intake.buildings[["aantal_woningen", "gemiddelde_go_m2"]].to_numpy().tolist() == [[2, 61]]
    assert any("2 woningen en 2 andere ruimten" in fault.problem for fault in intake.faults)


def test_a_list_per_building_with_a_column_for_dwellings_says_it_is_not_used(read_csv: Callable[..., Intake]) -> None:
    intake = read_csv("pand_id;oppervlakte", f"{ID};600", f"{SECOND};700")
    assert intake.mapping["oppervlakte"] is None
    assert "gemiddelde_go_m2" not in intake.buildings


HOMES = st.lists(
    st.tuples(st.sampled_from([ID, SECOND, ALONE]), st.sampled_from(["", *LABELS]), st.integers(20, 200)), min_size=2, max_size=25
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOMES)
def test_a_summed_up_list_agrees_with_counting_by_hand(
    read_csv: Callable[..., Intake], homes: list[tuple[str, str, int]]
) -> None:
    rows = [f"{n};{pand};{label};{area}" for n, (pand, label, area) in enumerate(homes)]
    intake = read_csv("VHE-nummer;pand_id;label;oppervlakte", *rows)
    if intake.recognised != "lijst van woningen":
        return  # most panden have one row: a list of buildings
    for row in intake.buildings.to_dict("records"):
        mine = [home for home in homes if home[0] == row["pand_id"]]
        labels = [label for _, label, _ in mine if label]
        assert row["aantal_woningen"] == len(mine)
        if len(mine) > 1:
            assert row["gemiddelde_go_m2"] == pytest.approx(sum(area for _, _, area in mine) / len(mine))
            if labels:
                assert row["energielabel_slechtst"] == max(labels, key=LABELS.index)
                assert labels.count(row["energielabel"]) == max(map(labels.count, labels))
