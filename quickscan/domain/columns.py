"""Read a frame of buildings as plain arrays: numbers as float64, choices as small codes. The frame is never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
Output = Floats | pd.Categorical | npt.NDArray[np.object_]  # one column of a result

SMALL = 64  # rows; up to here a plain loop beats making a categorical


class Columns:
    """The columns of one chunk of buildings. What is absent is unknown."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._numbers: dict[str, Floats] = {}
        self._present = set(frame.columns)
        self.size = len(frame)

    def has(self, name: str) -> bool:
        """Tell whether the frame, or a derivation, gives this column."""
        return name in self._present or name in self._numbers

    def number(self, name: str) -> Floats:
        """Return a number fact as float64 with NaN for unknown."""
        if name not in self._numbers:
            if name in self._present:
                values = self._frame[name]
                self._numbers[name] = values.to_numpy(dtype=np.float64, na_value=np.nan)
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

    def codes(self, name: str, places: Mapping[str, int], unknown: int) -> Codes | None:
        """Return for each building the place of its value, `unknown` where there is none; None without the column."""
        if name not in self._present:
            return None
        values = self._frame[name]
        if not isinstance(values.dtype, pd.CategoricalDtype):
            if self.size <= SMALL:
                found = (places.get(value, unknown) if isinstance(value, str) else unknown for value in values.tolist())
                return np.fromiter(found, np.int8, self.size)
            values = values.astype("category")
        table = [places.get(str(category), unknown) for category in values.cat.categories]
        result: Codes = lookup(table, unknown)[values.cat.codes.to_numpy()]
        return result

    def matches(self, name: str, wanted: Sequence[str]) -> tuple[Bools, Bools]:
        """Return whether each value is one of `wanted`, and whether it is known."""
        codes = self.codes(name, dict.fromkeys(wanted, 1), 0)
        known = self.text(name).notna().to_numpy()
        return (np.zeros(self.size, dtype=bool) if codes is None else codes == 1), known


def lookup(table: Sequence[int], unknown: int) -> Codes:
    """Return a table to index with categorical codes, in which the code -1 (missing) gives `unknown`."""
    return np.array([*table, unknown], dtype=np.int8)
