"""Read `strategie/*.toml`: the arguments of the five routes and the checks of the aanpasbaarheidsscan."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quickscan.domain.errors import RulebookError
from quickscan.domain.strategy.book import Argument, Check, Condition, StrategyBook
from quickscan.rulebook.loader import NATIONAL, _read_many, _twice, load_national

ARGUMENTS, CHECKS = "strategie/big5.toml", "strategie/aanpasbaarheid.toml"


@cache
def load_strategy() -> StrategyBook:
    """Return what ships with the tool; read once per process."""
    return read_strategy(NATIONAL, criteria=frozenset(criterion.id for criterion in load_national().criteria))


def read_strategy(folder: Path, *, criteria: frozenset[str]) -> StrategyBook:
    """Read and check both files of a rulebook folder; raises RulebookError with every fault."""
    faults: list[str] = []
    arguments = _read_many(folder, ARGUMENTS, "argument", tuple[Argument, ...], faults)
    checks = _read_many(folder, CHECKS, "check", tuple[Check, ...], faults)
    faults += [
        f"{name}: ontbreekt of is leeg; zet hem terug" for name, found in ((ARGUMENTS, arguments), (CHECKS, checks)) if not found
    ]
    faults += _twice("argument", [(file, argument.id) for file, argument in arguments])
    faults += _twice("check", [(file, check.id) for file, check in checks])
    asked: list[tuple[str, str, Condition | None]] = [(file, one.id, one.als) for file, one in arguments]
    asked += [(file, one.id, one.gunstig) for file, one in checks]
    faults += [
        f"{file}: '{name}': criterium '{condition.criterium}' bestaat niet; verbeter de naam"
        for file, name, condition in asked
        if condition is not None and condition.criterium is not None and condition.criterium not in criteria
    ]
    if faults:
        raise RulebookError(faults)
    return StrategyBook(argumenten=tuple(one for _, one in arguments), checks=tuple(one for _, one in checks))
