"""What in a text looks like it is about a person: an e-mail address, a telephone number, a bank account, a BSN.

It is a warning and no lock: numbers look alike, and names cannot be told from other words. Of a BSN and an IBAN the check
digits must hold, so that a pand-id or a price is left alone.
"""

from __future__ import annotations

import re

BSN_LENGTH = 9
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
# 06-12345678, 010 123 45 67, +31 6 12345678; nine digits after the 0 or the country
_PHONE = re.compile(r"(?<![\w.,])(?:(?:\+|00)31[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .-]?\d){8}(?![\d])")
_NINE = re.compile(r"(?<![\w.,])\d(?:[ .]?\d){8}(?![\d])")


def find_personal(text: str) -> tuple[str, ...]:
    """Return what a text seems to hold, in the words of a warning; empty when nothing was seen."""
    found = []
    if _EMAIL.search(text):
        found.append("een e-mailadres")
    if any(is_iban(match[0]) for match in _IBAN.finditer(text)):
        found.append("een bankrekening")
    if _PHONE.search(text):
        found.append("een telefoonnummer")
    if any(is_bsn(match[0]) for match in _NINE.finditer(text)):
        found.append("een BSN")
    return tuple(found)


def tell_personal(text: str) -> str:
    """Return the warning about a text; "" when there is none."""
    found = find_personal(text)
    if not found:
        return ""
    seen = f"{', '.join(found[:-1])} en {found[-1]}" if len(found) > 1 else found[0]
    return f"Hier lijkt {seen} te staan. Haal gegevens van personen weg; iedereen in de werkruimte kan dit lezen."


def is_bsn(text: str) -> bool:
    """Tell whether nine digits pass the test of eleven: 9, 8, … 2 times each digit, minus the last, divides by 11."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if len(digits) != BSN_LENGTH or not any(digits):
        return False
    weights = (*range(BSN_LENGTH, 1, -1), -1)
    total: int = sum(weight * digit for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0


def is_iban(text: str) -> bool:
    """Tell whether the check digits of an account number hold (ISO 13616: modulo 97 is 1)."""
    plain = "".join(text.split()).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
