"""Several files in one go: the first brings the buildings, the others may add to what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from quickscan.domain.errors import FaultyInputError, UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.domain.meeting import meet

Read = Callable[[Path, pd.DataFrame | None], Intake]


def read_together(files: Sequence[Path], read: Read) -> tuple[pd.DataFrame, list[Intake], int]:
    """Return the buildings with what all files say of them, the intakes, and the number of notices.

    `read` gets a file and the buildings so far. Raises FaultyInputError when no building is left, and
    UnusableInputError when the first file brings none by its nature.
    """
    first = read(files[0], None)
    if first.errors and first.buildings.empty:
        raise FaultyInputError(first.errors)
    if not first.adds or first.buildings.empty:
        problem = f"Dit bestand ({first.recognised}) brengt zelf geen gebouwen mee."
        raise UnusableInputError(problem, "Noem eerst een bestand met gebouwen, en dit erachter.", where=str(files[0]))
    intakes, buildings = [first], first.buildings
    notices = len(first.faults) - len(first.errors)
    for path in files[1:]:
        intakes.append(read(path, buildings))
        met = meet(intakes, names=[file.name for file in files[: len(intakes)]])
        buildings = met.buildings
        notices = sum(len(intake.faults) - len(intake.errors) for intake in intakes) + len(met.faults)
    return buildings, intakes, notices
