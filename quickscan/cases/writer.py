"""Write a case file: the tables of a case as TOML that `quickscan.cases.reader` reads back without a difference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_case_file(tables: Mapping[str, object], *, name: str, day: date) -> bytes:
    """Return a case as a file; tables become blocks, the name and the reference date stand on top."""
    lines = [f"naam = {_value(name)}", f"peildatum = {_value(day)}"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in tables.items() if not isinstance(value, Mapping)]
    for key, value in tables.items():
        if isinstance(value, Mapping):
            lines += _block(_key(key), value)
    return ("\n".join(lines) + "\n").encode()


def _block(path: str, table: Mapping[str, object]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    if plain or not inner:
        yield from ("", f"[{path}]")
        yield from (f"{_key(key)} = {_value(value)}" for key, value in plain.items())
    for key, value in inner.items():
        yield from _block(f"{path}.{_key(key)}", value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)


def _text(text: str) -> str:
    # JSON's escapes are TOML's too, but for the delete character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
