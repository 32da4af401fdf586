"""Read a JSON file as plain Python values, and take values out of it that may be anything at all.

What a document holds is told by its content: features (GeoJSON), city objects (CityJSON) or units of a corporation
(VERA). A CityJSON may also come as lines: a header and then a feature a line.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quickscan.domain.errors import UnusableInputError

_HEAD = 1 << 16
_SEND_AGAIN = "Haal het bestand opnieuw op, of exporteer het opnieuw."


def read_json(path: Path, name: str) -> Any:
    """Return the document; several lines of JSON come back as {"lines": […]}. Raises UnusableInputError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise UnusableInputError("Dit is geen JSON in UTF-8.", _SEND_AGAIN, where=name) from error
    try:
        return _parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        lines = text.split("\n")
        if len(lines) > 1 and lines[0].lstrip().startswith("{") and lines[0].rstrip().endswith("}"):
            try:
                return {"lines": [_parse(line) for line in lines if line.strip()]}
            except (ValueError, RecursionError, MemoryError):
                pass
        raise UnusableInputError("Dit JSON-bestand is beschadigd of niet compleet.", _SEND_AGAIN, where=name) from error


def _parse(text: str) -> Any:
    return json.loads(text, parse_constant=lambda _: None)  # NaN and Infinity are no JSON; they are unknown


def begins_as_features(path: Path) -> bool:
    """Tell from the first bytes whether a file holds features, to spare reading a large one twice."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return b'"FeatureCollection"' in head and not re.search(rb'"CityJSON|"CityObjects"', head)


def is_geojson(document: object) -> bool:
    """Tell whether a document is a collection of features with a shape each."""
    return isinstance(document, Mapping) and document.get("type") in ("FeatureCollection", "Feature")


def is_cityjson(document: object) -> bool:
    """Tell whether a document has city objects: a file, lines of features, or an answer of the 3DBAG API."""
    if not isinstance(document, Mapping):
        return False
    inside = [document, document.get("feature"), *take_list(document, "features")[:1], *take_list(document, "lines")[:1]]
    return any(
        isinstance(part, Mapping) and (part.get("type") in ("CityJSON", "CityJSONFeature") or "CityObjects" in part)
        for part in inside
    )


def take_mapping(value: object, *names: str) -> Mapping[str, Any]:
    """Return what lies under these names, one in the other; empty where it is not there or no object."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def take_list(value: object, name: str) -> Sequence[Any]:
    """Return the list under a name; a single object counts as a list of one; empty where it is not there."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(found, Mapping):
        return [found]
    return found if isinstance(found, list) else []


def take_text(value: object, *names: str) -> str | None:
    """Return the text or whole number under these names as text, None where it is not there or blank."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        return str(value).strip() or None
    except ValueError:  # Python writes no numbers of thousands of digits
        return None


def take_number(value: object, *names: str) -> float:
    """Return the number under these names, NaN where it is not there or no number."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan
