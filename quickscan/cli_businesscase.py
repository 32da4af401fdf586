"""`python -m quickscan businesscase CASE.toml`: work out one case and tell it, as text or as JSON.

0 is done, 1 is faults in what the case says, 2 is a file that cannot be read. See docs/cli.md and docs/businesscase.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quickscan.domain.finance.reading import Case
    from quickscan.domain.finance.rentpoints import Points, PointsError, TypicalHome
    from quickscan.domain.rules import Rules

DONE, FAULTS = 0, 1


def add_command(commands: argparse._SubParsersAction[Any], *, day: Callable[[str], date]) -> None:
    """Add the command to the parser of the command line; `day` reads a date."""
    command = commands.add_parser(
        "businesscase",
        help="reken een businesscase door",
        description="Reken een businesscase door. Wat het bestand weglaat, komt uit de normenset en wordt genoemd.",
    )
    command.add_argument("file", metavar="CASE", type=Path, help="een TOML-bestand; voorbeelden staan in docs/voorbeelden")
    command.add_argument("--json", action="store_true", help="schrijf de uitkomst als één JSON-object")
    command.add_argument("--date", metavar="JJJJ-MM-DD", type=day, help="peildatum; gaat voor die in het bestand, anders vandaag")
    command.set_defaults(run=run_businesscase)


def run_businesscase(options: argparse.Namespace) -> int:
    """Read a case, work it out and print it."""
    from quickscan import wiring  # noqa: PLC0415 - each command pays only for what it uses
    from quickscan.cases.reader import day_of, read_case_file  # noqa: PLC0415
    from quickscan.domain.errors import UnusableInputError  # noqa: PLC0415
    from quickscan.domain.finance.case import run_case  # noqa: PLC0415
    from quickscan.domain.finance.faults import CaseError  # noqa: PLC0415
    from quickscan.domain.finance.reading import read_case  # noqa: PLC0415
    from quickscan.domain.parking import ParkingInputError  # noqa: PLC0415
    from quickscan.domain.rules import UnknownRuleError  # noqa: PLC0415
    from quickscan.report import businesscase as told  # noqa: PLC0415
    from quickscan.rulebook.subsidies import load_subsidies  # noqa: PLC0415

    content = read_case_file(options.file)
    rules = wiring.rules_on(options.date or day_of(content, where=str(options.file)))
    book = load_subsidies()
    try:
        case = read_case(content, rules, book)
        result = run_case(case, rules, book)
    except UnknownRuleError as error:
        problem = f"Op {rules.day.isoformat()} golden nog niet alle kengetallen van de businesscase."
        raise UnusableInputError(problem, "Kies een latere peildatum.", where=str(options.file)) from error
    except (CaseError, ParkingInputError) as error:
        if options.json:
            _write(json.dumps(told.faults_as_json(error), ensure_ascii=False, indent=2))
        print(f"{options.file}: {error}", file=sys.stderr)  # noqa: T201 - the command line talks
        return FAULTS
    found = _count_points(case, rules) if "huurpunten" in content else None
    if options.json:
        made = told.case_as_json(result, rules) | ({"huurpunten": told.points_as_json(found, case)} if found else {})
        _write(json.dumps(made, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        lines = [
            *told.describe_case(result, rules, name=options.file.name),
            *(told.describe_points(found, case) if found else ()),
        ]
        _write("\n".join(lines))
    return DONE


def _count_points(case: Case, rules: Rules) -> tuple[TypicalHome, Points] | PointsError:
    """Return the huurpunten of the case's home, or why they could not be counted; that stops nothing."""
    from quickscan import wiring  # noqa: PLC0415 - each command pays only for what it uses
    from quickscan.domain.finance.rentpoints import PointsError, make_home  # noqa: PLC0415

    try:
        home = make_home(case.points, rules)
        return home, wiring.open_counter().count(home, rules.day)
    except PointsError as error:
        return error


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
