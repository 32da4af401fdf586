"""Names in place of numbers: what the store keeps as "deelnemer:7" is shown as the name that person has now.

So a name stands in one row, and who erased theirs is "voormalig deelnemer 7" in everything that was kept before, the
history and the audit log included, without a change in any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pandas as pd

from quickscan.domain.errors import QuickscanError
from quickscan.domain.people import make_key, name_former, read_key

# Where an author can stand: in the fields of what a store gives, and in the columns of a frame.
_FIELDS = ("author", "undone_by", "source_label", "name", "opened_by")
_COLUMNS = ("author", "label")


class Names:
    """What people are called now; looked up once for as long as one page is drawn."""

    def __init__(self, find: Callable[[Collection[int]], Mapping[int, str]]) -> None:
        self._find = find
        self._known: dict[int, str] = {}

    def look_up(self, numbers: Collection[int]) -> None:
        """Learn the names that are not known yet, in one question."""
        asked = set(numbers) - set(self._known)
        if asked:
            self._known |= {number: name_former(number) for number in asked} | dict(self._find(asked))

    def of(self, author: Any) -> Any:
        """Return the name for a key, and anything else as it is."""
        number = read_key(author)
        return author if number is None else self._known.get(number, author)

    def key_of(self, author: str) -> str:
        """Return the key of somebody whose name was shown, and anything else as it is."""
        return next((make_key(number) for number, name in self._known.items() if name == author), author)

    def tell_in(self, error: QuickscanError) -> QuickscanError:
        """Return an error that names the other person, by name."""
        number = read_key(getattr(error, "author", None))
        if number is None:
            return error
        self.look_up([number])
        key, name = make_key(number), self.of(make_key(number))
        error.args = tuple(part.replace(key, name) if isinstance(part, str) else part for part in error.args)
        error.author = name  # type: ignore[attr-defined]  # it has one: see above
        return error


def tell_names(value: Any, names: Names) -> Any:
    """Return what a store gave with names in place of keys; the same object when there are none in it."""
    found = {number for author in _authors(value) if (number := read_key(author)) is not None}
    if not found:
        return value
    names.look_up(found)
    return _rename(value, names)


def _authors(value: Any) -> Iterator[Any]:
    if isinstance(value, pd.DataFrame):
        for column in set(_COLUMNS) & set(value.columns):
            yield from value[column].unique()
        return
    if is_dataclass(value):
        parts = [getattr(value, one.name) for one in fields(value) if one.name not in _FIELDS]
        yield from (getattr(value, one.name) for one in fields(value) if one.name in _FIELDS)
    else:
        parts = list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple | list) else []
    for part in parts:
        yield from _authors(part)


def _rename(value: Any, names: Names) -> Any:
    if isinstance(value, pd.DataFrame):
        found = set(_COLUMNS) & set(value.columns)
        return value.assign(**{column: value[column].map(names.of) for column in found}) if found else value
    if isinstance(value, Mapping):
        return {key: _rename(part, names) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_rename(part, names) for part in value)
    if isinstance(value, list):
        return [_rename(part, names) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **_renamed_fields(value, names))
    return value


def _renamed_fields(value: Any, names: Names) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for one in fields(value):
        part = getattr(value, one.name)
        new = names.of(part) if one.name in _FIELDS else part if isinstance(part, str) else _rename(part, names)
        if new is not part:
            changed[one.name] = new
    return changed
