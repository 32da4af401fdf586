"""Make a file like the BAG and the 3DBAG of the whole country, for measuring: `python -m benchmarks.national OUT.parquet`.

Everything is made up, with a fixed seed, in the shares of the real registers: of every hundred panden some fifty are
homes, most of those one house, and three are blocks of four homes and more. Unknown values are null, as in the registers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

ROWS = 11_000_000
GROUP = 262_144  # rows in a row group
MUNICIPALITIES = 342
STATUSES = (
    ("Pand in gebruik", 0.955),
    ("Pand in gebruik (niet ingemeten)", 0.012),
    ("Verbouwing pand", 0.004),
    ("Bouwvergunning verleend", 0.008),
    ("Bouw gestart", 0.006),
    ("Sloopvergunning verleend", 0.002),
    ("Pand buiten gebruik", 0.001),
    ("Pand gesloopt", 0.012),
)
OTHER_USES = ("", "overige gebruiksfunctie", "industriefunctie", "winkelfunctie", "kantoorfunctie", "bijeenkomstfunctie")
HOME_USES = ("woonfunctie", "winkelfunctie,woonfunctie", "kantoorfunctie,woonfunctie")
ROOFS = ("slanted", "horizontal", "multiple horizontal", "no points")
LABELS = ("A++", "A+", "A", "B", "C", "D", "E", "F", "G")
X, Y = 0, 1
Numbers = npt.NDArray[np.float64]


def make_rows(rows: int, *, seed: int, start: int, shapes: bool, blocks: float) -> pa.Table:
    """Return so many panden; `start` numbers them on through the country, `blocks` is the share of blocks of flats."""
    dice = np.random.default_rng([seed, start])
    number = start + np.arange(rows, dtype=np.int64)
    ids = (1 + number % MUNICIPALITIES) * 10**12 + 10 * 10**10 + number
    kind = dice.random(rows)
    block, house = kind < blocks, (kind >= blocks) & (kind < blocks + (1 - blocks) * 0.5)
    homes = block | house
    units = np.where(block, 4 + dice.geometric(0.08, rows), np.where(house, 1 + (dice.random(rows) < 0.02), 0))
    units = np.where(~homes & (dice.random(rows) < 0.12), 1, units)
    year = np.where(dice.random(rows) < 0.25, dice.integers(1600, 1945, rows), dice.integers(1945, 2025, rows))
    storeys = np.where(block, 2 + dice.geometric(0.3, rows), 1 + dice.integers(0, 3, rows)).clip(1, 40)
    size = dice.uniform(25, 180, rows).round()
    footprint = np.where(block, units * size * 1.3 / storeys, dice.gamma(2.0, 35.0, rows)).clip(4, 40_000)
    roof = np.where(block, dice.choice(4, rows, p=(0.2, 0.55, 0.2, 0.05)), dice.choice(4, rows, p=(0.7, 0.2, 0.05, 0.05)))
    use = np.where(
        homes, dice.choice(3, rows, p=(0.96, 0.03, 0.01)), 3 + dice.choice(6, rows, p=(0.8, 0.08, 0.06, 0.03, 0.02, 0.01))
    )
    names, shares = zip(*STATUSES, strict=True)
    label = np.where(homes & (dice.random(rows) < 0.6), dice.integers(0, len(LABELS), rows), -1)
    columns = {
        "identificatie": write_digits(ids),
        "bouwjaar": pa.array(year.astype(np.int32)),
        "status": _code(dice.choice(len(names), rows, p=np.array(shares) / sum(shares)), names),
        "gebruiksdoel": _code(use, (*HOME_USES, *OTHER_USES)),
        "oppervlakte_min": _whole(size, units == 0),
        "oppervlakte_max": _whole(size + np.where(units > 1, dice.integers(0, 80, rows), 0), units == 0),
        "aantal_verblijfsobjecten": pa.array(units.astype(np.int32)),
        "grondvlak_m2": pa.array(footprint.round(1)),
        "hoogte_m": _number((storeys * 2.9 + dice.uniform(0, 3, rows)).clip(2, 200).round(2), dice.random(rows) < 0.04),
        "b3_dak_type": _code(np.where(dice.random(rows) < 0.04, -1, roof), ROOFS),
        "dakoppervlak_plat_m2": _number(
            np.where(roof == 0, 0, footprint * dice.uniform(0.5, 0.95, rows)).round(1), dice.random(rows) < 0.06
        ),
        "energielabel": _code(label, LABELS),
    }
    if shapes:
        columns["geometry"] = _draw(footprint, number)
    return pa.table(columns)


def write_digits(numbers: npt.NDArray[np.int64], length: int = 16) -> pa.StringArray:
    """Return whole numbers as text of a fixed length, without a loop over the rows."""
    digits = np.empty((len(numbers), length), dtype=np.uint8)
    left = numbers.copy()
    for place in range(length - 1, -1, -1):
        left, digits[:, place] = np.divmod(left, 10)
    offsets = np.arange(0, length * (len(numbers) + 1), length, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(digits + ord("0")))


def _code(codes: npt.NDArray[Any], texts: Sequence[str]) -> pa.DictionaryArray:
    """Return texts by their place; -1 and an empty text are null."""
    missing = (codes < 0) | np.array([not text for text in texts] + [True])[codes]
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), pa.array(texts, pa.string()))


def _number(values: Numbers, missing: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=missing)


def _whole(values: Numbers, missing: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=missing)


def _draw(footprint: Numbers, number: npt.NDArray[np.int64]) -> pa.Array:
    """Return a square of the right size for each, on a grid over the Netherlands, as WKB in RD."""
    import shapely  # noqa: PLC0415 - only with --shapes

    side = np.sqrt(footprint)
    west, south = 20_000 + number % 1_200 * 210.0, 320_000 + number // 1_200 % 1_400 * 210.0
    return pa.array(shapely.to_wkb(shapely.box(west, south, west + side, south + side)), pa.binary())


def write_country(out: Path, rows: int = ROWS, *, seed: int = 1, shapes: bool = False, blocks: float = 0.03) -> None:
    """Write the file, a row group at a time."""
    tables = _make_groups(rows, seed=seed, shapes=shapes, blocks=blocks)
    first = next(tables)
    schema = first.schema.with_metadata(_shape_metadata()) if shapes else first.schema
    with parquet.ParquetWriter(out, schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _make_groups(rows: int, *, seed: int, shapes: bool, blocks: float) -> Iterator[pa.Table]:
    for start in range(0, rows, GROUP):
        yield make_rows(min(GROUP, rows - start), seed=seed, start=start, shapes=shapes, blocks=blocks)


def _shape_metadata() -> dict[bytes, bytes]:
    import json  # noqa: PLC0415 - only with --shapes

    from quickscan.report.tables import describe_shapes  # noqa: PLC0415

    return {b"geo": json.dumps(describe_shapes(["Polygon"])).encode()}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shapes", action="store_true", help="with outlines, as GeoParquet")
    parser.add_argument("--blocks", type=float, default=0.03, help="share of blocks of flats")
    options = parser.parse_args()
    write_country(options.out, options.rows, seed=options.seed, shapes=options.shapes, blocks=options.blocks)


if __name__ == "__main__":
    main()
