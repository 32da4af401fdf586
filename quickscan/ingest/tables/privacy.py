"""Recognise columns with personal data, by what the sender calls them and by what is in them. They are never read.

Personal data here is what points at a resident: a name, BSN, date of birth, income, e-mail, phone, bank account, and the
rent of an address. Counts, shares and averages ("percentage huurwoningen") are about a place, not about a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from quickscan.ingest.tables.aliases import make_key

_HEADER = re.compile(
    r"huurder|bewoner|contractant|bsn|burgerservice|sofinummer|geboorte|leeftijd|inkomen|email|mailadres|telefoon|telnr|telnummer|"
    r"mobiel|iban|bankrekening|rekeningn|gebdat|voornaam|achternaam|voorletter|tussenvoegsel|geslacht$|nationaliteit|burgerlijkestaat|"
    r"gezinssamenstelling|betaalachterstand|(?<!ver)huur(?!der)(?!woning|eenheid|baar|prijsgrens|verhoudingsvorm)"
)
_STATISTIC = re.compile(r"^(?:gemiddeldinkomen|mediaan|percentage|perc|aantal|aandeel|%)")
_DIGITS = re.compile(r"\d{8,9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+31|0031|0)[1-9]\d{8}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_MOST = 0.6  # share of the filled cells from which a column is about persons
_LONGEST = 100  # no e-mail address, number or account is longer; spares the patterns


def is_private_header(header: str) -> bool:
    """Tell whether a column's name says that it holds personal data."""
    key = make_key(header)
    return bool(_HEADER.search(key)) and not _STATISTIC.match(key)


def is_private_content(cells: Iterable[object]) -> bool:
    """Tell whether most cells are e-mail addresses, bank accounts, phone numbers or BSNs."""
    texts = {_squeeze(cell) for cell in cells if cell is not None}
    filled = [text for text in texts if text and len(text) <= _LONGEST]
    kinds: tuple[tuple[Callable[[str], object], int], ...] = (
        (_EMAIL.fullmatch, 1),
        (_is_iban, 1),
        (_PHONE.fullmatch, 2),
        (_is_bsn, 2),  # one in eleven numbers passes the test by chance
    )
    return any((count := sum(map(bool, map(check, filled)))) >= least and count >= _MOST * len(filled) for check, least in kinds)


def _squeeze(cell: object) -> str:
    text = f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)
    return re.sub(r"[\s.\-()]+", "", text) if "@" not in text else text.strip()


def _is_bsn(text: str) -> bool:
    """Apply the eleven test: the weighted sum of the nine digits is a multiple of eleven."""
    if not _DIGITS.fullmatch(text) or not text.isascii():
        return False
    digits = map(int, text.zfill(9))
    return int(text) > 0 and sum(weight * digit for weight, digit in zip(_BSN_WEIGHTS, digits, strict=True)) % 11 == 0


def _is_iban(text: str) -> bool:
    """Apply the remainder test: letters become numbers, the country goes to the end, and 97 leaves 1."""
    bare = text.upper()
    if not _IBAN.fullmatch(bare) or not bare.isascii():
        return False
    return int("".join(str(int(mark, 36)) for mark in bare[4:] + bare[:4])) % 97 == 1
