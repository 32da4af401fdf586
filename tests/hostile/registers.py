"""JSON in every wrong form, and registers with parts that are missing, wrong or impossible."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile import cases
from tests.hostile.cases import IDS, Upload, cityjson, feature, geojson, labels, parquet, square, vera, zip_up


def jsons() -> Iterator[Upload]:
    """JSON that is broken, deep, long, or of other types than expected."""
    for number, (what, content) in enumerate(_hostile_json().items()):
        for ending in (".geojson", ".json"):
            yield Upload("json", f"{what}{number}{ending}", content)
    wrong: tuple[Any, ...] = (None, 0, -1, 1e308, "", "x" * 100_000, [], {}, True, [[]], "NaN", "=1+1", [None] * 10)
    for number, value in enumerate(wrong):
        good = {"type": "Polygon", "coordinates": square(0)}
        yield Upload("geojson", f"id{number}.geojson", geojson([feature(value, good), feature(IDS[1], good)]))
        yield Upload("geojson", f"jaar{number}.geojson", geojson([feature(IDS[0], good, bouwjaar=value)]))
        yield Upload("geojson", f"vorm{number}.geojson", geojson([feature(IDS[0], value)]))
        yield Upload("geojson", f"punten{number}.geojson", geojson([feature(IDS[0], {"type": "Polygon", "coordinates": value})]))
        yield Upload("geojson", f"lijst{number}.geojson", geojson(features=value))
        yield Upload("geojson", f"stelsel{number}.geojson", geojson(crs=value))
    degrees = [[[4.31, 52.08], [4.311, 52.08], [4.311, 52.081], [4.31, 52.08]]]
    turned = [[[y, x] for x, y in degrees[0]]]
    far = [[[x * 1e300, y] for x, y in square(0)[0]]]
    for name, ring in {
        "graden": degrees,
        "gedraaid": turned,
        "ver": far,
        "nul": [[[0, 0]] * 4],
        "diep-punt": [[[[1, 2, 3, 4, 5]] * 4]],
    }.items():
        for crs in (None, {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}):
            yield Upload(
                "geojson", f"plek-{name}.geojson", geojson([feature(IDS[0], {"type": "Polygon", "coordinates": ring})], crs=crs)
            )


def _hostile_json() -> dict[str, bytes]:
    head, tail = b'{"type":"FeatureCollection","features":[', b"]}"
    point = b'{"type":"Feature","properties":{"identificatie":"0518100000203346"},"geometry":{"type":"Polygon","coordinates":'
    long_ring = json.dumps([[[82_000 + n % 7, 455_000 + n / 1e6] for n in range(300_000)]]).encode()
    return {
        "diep-lijst": b'{"a":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
        "diep-open": b"[" * 5_000_000,
        "diep-object": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        "diep-vorm": head + point + b"[" * 100_000 + b"]" * 100_000 + b"}}" + tail,
        "diep-verzameling": head
        + b'{"type":"Feature","properties":{},"geometry":'
        + b'{"type":"GeometryCollection","geometries":[' * 20_000,
        "lange-ring": head + point + long_ring + b"}}" + tail,
        "lange-tekst": b'{"type":"FeatureCollection","x":"' + b"x" * 20_000_000 + b'","features":[]}',
        "lange-sleutel": b'{"' + b"x" * 5_000_000 + b'":1}',
        "veel-sleutels": b"{" + b",".join(b'"k%d":1' % n for n in range(300_000)) + b"}",
        "zelfde-sleutel": b'{"type":"FeatureCollection",' + b'"type":"Feature",' * 10_000 + b'"features":[]}',
        "lang-getal": b'{"type":"FeatureCollection","a":' + b"9" * 1_000_000 + b',"features":[]}',
        "macht": b'{"type":"FeatureCollection","a":1e' + b"9" * 50_000 + b',"features":[]}',
        "nan": head + point + b"[[[NaN,Infinity],[1,-Infinity],[NaN,NaN],[NaN,Infinity]]]}}" + tail,
        "geen-utf8": b'{"type":"FeatureCollection","a":"\xff\xfe\xc3\x28","features":[]}',
        "wees": head + b'{"type":"Feature","properties":{"identificatie":"\\ud800"},"geometry":null}' + tail,
        "nul": b'{"type":"FeatureCollection","a":"\\u0000","features":[]}\x00\x00',
        "achteraan": geojson() + b"{}",
        "commentaar": b"{/* hallo */" + geojson()[1:],
        "utf16": b"\xff\xfe" + geojson().decode().encode("utf-16-le"),
        "bom": b"\xef\xbb\xbf" + geojson(),
        "enkel": geojson().replace(b'"', b"'"),
        "komma": geojson().replace(b"]", b",]"),
        "leeg-object": b"{}",
        "leeg-lijst": b"[]",
        "lijst-nullen": b"[" + b"null," * 100_000 + b"null]",
        "lijst-lijsten": b"[[[[[[1]]]]]]",
        "alleen-soort": b'{"type":"FeatureCollection"}',
        "soort-getal": b'{"type":1,"features":{}}',
        "los": json.dumps(feature(IDS[0], {"type": "Polygon", "coordinates": square(0)})).encode(),
        "vorm": json.dumps({"type": "Polygon", "coordinates": square(0)}).encode(),
    }


def registers() -> Iterator[Upload]:
    """CityJSON, VERA, EP-Online and Parquet with parts that are missing, wrong or impossible."""
    for number, changed in enumerate(_wrong_cityjson()):
        yield Upload("cityjson", f"stad{number}.city.json", json.dumps(changed).encode())
    yield Upload("cityjson", "rondjes.city.json", json.dumps(_round_and_round()).encode(), endless=True)
    for number, changed in enumerate(_wrong_vera()):
        yield Upload("vera", f"eenheid{number}.json", json.dumps(changed).encode())
    for number, content in enumerate(_wrong_labels()):
        yield Upload("labels", f"label{number}.csv", content)
        yield Upload("labels", f"label{number}.zip", zip_up({"v20260901_v4.csv": content}))
    kinds = (
        "no shapes",
        "broken shapes",
        "text for shapes",
        "lists",
        "numbers for ids",
        "not finite",
        "zeros",
        "empty",
        "no columns",
    )
    for kind in (*kinds, "broken geo", "wrong geo", "no geo"):
        yield Upload("parquet", f"{kind.replace(' ', '-')}.parquet", parquet(kind))
    yield Upload("parquet", "kop-en-staart.parquet", b"PAR1" + bytes(40) + b"\x20\x00\x00\x00PAR1", refused=True)
    yield Upload("parquet", "voet-lang.parquet", b"PAR1" + bytes(40) + b"\xff\xff\xff\x7fPAR1", refused=True)


def _wrong_cityjson() -> Iterator[dict[str, Any]]:
    wrong: tuple[Any, ...] = (None, 5, "x", [], {}, [[]], [None], 1e308)
    for part in ("transform", "metadata", "CityObjects", "vertices", "version"):
        yield {key: value for key, value in cityjson().items() if key != part}
        for value in wrong:
            yield cityjson(**{part: value})
    pand = f"NL.IMBAG.Pand.{IDS[0]}"
    for boundaries in (
        [[[99_999]]],
        [[[-1, -2, -3]]],
        [[[0, 1]]],
        [[]],
        [[[0.5, 1.5, 2.5]]],
        [[["a", "b", "c"]]],
        7,
        None,
    ):
        changed = cityjson()
        changed["CityObjects"][pand]["geometry"][0]["boundaries"] = boundaries
        changed["CityObjects"][f"{pand}-0"]["geometry"][0]["boundaries"] = [boundaries]
        yield changed
    facts = (
        "b3_h_maaiveld",
        "b3_h_dak_50p",
        "b3_bouwlagen",
        "b3_dak_type",
        "identificatie",
        "oorspronkelijkbouwjaar",
        "b3_opp_dak_plat",
    )
    for fact in facts:
        for value in (None, "x", -99_997, 9_999, 1e308, [], {"a": 1}, True):
            changed = cityjson()
            changed["CityObjects"][pand]["attributes"][fact] = value
            yield changed
    yield cityjson(transform={"scale": [0, 0, 0], "translate": [1e308, 1e308, 0]})
    yield cityjson(transform={"scale": ["a"], "translate": [1]})
    yield cityjson(metadata={"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/999999"})
    yield cityjson(vertices=[[1e308, 1, 1], [float("inf"), 1, 1], [1], "x"])
    looped = cityjson()
    looped["CityObjects"][pand]["children"] = [pand]
    looped["CityObjects"][pand]["parents"] = [pand]
    yield looped


def _round_and_round() -> dict[str, Any]:
    """Return an outline that goes fifty thousand times round the same square: its every edge crosses all the others."""
    changed = cityjson()
    changed["CityObjects"][f"NL.IMBAG.Pand.{IDS[0]}"]["geometry"][0]["boundaries"] = [[[0, 1, 2, 3] * 50_000]]
    return changed


def _wrong_vera() -> Iterator[Any]:
    wrong: tuple[Any, ...] = (None, -1, 1e308, "x" * 10_000, [], {}, [None], [[]], True, "=1+1")
    for part in ("id", "bouwjaar", "adres", "adresseerbaarObjectBasisregistratie", "energieprestaties", "oppervlakten", "panden"):
        for value in wrong:
            yield [vera(), vera(**{part: value})]
    yield [vera()] * 5_000
    yield {"eenheden": [vera()], "clusters": [{"id": 1}], "panden": "x"}
    yield {"data": {"data": {"data": [vera()]}}}
    yield [1, 2, 3]
    yield vera(panden=[{"idExtern": i} for i in IDS] * 500)
    yield vera(huurder={"naam": "J. Jansen", "bsn": "123456782", "inkomen": 30_000})


def _wrong_labels() -> Iterator[bytes]:
    yield labels()
    for preamble in (
        "",
        "PublicatieDatum\n",
        "PublicatieDatum;morgen\n",
        "x;y;z\n" * 5,
        "\n\n",
        "PublicatieDatum;20260901\n" * 3,
        "\ufeff",
        "sep=;\n",
    ):
        yield labels(preamble=preamble)
    header = cases.LABELS_HEADER
    for changed in (
        header.replace("Pand_energieklasse", "klasse"),
        header + ";" + header,
        header.replace(";", ","),
        header.lower(),
        header[:50],
        "",
    ):
        yield labels(header=changed)
    sound = cases.LABELS[0]
    for old, new in (
        (";A;", ";Z;"),
        (";A;", ";A+++++++;"),
        (";A;", ";;"),
        ("20340327", "99999999"),
        ("20340327", "nooit"),
        ("20340327", "19700101"),
        ("20240328", "-1"),
        ("1,52", "1e308"),
        (IDS[0], "x"),
        (IDS[0], "0" * 16),
        ("0518010000203300", "5.18E+14"),
        (";", ","),
    ):
        yield labels(lines=[sound.replace(old, new), cases.LABELS[1]])
    yield labels(lines=[sound] * 20_000)
    yield labels(lines=[sound + ";" * 500])
    yield labels(lines=[])
