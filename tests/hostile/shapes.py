"""GeoPackages with something in them that runs, and files that ask GDAL to open something else."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

from tests.hostile.cases import IDS, Upload, feature, geopackage, geopackage_after, gpkg_shape, square


def geopackages() -> Iterator[Upload]:
    """GeoPackages with something that runs, or that is not what the standard says."""

    def bad(name: str, *statements: str, says: str = "") -> Upload:
        return Upload("gpkg", f"{name}.gpkg", geopackage_after(*statements), refused=True, says=says)

    def any_outcome(name: str, *statements: str) -> Upload:
        return Upload("gpkg", f"{name}.gpkg", geopackage_after(*statements))

    yield bad("trigger", "CREATE TRIGGER kwaad AFTER INSERT ON pand BEGIN DELETE FROM pand; END", says="trigger")
    named = "CREATE TRIGGER rtree_pand_geom_kwaad AFTER INSERT ON pand BEGIN DELETE FROM pand; END"
    yield bad("trigger-vermomd", named, says="trigger")
    yield bad("trigger-main", named.replace("DELETE FROM pand", 'UPDATE OR IGNORE "pand" SET fid=1'), says="trigger")
    yield bad("view", "CREATE VIEW kwaad AS SELECT * FROM pand", says="view")
    yield bad(
        "view-bom",
        "CREATE VIEW bom AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS fid, NULL AS geom FROM n",
    )
    yield bad("view-leest", "CREATE VIEW kwaad AS SELECT load_extension('/tmp/kwaad.so') AS a", says="view")
    yield bad("fts", "CREATE VIRTUAL TABLE zoek USING fts5(tekst)", says="andere plek")
    yield bad("berekend", "ALTER TABLE pand ADD COLUMN kwaad TEXT GENERATED ALWAYS AS (upper(status))", says="berekende")
    yield bad("geen-inhoud", "DROP TABLE gpkg_contents", says="geen GeoPackage")
    yield bad("geen-stelsels", "PRAGMA foreign_keys=OFF", "DROP TABLE gpkg_spatial_ref_sys", says="geen GeoPackage")
    yield bad("ander-programma", "PRAGMA application_id=252006673", says="geen GeoPackage")
    yield bad("schema", "PRAGMA writable_schema=ON", "UPDATE sqlite_schema SET sql='CREATE TABLE pand(' WHERE name='pand'")
    yield bad("schema-wortel", "PRAGMA writable_schema=ON", "UPDATE sqlite_schema SET rootpage=9999 WHERE name='pand'")
    yield bad("schema-zelf", "PRAGMA writable_schema=ON", "UPDATE sqlite_schema SET rootpage=1 WHERE name='pand'")
    yield bad("tabellen", *(f"CREATE TABLE t{n}(a)" for n in range(2_100)), says="veel te veel")
    yield any_outcome("leeg", "DELETE FROM pand")
    yield any_outcome("geen-laag", "DELETE FROM gpkg_contents", "DELETE FROM gpkg_geometry_columns")
    yield any_outcome("laag-weg", "PRAGMA foreign_keys=OFF", "DROP TABLE pand")
    yield any_outcome("laag-naam", "UPDATE gpkg_contents SET table_name='/vsicurl/http://127.0.0.1:9/a'")
    yield any_outcome("stelsel-weg", "UPDATE gpkg_geometry_columns SET srs_id=0")
    yield any_outcome(
        "stelsel-raar",
        "UPDATE gpkg_spatial_ref_sys SET definition='GEOGCS[[[['",
        "UPDATE gpkg_spatial_ref_sys SET organization='x'",
    )
    yield any_outcome(
        "stelsel-ver", "UPDATE gpkg_geometry_columns SET srs_id=2147483647", "UPDATE gpkg_contents SET srs_id=2147483647"
    )
    yield any_outcome("soort-weg", "UPDATE gpkg_geometry_columns SET geometry_type_name='BANAAN'")
    yield any_outcome("rijen-raar", "UPDATE gpkg_ogr_contents SET feature_count=9223372036854775807")
    yield any_outcome("rijen-min", "UPDATE gpkg_ogr_contents SET feature_count=-5")
    yield any_outcome("kolommen", *(f"ALTER TABLE pand ADD COLUMN k{n} TEXT" for n in range(500)))
    yield any_outcome("soorten", "UPDATE pand SET bouwjaar='negentien', identificatie=X'00FF', status=1e308")
    yield any_outcome("dubbel", "UPDATE pand SET identificatie='0518100000203346'")
    for number, value in enumerate(("-99997", "9999", "1e308", "-9223372036854775808", "'NaN'", "X'FFFF'", "NULL")):
        yield any_outcome(f"getal{number}", f"UPDATE pand SET bouwjaar={value}")  # noqa: S608 - a file of our own
    for name, wkb in _hostile_shapes().items():
        yield any_outcome(f"vorm-{name}", f"UPDATE pand SET geom={gpkg_shape(wkb)} WHERE fid=1")  # noqa: S608
    for name, literal in {
        "tekst": "'POINT(1 2)'",
        "getal": "42",
        "leeg": "X''",
        "kop": "X'4750'",
        "kop-raar": "X'4750FFFFFFFFFFFF'",
    }.items():
        yield any_outcome(f"vorm-{name}", f"UPDATE pand SET geom={literal} WHERE fid<3")  # noqa: S608
    other = geopackage()
    for name, start, value in (
        ("bladzij", 16, b"\x00\x03"),
        ("bladzij-0", 16, b"\x00\x00"),
        ("versie", 18, b"\x09\x09"),
        ("wal", 18, b"\x02\x02"),
        ("tekst", 56, b"\x00\x00\x00\x09"),
        ("lengte", 28, b"\xff\xff\xff\xff"),
        ("vrij", 32, b"\x7f\xff\xff\xff"),
    ):
        yield Upload("gpkg", f"kop-{name}.gpkg", other[:start] + value + other[start + len(value) :])


def _hostile_shapes() -> dict[str, bytes]:
    def ring(points: list[tuple[float, float]]) -> bytes:
        return struct.pack("<BIII", 1, 3, 1, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)

    nan, inf = float("nan"), float("inf")
    x, y = 82_000.0, 455_000.0
    collection = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00"
    return {
        "punten": struct.pack("<BIII", 1, 3, 1, 0x7FFFFFFF),
        "ringen": struct.pack("<BII", 1, 3, 0xFFFFFFFF),
        "delen": struct.pack("<BII", 1, 6, 0xFFFFFFFF),
        "soort": struct.pack("<BI", 1, 99),
        "kort": ring([(x, y)] * 5)[:20],
        "nan": ring([(nan, nan)] * 5),
        "inf": ring([(inf, y), (x, -inf), (x, y), (inf, y)]),
        "groot": ring([(1e308, 1e308), (-1e308, 1e308), (-1e308, -1e308), (1e308, 1e308)]),
        "acht": ring([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9), (x, y)]),
        "plat": ring([(x, y), (x + 9, y), (x, y), (x, y)]),
        "open": ring([(x, y), (x + 9, y), (x + 9, y + 9)]),
        "leeg": struct.pack("<BII", 1, 3, 0),
        "lijn": struct.pack("<BII", 1, 2, 2) + struct.pack("<dddd", x, y, x + 1, y),
        "graden": ring([(4.31, 52.08), (4.32, 52.08), (4.32, 52.09), (4.31, 52.08)]),
        "gedraaid": ring([(y, x), (y + 9, x), (y + 9, x + 9), (y, x)]),
        "veel": ring([(x + n % 2 * 9, y + n / 1e4) for n in range(100_000)] + [(x, y)]),
        "diep": collection * 5_000 + struct.pack("<BI", 1, 1) + struct.pack("<dd", x, y),
        "hoogte": struct.pack("<BIII", 1, 1003, 1, 4) + struct.pack("<ddd", x, y, nan) * 4,
        "groot-eind": struct.pack(">BIII", 0, 3, 1, 4) + struct.pack(">dd", x, y) * 4,
    }


def disguises() -> Iterator[Upload]:
    """Files that ask GDAL to open something else, called what we accept."""
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="pand"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    targets = (
        "/etc/passwd",
        "/vsicurl/http://127.0.0.1:9/a.gpkg",
        "/vsizip//tmp/a.zip",
        "http://127.0.0.1:9/a",
        "PG:dbname=x",
        "/vsistdin/",
    )
    for number, target in enumerate(targets):
        content = vrt.format(target)
        for ending in (".geojson", ".json", ".gpkg"):
            yield Upload("disguise", f"vrt{number}{ending}", content.encode(), refused=True)
        yield Upload("disguise", f"vrt-in{number}.geojson", b'{"a":1}' + content.encode(), refused=True)
        yield Upload("disguise", f"vrt-tekst{number}.json", json.dumps({"type": "FeatureCollection", "a": content}).encode())
        stream = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {target} ! write streamed_file"}
        yield Upload("disguise", f"gdalg{number}.geojson", json.dumps(stream).encode(), refused=True)
        yield Upload("disguise", f"gdalg{number}.json", json.dumps(stream).encode(), refused=True)
        href = {"type": "FeatureCollection", "links": [{"rel": "next", "href": target}], "features": []}
        yield Upload("disguise", f"volgende{number}.geojson", json.dumps(href).encode())
    topology = {"type": "Topology", "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}, "arcs": [[[0, 0], [9, 9]]]}
    esri = {"geometryType": "esriGeometryPolygon", "features": [{"attributes": {"a": 1}, "geometry": {"rings": square(0)}}]}
    for name, found in {
        "topo": topology,
        "esri": esri,
        "jsonfg": {"type": "FeatureCollection", "conformsTo": ["[ogc-json-fg-1-0.1:core]"], "features": []},
    }.items():
        yield Upload("disguise", f"{name}.geojson", json.dumps(found).encode())
    yield Upload("disguise", "regels.geojson", b"\n".join(json.dumps(feature(i, None)).encode() for i in IDS))
    yield Upload("disguise", "rs.geojson", b"\x1e" + json.dumps(feature(IDS[0], None)).encode(), refused=True)
