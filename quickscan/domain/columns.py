"""Read a frame of buildings as plain arrays: numbers as float64, choices as small codes. The frame is never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
Output = Floats | pd.Categorical | npt.NDArray[np.object_]  # one column of a result

SMALL = 64  # rows; up to here a plain loop beats making a categorical


class Columns:
    """The columns of one chunk of buildings. What is absent is unknown.

    Arrays are taken out of the frame once, for all chunks together: asking a frame for a column costs more than
    computing with a chunk of it.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._numbers: dict[str, Floats] = {}
        self._present = set(frame.columns)
        self._whole = _Arrays(frame)
        self._part = slice(0, len(frame))
        self.size = len(frame)

    @classmethod
    def chunks(cls, frame: pd.DataFrame, rows: int) -> Iterator[Columns]:
        """Yield the frame in chunks of at most so many rows; an empty frame gives one empty chunk."""
        whole = _Arrays(frame)
        for start in range(0, max(len(frame), 1), rows):
            columns = cls(frame.iloc[start : start + rows])
            columns._whole, columns._part = whole, slice(start, start + columns.size)
            yield columns

    def number(self, name: str) -> Floats:
        """Return a number fact as float64 with NaN for unknown."""
        if name not in self._numbers:
            if name in self._present:
                self._numbers[name] = self._whole.number(name)[self._part]
            else:
                self._numbers[name] = np.full(self.size, np.nan)
        return self._numbers[name]

    def set_number(self, name: str, values: Floats) -> None:
        """Put a computed number in place of the frame's own; the frame itself stays as it is."""
        self._numbers[name] = values

    def text(self, name: str) -> pd.Series:
        """Return a text fact, all missing when the column is absent."""
        if name in self._present:
            values: pd.Series = self._frame[name]
            # A text column that is wholly empty is often read as floats; it is as good as absent.
            return values.astype("str") if pd.api.types.is_float_dtype(values.dtype) else values
        return pd.Series(pd.NA, index=self._frame.index, dtype="str")

    def contains(self, name: str, part: str) -> Bools:
        """Return whether each text holds `part`; unknown does not."""
        found: Bools = self.text(name).str.contains(part, regex=False, na=False).to_numpy(dtype=bool)
        return found

    def text_at(self, name: str, row: int) -> str | None:
        """Return one building's text fact, None when it is unknown."""
        value = self.text(name).iloc[row]
        return value if isinstance(value, str) else None

    def codes(self, name: str, places: Mapping[str, int], unknown: int) -> Codes | None:
        """Return for each building the place of its value, `unknown` where there is none; None without the column."""
        if name not in self._present:
            return None
        codes, values = self._whole.choice(name)
        found: Codes = lookup([places.get(value, unknown) for value in values], unknown)[codes[self._part]]
        return found

    def matches(self, name: str, wanted: Sequence[str]) -> tuple[Bools, Bools]:
        """Return whether each value is one of `wanted`, and whether it is known."""
        if name not in self._present:
            return np.zeros(self.size, dtype=bool), np.zeros(self.size, dtype=bool)
        codes, values = self._whole.choice(name)
        part = codes[self._part]
        return lookup([value in wanted for value in values], 0).astype(bool)[part], part >= 0


class OneBuilding(Columns):
    """One building from plain values by name: the same columns without a frame, for a page that waits for an answer."""

    def __init__(self, values: Mapping[str, str | float]) -> None:
        super().__init__(pd.DataFrame(index=range(1)))
        self._values = values
        self._texts: dict[str, pd.Series] = {}
        self._present = set(values)

    def number(self, name: str) -> Floats:
        """Return a number fact as one float64, NaN for unknown."""
        if name not in self._numbers:
            self._numbers[name] = np.array([self._values.get(name, np.nan)], dtype=np.float64)
        return self._numbers[name]

    def text(self, name: str) -> pd.Series:
        """Return a text fact, missing when it is unknown."""
        if name not in self._texts:
            self._texts[name] = pd.Series([self._values.get(name)], dtype="object")
        return self._texts[name]

    def contains(self, name: str, part: str) -> Bools:
        """Return whether the text holds `part`; unknown does not."""
        return np.array([part in (self.text_at(name, 0) or "")])

    def text_at(self, name: str, row: int) -> str | None:  # noqa: ARG002 - there is one row
        """Return the text fact, None when it is unknown."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def codes(self, name: str, places: Mapping[str, int], unknown: int) -> Codes | None:
        """Return the place of the value; None when there is none."""
        value = self._values.get(name)
        return None if value is None else np.array([places.get(str(value), unknown)], dtype=np.int8)

    def matches(self, name: str, wanted: Sequence[str]) -> tuple[Bools, Bools]:
        """Return whether the value is one of `wanted`, and whether it is known."""
        return np.array([self._values.get(name) in wanted]), np.array([name in self._values])


class _Arrays:
    """The columns of a whole frame as arrays, each taken out when it is first asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._numbers: dict[str, Floats] = {}
        self._choices: dict[str, tuple[npt.NDArray[np.integer], list[str]]] = {}

    def number(self, name: str) -> Floats:
        if name not in self._numbers:
            self._numbers[name] = self._frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        return self._numbers[name]

    def choice(self, name: str) -> tuple[npt.NDArray[np.integer], list[str]]:
        """Return a code per row (-1: missing) and the value that each code stands for."""
        if name not in self._choices:
            self._choices[name] = _factorize(self._frame[name])
        return self._choices[name]


def _factorize(values: pd.Series) -> tuple[npt.NDArray[np.integer], list[str]]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(), [str(category) for category in values.cat.categories.tolist()]
    if len(values) <= SMALL:
        found: dict[str, int] = {}
        listed = [found.setdefault(value, len(found)) if isinstance(value, str) else -1 for value in values.tolist()]
        return np.array(listed, dtype=np.int8), list(found)
    codes, uniques = pd.factorize(values)
    return codes, [str(value) for value in uniques.tolist()]


def lookup(table: Sequence[int], unknown: int) -> Codes:
    """Return a table to index with categorical codes, in which the code -1 (missing) gives `unknown`."""
    return np.array([*table, unknown], dtype=np.int8)
