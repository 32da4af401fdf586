"""Read a case file: TOML to tables, with a sentence for everything that makes a file unreadable.

What the keys mean and whether they hold is for `quickscan.domain.finance.reading`; here only the file itself is looked at.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from quickscan.domain.errors import UnusableInputError

LARGEST = 1_000_000  # bytes; a case is a page of text, and anything larger is another kind of file


def read_case_file(path: Path) -> Mapping[str, Any]:
    """Return the tables of a case file; raises UnusableInputError."""
    where = str(path)
    if path.is_dir():
        raise UnusableInputError("Dit is een map, geen bestand.", "Noem het bestand zelf.", where=where)
    if not path.exists():
        raise UnusableInputError("Dit bestand bestaat niet.", "Controleer de naam en de map.", where=where)
    if path.stat().st_size > LARGEST:
        raise UnusableInputError("Dit bestand is te groot voor een businesscase.", "Geef een TOML-bestand.", where=where)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnusableInputError("Dit is geen tekst in UTF-8.", "Bewaar het bestand als platte tekst.", where=where) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        told = f"op regel {place[1]}, teken {place[2]}" if place else "aan het eind"
        advice = (
            "Verbeter die regel. Elke regel is: sleutel = waarde, met een punt voor decimalen en tekst tussen aanhalingstekens."
        )
        raise UnusableInputError(f"Dit is geen geldige TOML: het gaat mis {told}.", advice, where=where) from error


def day_of(content: Mapping[str, Any], *, where: str) -> date | None:
    """Return the reference date that a case names, None when it names none; raises UnusableInputError."""
    day = content.get("peildatum")
    if day is None or (isinstance(day, date) and not isinstance(day, datetime)):
        return day
    problem = f"peildatum ({day}) is geen datum."
    raise UnusableInputError(problem, "Schrijf bijvoorbeeld 2026-11-21, zonder aanhalingstekens.", where=where)
