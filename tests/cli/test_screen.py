from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from quickscan.domain.screening import SCREEN_COLUMNS
from tests.cli.conftest import DAY, PROJECT, Run, Write, block

PROMISED = [
    "pand_id",
    "voorselectie",
    "reden",
    "oordeel",
    "score_laag",
    "score",
    "score_hoog",
    "dekking",
    "planologisch",
    "bouwtechnisch",
    "financieel",
    "organisatorisch",
    "woningen_laag",
    "woningen",
    "woningen_hoog",
    "woningen_route",
    "blokkades",
    "volgende_vraag",
    "normenset",
]


@pytest.fixture(scope="session")
def screened(run: Run, den_haag: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("screen") / "uit.csv"
    done = run("screen", den_haag, "--out", out, "--date", DAY)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(out, dtype={"pand_id": str})


def test_every_real_pand_gets_one_row_with_a_voorselectie_and_a_reden(screened: pd.DataFrame) -> None:
    assert len(screened) == 5613
    assert screened["pand_id"].is_unique
    assert screened["pand_id"].str.fullmatch("[0-9]{16}").all()
    assert screened["voorselectie"].isin(["in beeld", "twijfel", "valt af", "buiten bereik"]).all()
    assert screened["reden"].str.len().gt(10).all()
    assert set(PROMISED) <= set(screened.columns)
    assert set(SCREEN_COLUMNS) <= set(screened.columns)


def test_what_is_no_apartment_building_in_use_is_out_of_reach_without_a_score(screened: pd.DataFrame, den_haag: Path) -> None:
    source = _read_source(den_haag)
    in_use = source["status"].isin(["Pand in gebruik", "Pand in gebruik (niet ingemeten)", "Verbouwing pand"])
    lives = source["gebruiksdoel"].fillna("").str.contains("woonfunctie")
    # A granted demolition permit is its own reason (valt af); it is not out of reach.
    nothing = ~in_use & (source["status"] != "Sloopvergunning verleend") | ~lives & in_use
    joined = screened.set_index("pand_id").loc[source["identificatie"]]
    beyond = joined[nothing.to_numpy()]
    assert len(beyond) > 1000
    assert set(beyond["voorselectie"]) == {"buiten bereik"}
    emptied = ["score_laag", "score", "score_hoog", "dekking", "oordeel", "woningen", "planologisch", "rang", "volgende_vraag"]
    assert joined.loc[joined["voorselectie"] == "buiten bereik", emptied].isna().all(axis=None)


def test_the_post_war_blocks_are_in_reach_and_told_apart(screened: pd.DataFrame, den_haag: Path) -> None:
    source = _read_source(den_haag)
    blocks = source[source["bouwjaar"].between(1945, 1992) & (source["aantal_verblijfsobjecten"] >= 8)]
    assert len(blocks) == 360
    living = blocks[
        blocks["gebruiksdoel"].fillna("").str.contains("woonfunctie") & blocks["status"].str.startswith("Pand in gebruik")
    ]
    rows = screened.set_index("pand_id").loc[living["identificatie"]]
    assert len(rows) > 300
    low = rows["reden"].str.startswith("Het gebouw heeft te weinig bouwlagen")
    assert low.sum() < 5
    rows = rows[~low]
    assert rows["voorselectie"].isin(["in beeld", "twijfel"]).all()
    assert rows["rang"].notna().all()
    assert rows["rang"].is_unique
    assert rows["verwachte_woningen"].nunique() > 100
    assert rows["voorselectie_score"].nunique() > 5


def test_bands_stay_in_order_after_rounding(screened: pd.DataFrame) -> None:
    scored = screened[screened["score"].notna()]
    for name in ("score", "planologisch", "bouwtechnisch", "financieel", "organisatorisch", "woningen", "lagen"):
        known = scored[scored[name].notna()]
        assert (known[f"{name}_laag"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_hoog"]).all()
        assert known[f"{name}_hoog"].le(100).all() or name in ("woningen", "lagen")


def _read_source(path: Path) -> pd.DataFrame:
    import pyogrio.raw  # noqa: PLC0415 - only where the real file is

    meta, _, _, columns = pyogrio.raw.read(path, layer="pand", read_geometry=False)
    return pd.DataFrame(dict(zip(meta["fields"], columns, strict=True)))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg", "parquet"])
def test_the_same_input_gives_the_same_bytes(run: Run, den_haag: Path, tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / f"een.{ending}", tmp_path / f"twee.{ending}"
    for out in (first, second):
        assert run("screen", den_haag, "--out", out, "--date", DAY).returncode == 0
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("ending", ["xlsx", "gpkg", "parquet"])
def test_every_kind_of_file_holds_the_same(run: Run, den_haag: Path, screened: pd.DataFrame, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"uit.{ending}"
    assert run("screen", den_haag, "--out", out, "--date", DAY).returncode == 0
    found = _read_back(out)
    assert list(found["pand_id"]) == list(screened["pand_id"])
    for name in ("reden", "oordeel", "woningen_route", "volgende_vraag", "normenset"):
        assert found[name].fillna("").tolist() == screened[name].fillna("").tolist()
    for name in ("score", "woningen_hoog", "rang", "bouwjaar", "voorselectie_score"):
        pd.testing.assert_series_equal(found[name].astype(float), screened[name].astype(float), check_names=False)


def _read_back(path: Path) -> pd.DataFrame:
    if path.suffix == ".xlsx":
        return pd.read_excel(path, dtype={"pand_id": str})
    if path.suffix == ".parquet":
        return pd.read_parquet(path).drop(columns="geometry")
    import pyogrio.raw  # noqa: PLC0415 - only for this kind

    meta, _, geometry, columns = pyogrio.raw.read(path, layer="quickscan")
    assert meta["crs"] == "EPSG:28992"
    assert all(geometry)
    return pd.DataFrame(dict(zip(meta["fields"], columns, strict=True)))


def _screen(run: Run, source: Path, *more: str) -> pd.Series:
    out = source.with_name("uit.csv")
    done = run("screen", source, "--out", out, "--date", DAY, *more)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(out, dtype={"pand_id": str}).iloc[0]


def test_facts_answers_and_wished_layers_change_the_result(run: Run, write: Write) -> None:
    plain = _screen(run, write(block()))
    with_fact = _screen(run, write(block(conditiescore=1)))
    assert with_fact["dekking"] > plain["dekking"]
    with_answer = _screen(run, write(block(**{"bou.draagkracht": "reserve_berekend"})))
    assert with_answer["bouwtechnisch_laag"] > plain["bouwtechnisch_laag"]
    assert with_answer["dekking"] > plain["dekking"]
    wished = _screen(run, write(block(**{"bou.draagkracht": "reserve_berekend", "extra_bouwlagen": 3})))
    assert wished["lagen"] == 3
    assert wished["woningen"] > with_answer["woningen"]


def test_the_reference_date_decides_which_rules_count(run: Run, write: Write) -> None:
    done = run("screen", write(block()), "--out", write(block()).with_name("uit.csv"), "--date", "1950-01-01")
    assert done.returncode == 2
    assert "latere peildatum" in done.stderr


def test_formulas_in_names_are_disarmed(run: Run, write: Write) -> None:
    source = write(block(naam="+HYPERLINK(1)", straat="@kade"))
    assert _screen(run, source)["naam"] == "'+HYPERLINK(1)"
    out = source.with_name("uit.xlsx")
    assert run("screen", source, "--out", out).returncode == 0
    row = pd.read_excel(out).iloc[0]
    assert row["naam"] == "'+HYPERLINK(1)"
    assert row["straat"] == "'@kade"


def test_rows_with_faults_are_left_out_and_named(run: Run, write: Write) -> None:
    source = write(block(), block(pand_id="12"), block(pand_id="0518100000000003", bouwjaar=99999))
    out = source.with_name("uit.csv")
    done = run("screen", source, "--out", out)
    assert done.returncode == 1
    assert "1 gebouw uit panden.csv" in done.stdout
    assert "2 rijen geweigerd" in done.stderr
    assert "rij 3, kolom 'pand_id'" in done.stderr
    assert "rij 4, kolom 'bouwjaar'" in done.stderr
    assert pd.read_csv(out, dtype={"pand_id": str})["pand_id"].tolist() == ["0518100000000001"]
    assert sorted(path.name for path in source.parent.iterdir()) == ["panden.csv", "uit.csv"]


def test_without_a_single_good_row_nothing_is_written(run: Run, write: Write) -> None:
    source = write(block(pand_id="12"), block(pand_id="0518100000000003", bouwjaar=99999))
    out = source.with_name("uit.csv")
    out.write_text("blijft staan", encoding="utf-8")
    done = run("screen", source, "--out", out)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "niets geschreven" in done.stderr
    assert "rij 2" in done.stderr
    assert "rij 3" in done.stderr
    assert out.read_text(encoding="utf-8") == "blijft staan"
    assert sorted(path.name for path in source.parent.iterdir()) == ["panden.csv", "uit.csv"]


def test_the_refused_rows_come_back_as_a_workbook_to_mend(run: Run, write: Write) -> None:
    source = write(block(), block(pand_id="5,18E+14"))
    faults = source.with_name("fouten.xlsx")
    done = run("screen", source, "--out", source.with_name("uit.csv"), "--faults", faults)
    assert done.returncode == 1
    assert str(faults) in done.stderr
    sheet = pd.read_excel(faults, dtype=str)
    assert sheet["pand_id"].tolist() == ["5,18E+14"]
    sheet["pand_id"] = "0518100000000002"
    sheet.to_excel(faults, index=False)
    mended = run("screen", faults, "--out", source.with_name("verbeterd.csv"), "--faults", source.with_name("nog_meer.xlsx"))
    assert mended.returncode == 0, mended.stderr
    assert not source.with_name("nog_meer.xlsx").exists()


def test_the_workbook_with_faults_has_to_be_one(run: Run, write: Write) -> None:
    source = write(block())
    done = run("screen", source, "--out", source.with_name("uit.csv"), "--faults", source.with_name("fouten.csv"))
    assert done.returncode == 2
    assert "eindigt op .xlsx" in done.stderr
    assert [path.name for path in source.parent.iterdir()] == ["panden.csv"]


def test_a_second_file_adds_to_the_first(run: Run, write: Write) -> None:
    more = write({"pand_id": "0518100000000001", "conditiescore": 1}, name="meer.csv")
    source = write(block(), block(pand_id="0518100000000002"))
    out = source.with_name("uit.csv")
    plain = _screen(run, source)
    done = run("screen", source, more, "--out", out, "--date", DAY)
    assert done.returncode == 0, done.stderr
    assert "panden.csv + meer.csv" in done.stdout
    rows = pd.read_csv(out, dtype={"pand_id": str})
    assert rows["pand_id"].tolist() == ["0518100000000001", "0518100000000002"]
    assert rows.loc[0, "dekking"] > plain["dekking"] == rows.loc[1, "dekking"]


def test_a_file_that_only_adds_cannot_be_the_first(run: Run, tmp_path: Path, den_haag: Path) -> None:
    areas = den_haag.with_name("cbs_buurten_2022.gpkg")
    if not areas.is_file():
        pytest.skip(f"het echte bestand met buurten ontbreekt: {areas}")
    done = run("screen", areas, den_haag, "--out", tmp_path / "uit.csv")
    assert done.returncode == 2
    assert "brengt zelf geen gebouwen mee" in done.stderr
    assert list(tmp_path.iterdir()) == []
    together = run("screen", den_haag, areas, "--out", tmp_path / "uit.csv")
    assert together.returncode == 0, together.stderr
    found = pd.read_csv(tmp_path / "uit.csv", dtype={"pand_id": str})
    assert len(found) == 5613
    assert len(set(found["buurt"].dropna())) > 1


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("geen/map/uit.csv", "map bestaat niet"),
        ("uit.txt", "eindigt op"),
        ("uit", "extensie"),
        ("panden.csv", "hetzelfde bestand"),
    ],
)
def test_an_output_that_cannot_be_gives_2(run: Run, write: Write, out: str, told: str) -> None:
    source = write(block())
    done = run("screen", source, "--out", source.parent / out)
    assert done.returncode == 2
    assert told in done.stderr
    assert [path.name for path in source.parent.iterdir()] == ["panden.csv"]


def test_a_geopackage_without_shapes_is_refused(run: Run, write: Write) -> None:
    source = write(block())
    done = run("screen", source, "--out", source.with_name("uit.gpkg"))
    assert done.returncode == 2
    assert "vormen" in done.stderr
    assert [path.name for path in source.parent.iterdir()] == ["panden.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name == "nt", reason="dit systeem heeft geen /dev/full")
def test_a_device_is_no_output(run: Run, write: Write, tmp_path: Path) -> None:
    link = tmp_path / "uit.csv"
    link.symlink_to("/dev/full")
    done = run("screen", write(block()), "--out", link)
    assert done.returncode == 2
    assert "geen gewoon bestand" in done.stderr


def test_the_summary_counts_the_funnel_in_dutch(run: Run, write: Write) -> None:
    source = write(block(), block(pand_id="0518100000000002", gebruiksdoel="kantoorfunctie"))
    done = run("screen", source, "--out", source.with_name("uit.parquet"))
    assert "2 gebouwen uit panden.csv" in done.stdout
    assert "1 buiten bereik" in done.stdout
    assert "2 rijen" in done.stdout


def test_screen_loads_no_screen_store_or_charts(write: Write) -> None:
    source = write(block())
    code = (
        "import sys; from quickscan.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'streamlit', 'sqlalchemy', 'plotly', 'openpyxl', 'geopandas', 'pydeck'} & set(sys.modules);"
        "sys.exit(f'geladen: {heavy}' if heavy else code)"
    )
    command = [sys.executable, "-c", code, "screen", str(source), "--out", str(source.with_name("uit.csv"))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
