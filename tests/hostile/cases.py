"""One hostile upload, and the small sound files that the others are made from. All bytes are the same every time."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

IDS = [f"05181000002033{n:02}" for n in range(46, 52)]
CSV = ("pand_id;bouwjaar;bouwlagen;naam\n" + "".join(f"{i};1962;4;Flat {i[-2:]}\n" for i in IDS)).encode()


@dataclass(frozen=True)
class Upload:
    """A file as somebody sends it.

    `refused` when it must not be read at all; `says` is what a message must hold; `endless` when it would never be done.
    """

    family: str
    name: str
    content: bytes
    refused: bool = False
    says: str = ""
    endless: bool = False


def zip_up(parts: dict[str, bytes], *, stored: bool = False) -> bytes:
    """Return a zip with the same bytes every time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            about = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            about.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            packed.writestr(about, content)
    return stream.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def cell(place: str, value: object, *, formula: str = "") -> str:
    """Return one cell of a sheet."""
    inside = f"<f>{formula}</f>" if formula else ""
    if isinstance(value, (int, float)):
        return f'<c r="{place}">{inside}<v>{value}</v></c>'
    if str(value).startswith("#"):
        return f'<c r="{place}" t="e">{inside}<v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def sheet(rows: list[list[object]], *, after: str = "") -> bytes:
    """Return a worksheet."""
    lines = [
        f'<row r="{r}">{"".join(cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row) if value is not None)}</row>'
        for r, row in enumerate(rows, start=1)
    ]
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{after}</worksheet>'.encode()


ROWS: list[list[object]] = [["pand_id", "bouwjaar", "bouwlagen", "naam"], *([i, 1962, 4, f"Flat {i[-2:]}"] for i in IDS)]


def workbook_parts(worksheet: bytes | None = None) -> dict[str, bytes]:
    """Return the parts of the smallest workbook that Excel opens."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_REL}"><sheets>'
        '<sheet name="Blad1" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": worksheet or sheet(ROWS),
    }


def workbook(worksheet: bytes | None = None, **changed: bytes) -> bytes:
    """Return a workbook, with parts added or replaced; `__` in a name stands for `/`, `_xml` for `.xml`."""
    extra = {name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): part for name, part in changed.items()}
    return zip_up(workbook_parts(worksheet) | extra)


def square(column: int, *, size: float = 10) -> list[list[list[float]]]:
    """Return the ring of a building in RD."""
    x, y = 82_000.0 + 20 * column, 455_000.0
    return [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]


def feature(identification: object, geometry: object, **properties: object) -> dict[str, Any]:
    """Return a feature with the columns of the BAG."""
    about = {"identificatie": identification, "bouwjaar": 1962, "status": "Pand in gebruik", **properties}
    return {"type": "Feature", "properties": about, "geometry": geometry}


def geojson(features: list[Any] | None = None, **top: object) -> bytes:
    """Return GeoJSON in RD."""
    if features is None:
        features = [feature(i, {"type": "Polygon", "coordinates": square(n)}) for n, i in enumerate(IDS)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return json.dumps({"type": "FeatureCollection", "name": "pand", "crs": crs, "features": features, **top}).encode()


@cache
def geopackage() -> bytes:
    """Return a GeoPackage as GDAL writes it: six panden, with its index and its triggers."""
    import numpy as np  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415
    import shapely  # noqa: PLC0415
    from pyogrio.raw import write  # noqa: PLC0415

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pand.gpkg"
            shapes = [shapely.to_wkb(shapely.Polygon(square(n)[0])) for n in range(len(IDS))]
            write(
                path,
                geometry=np.array(shapes, dtype=object),
                field_data=[
                    np.array(IDS, dtype=object),
                    np.full(len(IDS), 1962),
                    np.array(["Pand in gebruik"] * len(IDS), dtype=object),
                ],
                fields=["identificatie", "bouwjaar", "status"],
                geometry_type="Polygon",
                crs="EPSG:28992",
                driver="GPKG",
                layer="pand",
            )
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def geopackage_after(*statements: str, raw: Callable[[bytes], bytes] = bytes) -> bytes:
    """Return the GeoPackage after somebody worked on it with SQL, and then on its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pand.gpkg"
        path.write_bytes(geopackage())
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=OFF")
            database.execute("PRAGMA synchronous=OFF")
            database.create_function("ST_IsEmpty", 1, lambda _: 0)
            for bound in ("MinX", "MinY", "MaxX", "MaxY"):
                database.create_function(f"ST_{bound}", 1, lambda _: 0.0)
            for statement in statements:
                database.execute(statement)
        return raw(path.read_bytes())


def gpkg_shape(wkb: bytes, *, srs: int = 28992, flags: int = 1) -> str:
    """Return a geometry of a GeoPackage as an SQL literal."""
    return f"X'{(b'GP' + bytes([0, flags]) + struct.pack('<i', srs) + wkb).hex()}'"


