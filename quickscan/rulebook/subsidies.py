"""Read the subsidies from `subsidies/*.toml`: one scheme a file, and the stacking rules in `stapelregels.toml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quickscan.domain.errors import RulebookError
from quickscan.domain.finance.subsidies import StackingRule, Subsidy, SubsidyBook
from quickscan.rulebook.loader import NATIONAL, _parsed, _read_many, _twice, _validated, _where

STACKING = "stapelregels.toml"


@cache
def load_subsidies() -> SubsidyBook:
    """Return the subsidies that ship with the tool; read once per process."""
    return read_subsidies(NATIONAL)


def read_subsidies(folder: Path) -> SubsidyBook:
    """Read and check the subsidies of a rulebook folder; raises RulebookError with every fault."""
    faults: list[str] = []
    found: list[tuple[str, Subsidy]] = []
    for path in sorted(folder.glob("subsidies/*.toml")):
        if path.name == STACKING:
            continue
        for subsidy in _validated(path, folder, _parsed(path, folder, faults), Subsidy, faults):
            if subsidy.id != path.stem:
                faults.append(f"{_where(path, folder)}: id '{subsidy.id}' en de naam van het bestand horen gelijk te zijn")
            found.append((_where(path, folder), subsidy))
    rules = _read_many(folder, f"subsidies/{STACKING}", "regel", tuple[StackingRule, ...], faults)
    known = {subsidy.id for _, subsidy in found}
    faults += [
        f"{file}: regel '{rule.id}': subsidie '{name}' bestaat niet; verbeter de naam of voeg het bestand toe"
        for file, rule in rules
        for name in rule.leden
        if name not in known
    ]
    faults += _twice("subsidie", [(file, subsidy.id) for file, subsidy in found])
    faults += _twice("stapelregel", [(file, rule.id) for file, rule in rules])
    if faults:
        raise RulebookError(faults)
    return SubsidyBook(subsidies=tuple(subsidy for _, subsidy in found), stapelregels=tuple(rule for _, rule in rules))
