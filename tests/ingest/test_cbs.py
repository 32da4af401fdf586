"""Buurten, wijken and gemeenten: a building gets those it lies in; such a file never brings buildings of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.ingest.reader import read_buildings
from tests.ingest.writing import write_layer

DATA = Path(__file__).parents[3] / "shared" / "data"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is absent")
WEST, EAST = shapely.box(82_000, 455_000, 82_100, 455_100), shapely.box(82_100, 455_000, 82_200, 455_100)
OF_BUURTEN: dict[str, Sequence[Any]] = {
    "buurtcode": ["BU05180001", "BU05180002"],
    "buurtnaam": ["West", "Oost"],
    "wijkcode": ["WK051800", "WK051800"],
    "gemeentecode": ["GM0518", "GM0518"],
    "gemeentenaam": ["'s-Gravenhage", "'s-Gravenhage"],
    "gemiddelde_woningwaarde": [312, -99997],
    "jaar": [2024, 2024],
}


def make_known(*places: tuple[float, float]) -> pd.DataFrame:
    shapes = [shapely.box(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    ids = [f"05181000002{n:05}" for n in range(len(places))]
    return pd.DataFrame({"pand_id": ids, "geometry": pd.Series([shapely.to_wkb(shape) for shape in shapes], dtype=object)})


def list_rows(intake: Intake, *columns: str) -> list[list[Any]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in intake.buildings[list(columns)].itertuples(index=False)]


def test_a_building_gets_the_buurt_it_lies_in(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "wijkenbuurten.gpkg", "buurten", OF_BUURTEN, [WEST, EAST])
    known = make_known((82_050, 455_050), (82_150, 455_050), (82_100, 455_050), (90_000, 455_050))
    intake = read_buildings(path, answer_codes={}, known=known)
    assert (intake.recognised, intake.adds, intake.errors) == ("wijken en buurten (CBS 2024)", False, ())
    found = list_rows(intake, "pand_id", "buurtcode", "buurt", "gemeente", "woz_gemiddeld_eur")
    assert found[:2] == [
        ["0518100000200000", "BU05180001", "West", "'s-Gravenhage", 312_000],
        ["0518100000200001", "BU05180002", "Oost", "'s-Gravenhage", None],  # a negative number says it is not known
    ]
    assert len(found) == 3  # on the border it is in one of the two, and the fourth lies outside
    assert [fault.problem for fault in intake.faults] == ["1 gebouwen liggen in geen van deze gebieden; daar verandert niets"]


def test_the_value_of_homes_is_derived_from_the_buurt_and_says_so(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", "buurten", OF_BUURTEN, [WEST, EAST])
    sources = read_buildings(path, answer_codes={}, known=make_known((82_050, 455_050))).sources
    assert (sources["woz_gemiddeld_eur"].source, sources["woz_gemiddeld_eur"].label) == (
        Herkomst.AFGELEID,
        "gemiddelde van de buurt (CBS 2024)",
    )
    assert (sources["buurtcode"].source, sources["buurtcode"].label) == (Herkomst.REGISTER, "CBS 2024")


@pytest.mark.parametrize("known", [None, make_known()])
def test_without_buildings_there_is_one_notice(tmp_path: Path, known: pd.DataFrame | None) -> None:
    path = write_layer(tmp_path / "a.gpkg", "buurten", OF_BUURTEN, [WEST, EAST])
    intake = read_buildings(path, answer_codes={}, known=known)
    assert (len(intake.buildings), intake.rows, intake.adds) == (0, 2, False)
    (notice,) = intake.faults
    assert notice.notice
    assert notice.advice == "Lees het in bij een werkruimte met gebouwen die op de kaart staan."
    assert intake.mapping["buurtcode"] == "buurtcode"


def test_names_of_wijken_come_from_their_own_layer(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", "buurten", OF_BUURTEN, [WEST, EAST])
    write_layer(path, "wijken", {"wijkcode": ["WK051800"], "wijknaam": ["Mariahoeve"]}, [WEST.union(EAST)])
    intake = read_buildings(path, answer_codes={}, known=make_known((82_050, 455_050)))
    assert list_rows(intake, "buurt", "wijk") == [["West", "Mariahoeve"]]


CROSSED = shapely.Polygon([(82_000, 455_000), (82_100, 455_100), (82_100, 455_000), (82_000, 455_100)])


def test_a_border_that_crosses_itself_is_mended_and_told(tmp_path: Path) -> None:
    columns = {"gemeente_key": ["GM0518"], "Gemeente": ["Den Haag"]}
    path = write_layer(tmp_path / "Gemeenten2024.geojson", "gemeenten", columns, [CROSSED], crs="EPSG:28992")
    intake = read_buildings(path, answer_codes={}, known=make_known((82_010, 455_050), (82_050, 455_095)))
    assert intake.recognised == "gemeenten (CBS 2024)"
    assert list_rows(intake, "gemeentecode", "gemeente") == [["GM0518", "Den Haag"]]
    assert "hersteld" in intake.faults[0].problem


NAMES = {
    "2020-2022, download": "BU_CODE BU_NAAM WK_CODE WK_NAAM GM_CODE GM_NAAM H2O POSTCODE OAD STED BEV_DICHTH AANT_INW WOZ",
    "2020-2022, PDOK": "buurtcode buurtnaam wijkcode wijknaam gemeentecode gemeentenaam water omgevingsadressendichtheid "
    "stedelijkheid_adressen_per_km2 aantal_inwoners gemiddelde_woningwaarde percentage_leegstand_woningen jrstatcode jaar",
    "2023-2026, OGC": "buurtcode buurtnaam wijkcode wijknaam gemeentecode gemeentenaam water aantal_inwoners aantal_huishoudens "
    "gemiddelde_huishoudsgrootte bevolkingsdichtheid_inwoners_per_km2 woningvoorraad gemiddelde_woningwaarde "
    "percentage_meergezinswoning percentage_onbewoond percentage_koopwoningen percentage_huurwoningen "
    "perc_huurwoningen_in_bezit_woningcorporaties percentage_bouwjaarklasse_tot_2000 percentage_bouwjaarklasse_vanaf_2000 "
    "personenautos_per_huishouden treinstation_gemiddelde_afstand_in_km oppervlakte_land_in_ha jaar jrstatcode",
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_every_useful_column_of_each_year_is_mapped(tmp_path: Path, names: str) -> None:
    codes = {"bu": "BU05180001", "wk": "WK051800", "gm": "GM0518", "buurtcode": "BU05180001", "wijkcode": "WK051800"}
    columns = {name: [codes.get(name.lower(), codes.get(name.lower().split("_")[0], "GM0518"))] for name in names.split()}
    columns = {
        name: [2022] if name == "jaar" else [300] if name in ("WOZ", "gemiddelde_woningwaarde") else cell
        for name, cell in columns.items()
    }
    path = write_layer(tmp_path / "a.gpkg", "buurten", columns, [WEST])
    intake = read_buildings(path, answer_codes={}, known=make_known((82_050, 455_050)))
    assert not intake.faults
    assert sorted(target for target in intake.mapping.values() if target) == [
        *("buurt", "buurtcode", "gemeente", "gemeentecode", "wijk", "wijkcode", "woz_gemiddeld_eur")
    ]
    assert list_rows(intake, "buurtcode", "woz_gemiddeld_eur") == [["BU05180001", 300_000]]


def test_a_list_of_buildings_with_buurten_is_a_list_of_buildings(tmp_path: Path) -> None:
    columns = {"pand_id": ["0518100000203346"], "buurtcode": ["BU05180001"]}
    intake = read_buildings(write_layer(tmp_path / "a.gpkg", "bezit", columns, [WEST]), answer_codes={})
    assert (intake.adds, len(intake.buildings)) == (True, 1)


@with_data
def test_buurten_of_the_hague_hold_its_panden() -> None:
    panden = read_buildings(DATA / "denhaag" / "pdok_bag_panden.gpkg", answer_codes={}).buildings
    intake = read_buildings(DATA / "denhaag" / "cbs_buurten_2022.gpkg", answer_codes={}, known=panden)
    assert intake.recognised == "wijken en buurten (CBS 2022)"
    assert len(intake.buildings) == 5_578
    points = shapely.point_on_surface(
        shapely.from_wkb(panden.set_index("pand_id")["geometry"][intake.buildings["pand_id"]].to_numpy())
    )
    from pyogrio.raw import read  # noqa: PLC0415 - only here

    _, _, wkb, (codes,) = read(DATA / "denhaag" / "cbs_buurten_2022.gpkg", columns=["buurtcode"])
    shape_of = dict(zip(codes, shapely.from_wkb(wkb), strict=True))
    areas = np.array([shape_of[code] for code in intake.buildings["buurtcode"]], dtype=object)
    assert shapely.intersects(areas, points).all()


@with_data
def test_gemeenten_that_cross_themselves_are_mended() -> None:
    panden = read_buildings(DATA / "denhaag" / "pdok_bag_panden.gpkg", answer_codes={}).buildings.head(100)
    intake = read_buildings(DATA / "grenzen" / "Gemeenten2024.geojson", answer_codes={}, known=panden)
    assert intake.buildings["gemeentecode"].unique().tolist() == ["GM0518"]
    assert "(4 rijen" in intake.faults[0].problem