def cityjson(**changed: Any) -> dict[str, Any]:
    """Return two buildings as 3DBAG gives them."""
    objects: dict[str, Any] = {}
    for i in IDS[:2]:
        pand = f"NL.IMBAG.Pand.{i}"
        facts = {
            "identificatie": pand,
            "oorspronkelijkbouwjaar": 1972,
            "status": "Pand in gebruik",
            "b3_h_maaiveld": 2.25,
            "b3_h_dak_50p": 12.5,
            "b3_h_dak_70p": 12.6,
            "b3_h_dak_max": 12.9,
            "b3_h_dak_min": 12.1,
            "b3_dak_type": "horizontal",
            "b3_bouwlagen": 3,
            "b3_opp_dak_plat": 100.0,
            "b3_opp_dak_schuin": 0.0,
            "b3_opp_grond": 100.0,
        }
        solid = {"type": "MultiSurface", "lod": "0", "boundaries": [[[0, 1, 2, 3]]]}
        part = {
            "type": "Solid",
            "lod": "2.2",
            "boundaries": [[[[0, 1, 2, 3]]]],
            "semantics": {"surfaces": [{"type": "GroundSurface"}], "values": [[0]]},
        }
        objects[pand] = {"type": "Building", "attributes": facts, "children": [f"{pand}-0"], "geometry": [solid]}
        objects[f"{pand}-0"] = {"type": "BuildingPart", "attributes": {}, "parents": [pand], "geometry": [part]}
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [82000.0, 455000.0, 2.0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415", "title": "3DBAG"},
        "CityObjects": objects,
        "vertices": [[0, 0, 250], [10000, 0, 250], [10000, 10000, 250], [0, 10000, 250]],
        **changed,
    }


def vera(**changed: Any) -> dict[str, Any]:
    """Return one home as VERA gives it."""
    return {
        "id": "20002000126",
        "bouwjaar": 1993,
        "adres": {"huisnummer": "12", "postcode": "2595AA", "straatnaam": "Dorpsstraat", "woonplaats": {"naam": "Den Haag"}},
        "adresseerbaarObjectBasisregistratie": {"id": "0518010000203346", "bagIdentificatie": "0518010000203346"},
        "energieprestaties": [{"status": {"code": "DEF"}, "begindatum": "2024-03-27", "label": {"code": "F", "naam": "F"}}],
        "oppervlakten": [{"soort": {"code": "GTZ"}, "waarde": "82.77"}],
        "panden": [{"idExtern": IDS[0], "soort": {"code": "MGW", "naam": "Meergezinswoning"}}],
        **changed,
    }


LABELS_HEADER = (
    "Pand_opnamedatum;Pand_opnametype;Pand_status;Pand_berekeningstype;Pand_energieindex;Pand_energieklasse;"
    "Pand_energielabel_is_prive;Pand_is_op_basis_van_referentie_gebouw;Pand_gebouwklasse;Meting_geldig_tot;"
    "Pand_registratiedatum;Pand_postcode;Pand_huisnummer;Pand_huisnummer_toev;Pand_detailaanduiding;"
    "Pand_bagverblijfsobjectid;Pand_bagligplaatsid;Pand_bagstandplaatsid;Pand_bagpandid;Pand_gebouwtype"
)
LABELS = [
    f"20240327;Basis;Bestaand;NTA 8800;1,52;{label};nee;nee;W;20340327;20240328;2595AA;{n};;;05180100002033{n:02};;;{i};Flat"
    for n, (i, label) in enumerate(zip(IDS, "ABCDEF", strict=True))
]
PREAMBLE = "PublicatieDatum;20260901\nLaatstVerwerkteMutatievolgnummer;123456\n"


def labels(*, header: str = LABELS_HEADER, lines: list[str] = LABELS, preamble: str = PREAMBLE) -> bytes:
    """Return energy labels as EP-Online gives them."""
    return (preamble + "\n".join([header, *lines]) + "\n").encode()


@cache
def parquet(kind: str = "sound") -> bytes:  # noqa: C901 - one branch a kind
    """Return panden as GeoParquet."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    shapes = [shapely.to_wkb(shapely.Polygon(square(n)[0])) for n in range(len(IDS))]
    columns: dict[str, Any] = {"pand_id": IDS, "bouwjaar": [1962.0] * len(IDS), "geometry": shapes}
    about: Any = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon"]}},
    }
    if kind == "no shapes":
        columns.pop("geometry")
    elif kind == "broken shapes":
        columns["geometry"] = [shape[:20] for shape in shapes]
    elif kind == "text for shapes":
        columns["geometry"] = ["POINT(1 2)"] * len(IDS)
    elif kind == "lists":
        columns["bouwjaar"] = [[1962.0]] * len(IDS)
    elif kind == "numbers for ids":
        columns["pand_id"] = [float(i) for i in IDS]
    elif kind == "not finite":
        columns["bouwjaar"] = [float("inf"), float("nan"), 1e308, -1e308, -99997.0, 9999.0]
    elif kind == "zeros":
        columns = {
            "pand_id": pa.array(np.full(3_000_000, IDS[0], dtype=object)).dictionary_encode(),
            "bouwjaar": np.zeros(3_000_000),
        }
    elif kind == "empty":
        columns = {name: cells[:0] for name, cells in columns.items()}
    elif kind == "no columns":
        columns = {}
    table = pa.table(columns)
    geo = {"broken geo": b"{", "wrong geo": b'{"columns": [1]}', "no geo": None}.get(kind, json.dumps(about).encode())
    if geo is not None and "geometry" in columns:
        table = table.replace_schema_metadata({b"geo": geo})
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def cut(content: bytes, times: int) -> Iterator[tuple[int, bytes]]:
    """Yield the first part of a file, ever longer."""
    step = max(1, len(content) // times)
    for size in list(range(step, len(content), step))[:times]:
        yield size, content[:size]


def flip(content: bytes, times: int) -> Iterator[tuple[int, bytes]]:
    """Yield a file with one damaged byte, ever further on."""
    step = max(1, len(content) // times)
    for place in list(range(step // 2, len(content), step))[:times]:
        yield place, content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
