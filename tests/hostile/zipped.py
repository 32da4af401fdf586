"""Workbooks: zips that hide something, and sheets with cells that should not be there."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO

from tests.hostile import cases
from tests.hostile.cases import CSV, IDS, ROWS, Upload, sheet, workbook, workbook_parts, zip_up
from tests.hostile.tables import SENTINELS


def zips() -> Iterator[Upload]:
    """Bombs, traversal, macros and everything else that fits in a zip."""

    def bad(name: str, content: bytes, says: str = "", family: str = "zip") -> Upload:
        return Upload(family, name, content, refused=True, says=says)

    big = "veel te groot"
    yield bad("verhouding.xlsx", workbook(xl__media__groot_bin=bytes(30_000_000)), big)
    yield bad("blad.xlsx", workbook(sheet(ROWS, after=" " * 20_000_000)), big)
    yield bad("samen.xlsx", zip_up(workbook_parts() | {f"xl/{n}.bin": bytes(990_000) for n in range(210)}), big)
    yield bad("delen.xlsx", zip_up(workbook_parts() | {f"xl/{n}.xml": b"" for n in range(1_000)}), big)
    yield bad("veel-delen.xlsx", zip_up({f"{n}": b"" for n in range(30_000)}, stored=True), big)
    for inner in ("zip", "xlsx", "xlsm", "docx", "gz"):
        yield bad(f"in-{inner}.xlsx", zip_up(workbook_parts() | {f"xl/embeddings/a.{inner}": b"x"}), "zelf weer een bestand")
    yield bad("verborgen.xlsx", workbook(xl__media__plaatje_png=workbook()), "zelf weer een bestand")
    yield bad("genest.zip", zip_up({"a.zip": zip_up({"b.csv": CSV})}))
    yield bad("genest-csv.zip", zip_up({"a.csv": zip_up({"b.csv": CSV})}))
    yield bad("bom.zip", zip_up({"a.csv": b"pand_id\n" + b"0" * 60_000_000}))
    yield bad("twee.zip", zip_up({"a.csv": CSV, "b.csv": CSV}))
    yield bad("shape.zip", zip_up({"a.shp": b"x", "a.dbf": b"x"}))
    yield bad("leeg.zip", b"PK\x05\x06" + bytes(18))
    yield bad("niets.zip", zip_up({}) + b"PK\x03\x04")
    for outside in (
        "../../boos.xml",
        "/etc/passwd",
        "C:/boos.xml",
        "xl/../../boos.xml",
        "..\\boos.xml",
        "\\\\kwaad\\map\\boos.xml",
    ):
        yield bad(f"pad{len(outside)}.xlsx", zip_up(workbook_parts() | {outside: b"x"}), "buiten het bestand")
        yield bad(f"pad{len(outside)}.zip", zip_up({outside.replace("xml", "csv"): CSV}))
    for macro in ("xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "vbaProject.bin"):
        yield bad(f"macro{len(macro)}.xlsx", zip_up(workbook_parts() | {macro: b"x"}), "macro")
    link = b'<Relationships><Relationship Id="r1" Type="http://x/%s" Target="%s" TargetMode="External"/></Relationships>'
    yield bad("koppeling.xlsx", workbook(xl__externalLinks__externalLink1_xml=b"<externalLink/>"), "andere bestanden")
    for kind, target in (
        (b"oleObject", b"file:///c:/boos"),
        (b"image", b"http://kwaad.example/a.png"),
        (b"attachedTemplate", b"\\\\kwaad\\a"),
    ):
        part = {"xl/worksheets/_rels/sheet1.xml.rels": link % (kind, target)}
        yield bad(f"koppeling-{kind.decode()}.xlsx", zip_up(workbook_parts() | part), "andere bestanden")
    click = {"xl/worksheets/_rels/sheet1.xml.rels": link % (b"hyperlink", b"mailto:iemand@example.org")}
    yield Upload("zip", "hyperlink.xlsx", zip_up(workbook_parts() | click))
    for part in (
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
    ):
        for what, changed in _hostile_xml(workbook_parts()[part]).items():
            yield bad(f"{what}.xlsx", zip_up(workbook_parts() | {part: changed}))
        without = {name: content for name, content in workbook_parts().items() if name != part}
        yield Upload("zip", "zonder-deel.xlsx", zip_up(without), refused=part != "_rels/.rels")
        yield Upload("zip", "leeg-deel.xlsx", zip_up(workbook_parts() | {part: b""}), refused=part != "_rels/.rels")
    yield from _forged_zips()


def _hostile_xml(sound: bytes) -> dict[str, bytes]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "lachen": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]>'.encode() + sound.replace(b"</", b"&l9;</", 1),
        "kwadraat": b'<!DOCTYPE a [<!ENTITY l "' + b"x" * 50_000 + b'">]>' + sound.replace(b"</", b"&l;" * 5_000 + b"</", 1),
        "xxe": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sound.replace(b"</", b"&x;</", 1),
        "xxe-net": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/a.dtd"> %x;]>' + sound,
        "dtd": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + sound,
        "utf16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "y">]>'.encode("utf-16")
        + sound.decode().encode("utf-16"),
        "utf7": b'<?xml version="1.0" encoding="utf-7"?>+ADw-!DOCTYPE a+AD4-' + sound,
        "ebcdic": b'<?xml version="1.0" encoding="cp037"?>' + '<!DOCTYPE a [<!ENTITY x "y">]>'.encode("cp037") + sound,
    }


def _forged_zips() -> Iterator[Upload]:
    """Zips whose directory lies."""
    sound = workbook()
    stream = BytesIO(sound)
    with zipfile.ZipFile(stream) as packed:
        directory = packed.start_dir
    first = sound.index(b"PK\x01\x02", directory)
    fields = {
        "versleuteld": (8, "<H", 1),
        "sterk": (8, "<H", 0x41),
        "methode": (10, "<H", 99),
        "lzma": (10, "<H", 14),
        "crc": (16, "<I", 1),
    }
    fields |= {"klein": (24, "<I", 1), "groot": (24, "<I", 0xFFFFFFF0), "plek": (42, "<I", 0x7FFFFFFF), "gepakt": (20, "<I", 3)}
    for what, (place, form, value) in fields.items():
        changed = bytearray(sound)
        struct.pack_into(form, changed, first + place, value)
        yield Upload("zip", f"vervalst-{what}.xlsx", bytes(changed), refused=True)
    doubled = BytesIO()
    with zipfile.ZipFile(doubled, "w") as packed:
        for name, part in workbook_parts().items():
            packed.writestr(zipfile.ZipInfo(name), part)
        again = zipfile.ZipInfo("XL/worksheets/sheet1.xml")
        packed.writestr(again, sheet([["pand_id"], [IDS[0]]]))
    yield Upload("zip", "dubbel.xlsx", doubled.getvalue(), refused=True, says="dezelfde naam")
    yield Upload("zip", "voorvoegsel.xlsx", b"PK\x03\x04" + sound)
    yield Upload("zip", "achtervoegsel.xlsx", sound + b"PK\x05\x06" + bytes(18))
    yield Upload("zip", "commentaar.xlsx", sound[:-2] + b"\xff\xff" + b"x" * 0xFFFF)


def sheets() -> Iterator[Upload]:
    """Workbooks that open, with cells that should not be there."""

    def make(name: str, rows: list[list[object]], after: str = "") -> Upload:
        return Upload("sheet", f"{name}.xlsx", workbook(sheet(rows, after=after)))

    head = ROWS[0]
    for number, value in enumerate(SENTINELS):
        yield make(f"tekst{number}", [head, [IDS[0], value.replace("<", "&lt;"), 4, "x"], *ROWS[2:]])
    for number, value in enumerate(
        (1e308, -1e308, 5.99e14, 518100000203346, 599100000203346.5, 1e16, 2**63, 2**70, -1, 0.1, 1e-320)
    ):
        yield make(f"getal{number}", [head, [value, 1962, 4, "x"], [IDS[1], value, value, "x"]])
    yield make("dubbele-kop", [["pand_id", "pand_id", "bouwjaar", "bouwjaar"], [IDS[0], IDS[1], 1962, 1963]])
    yield make("lege-kop", [[None, None, None], [IDS[0], 1962, 4]])
    yield make("kop-getal", [[1, 2, 3], [IDS[0], 1962, 4]])
    yield make("alleen-kop", [head])
    yield make("niets", [])
    yield make("samengevoegd", ROWS, '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="A2:A5"/></mergeCells>')
    yield make("samengevoegd-raar", ROWS, '<mergeCells count="1"><mergeCell ref="ZZZZZ9:A0"/></mergeCells>')
    yield make("lang", [head, [IDS[0], 1962, 4, "x" * 40_000]])
    yield make("kop-lang", [["pand_id", "k" * 40_000], [IDS[0], 1]])
    raw = {
        "cel-ver": '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        "rij-ver": '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        "rij-te-ver": '<row r="99999999999"><c r="A1"><v>1</v></c></row>',
        "rij-negatief": '<row r="-5"><c r="A-5"><v>1</v></c></row>',
        "rij-terug": '<row r="9"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        "cel-raar": '<row r="1"><c r="ÄÖ"><v>1</v></c><c r="11"><v>1</v></c><c r=""><v>1</v></c></row>',
        "soort-raar": '<row r="1"><c r="A1" t="zz"><v>1</v></c></row>',
        "tekst-weg": '<row r="1"><c r="A1" t="s"><v>999999</v></c></row>',
        "tekst-min": '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        "tekst-geen": '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        "getal-geen": '<row r="1"><c r="A1" t="n"><v>een</v></c></row>',
        "datum-geen": '<row r="1"><c r="A1" t="d"><v>2026-99-99</v></c></row>',
        "waar-geen": '<row r="1"><c r="A1" t="b"><v>2</v></c></row>',
        "stijl-weg": '<row r="1"><c r="A1" s="999999"><v>1</v></c></row>',
        "formule": '<row r="1"><c r="A1"><f>1/0</f></c></row>',
        "formule-gedeeld": '<row r="1"><c r="A1"><f t="shared" si="9" ref="A1:ZZ99999">A2</f><v>3</v></c></row>',
        "formule-matrix": '<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>3</v></c></row>',
        "diep": "<row>" * 3_000 + "</row>" * 3_000,
        "kenmerken": "<row " + " ".join(f'a{n}="1"' for n in range(5_000)) + '><c r="A1"><v>1</v></c></row>',
        "cdata": '<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[<!DOCTYPE a>]]></t></is></c></row>',
        "besturing": '<row r="1"><c r="A1" t="inlineStr"><is><t>&#1;&#0;</t></is></c></row>',
        "uitgerekt": '<row r="1"><c r="A1" t="inlineStr"><is><t>_x0000__x001F__xD800_</t></is></c></row>',
    }
    for name, inside in raw.items():
        for first in ("", '<row r="1"><c r="A1" t="inlineStr"><is><t>pand_id</t></is></c></row>'):
            content = f'<worksheet xmlns="{cases.MAIN}"><sheetData>{first}{inside}</sheetData></worksheet>'
            yield Upload("sheet", f"{name}.xlsx", workbook(content.encode()))
