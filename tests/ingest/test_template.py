"""The template comes back without faults when it is filled as it says."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from quickscan.domain.facts import FACTS, Kind
from quickscan.ingest.reader import read_buildings
from quickscan.ingest.template import TEMPLATE_FACTS, give_example, make_template


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_empty_template_is_recognised_in_full_and_has_no_buildings(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"sjabloon.{kind}"
    path.write_bytes(make_template(kind))
    intake = read_buildings(path, answer_codes={})
    assert list(intake.mapping.values()) == [spec.name for spec in TEMPLATE_FACTS]
    assert [fault.problem for fault in intake.faults] == ["er staan geen gebouwen in het bestand"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filled_template_is_read_back_to_the_letter(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"sjabloon.{kind}"
    filled = [give_example(spec) for spec in TEMPLATE_FACTS]
    if kind == "csv":
        path.write_bytes(make_template("csv") + f"{';'.join(filled)}\r\n".encode())
    else:
        workbook = openpyxl.load_workbook(io.BytesIO(make_template("xlsx")))
        workbook["gebouwen"].append(filled)
        workbook.save(path)
    intake = read_buildings(path, answer_codes={})
    assert not intake.faults
    row = intake.buildings.iloc[0]
    for spec, text in zip(TEMPLATE_FACTS, filled, strict=True):
        assert row[spec.name] == (float(text.replace(",", ".")) if spec.is_number else text)


def test_every_column_is_explained_and_every_choice_has_a_list() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(make_template("xlsx")))
    explained = {row[0].value: row for row in workbook["uitleg"].iter_rows(min_row=2, max_row=len(TEMPLATE_FACTS) + 1)}
    assert list(explained) == [spec.name for spec in TEMPLATE_FACTS]
    assert all(cell.value or cell.column == 4 for row in explained.values() for cell in row)  # a unit may be absent
    choices = [spec for spec in TEMPLATE_FACTS if spec.options]
    assert len(workbook["gebouwen"].data_validations.dataValidation) == len(choices)


def test_ids_and_house_numbers_are_text_columns_and_nothing_is_a_formula() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(make_template("xlsx")))
    groups = [group for group in workbook["gebouwen"].column_dimensions.values() if group._style]
    text = {place for group in groups if group._style.numFmtId == 49 for place in range(group.min, group.max + 1)}
    assert text == {place for place, spec in enumerate(TEMPLATE_FACTS, start=1) if spec.kind is Kind.TEKST}
    assert {cell.data_type for sheet in workbook for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_the_same_template_is_the_same_file() -> None:
    assert make_template("xlsx") == make_template("xlsx")
    assert set(FACTS) >= {spec.name for spec in TEMPLATE_FACTS}
