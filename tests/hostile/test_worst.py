"""The worst of the uploads, each through the sandbox as the screen does it; and what is sound comes back equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.ingest.guard.sandbox import start_reading
from quickscan.ingest.reader import read_buildings
from tests.hostile.batch import CODES
from tests.hostile.corpus import make_corpus

WORST = (
    "verhouding.xlsx", "samen.xlsx", "delen.xlsx", "lachen.xlsx", "kwadraat.xlsx", "xxe.xlsx", "macro17.xlsx", "koppeling.xlsx",
    "vervalst-groot.xlsx", "rij-ver.xlsx", "diep.xlsx", "rijen.csv", "aanhaling-lang.csv", "cel-lang.csv", "trigger.gpkg",
    "view-bom.gpkg", "vorm-punten.gpkg", "vorm-diep.gpkg", "gdalg1.geojson", "vrt-in1.geojson", "diep-open1.json",
    "lange-ring5.geojson", "zeros.parquet", "voet-lang.parquet", "bom.zip",
)  # fmt: skip
DATA = Path(__file__).parents[3] / "shared" / "data"
UPLOADS = {upload.name.split("-", 1)[1]: upload for upload in make_corpus()}


def read_in_sandbox(path: Path, **how: Any) -> Intake:
    return start_reading(path, **how).result()


def outcome_of(read: object, path: Path) -> Intake | tuple[str, str]:
    try:
        found = read(path, answer_codes=CODES)
    except UnusableInputError as error:
        return error.problem, error.advice
    assert isinstance(found, Intake)
    return found


def assert_same(one: Intake, other: Intake) -> None:
    pd.testing.assert_frame_equal(one.buildings, other.buildings)
    for part in ("mapping", "sources", "faults", "rows", "recognised", "adds", "columns", "refused_rows"):
        assert getattr(one, part) == getattr(other, part), part


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numpy about infinite coordinates; here only the outcome counts
@pytest.mark.parametrize("name", WORST)
def test_the_worst_uploads_end_in_the_sandbox_as_they_do_outside(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(UPLOADS[name].content)
    inside, outside = outcome_of(read_in_sandbox, path), outcome_of(read_buildings, path)
    if isinstance(inside, Intake) and isinstance(outside, Intake):
        assert_same(inside, outside)
    else:
        assert inside == outside


@pytest.mark.parametrize("name", [name for name, upload in UPLOADS.items() if upload.endless])
def test_an_upload_that_would_take_for_ever_is_stopped_or_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(UPLOADS[name].content)
    with pytest.raises(UnusableInputError) as caught:
        start_reading(path, answer_codes=CODES, seconds=4).result()
    assert caught.value.problem
    assert caught.value.advice


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is absent")
@pytest.mark.parametrize(
    "place",
    [
        "denhaag/pdok_bag_panden.gpkg",
        "denhaag/cbs_buurten_2022.gpkg",
        "messy/corporatie_export.csv",
        "messy/corporatie_export.xlsx",
        "grenzen/Gemeenten2024.geojson",
        "3dbag/*.city.json",
        "messy/vera/*.json",
    ],
)
def test_a_real_file_comes_out_of_the_sandbox_as_it_is_read_outside(place: str) -> None:
    path = min(DATA.glob(place))
    inside, outside = outcome_of(read_in_sandbox, path), outcome_of(read_buildings, path)
    if isinstance(outside, Intake):
        assert isinstance(inside, Intake)
        assert_same(inside, outside)
    else:
        assert inside == outside


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder {DATA} is absent")
def test_the_mapping_and_the_known_buildings_reach_the_sandbox(tmp_path: Path) -> None:
    known = read_buildings(DATA / "denhaag" / "pdok_bag_panden.gpkg", answer_codes={}).buildings
    path = DATA / "denhaag" / "cbs_buurten_2022.gpkg"
    assert_same(read_in_sandbox(path, answer_codes={}, known=known), read_buildings(path, answer_codes={}, known=known))
    table = tmp_path / "lijst.csv"
    table.write_text("nummer;bouwjaar;pand_id\n4;1962;0518100000203346\n")
    chosen = {"nummer": "bouwlagen", "bouwjaar": None}
    inside = read_in_sandbox(table, answer_codes={}, mapping=chosen)
    assert_same(inside, read_buildings(table, answer_codes={}, mapping=chosen))
    assert inside.mapping["nummer"] == "bouwlagen"
