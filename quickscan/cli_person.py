"""`python -m quickscan person list | export | erase`: who is known on a server, what is kept of them, and forgetting it.

Erasing takes away the name, the e-mail address and the log-in; what somebody said stays, as "voormalig deelnemer N".
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quickscan.cli_parser import DutchParser
from quickscan.domain.errors import NotFoundError, UnusableInputError

if TYPE_CHECKING:
    from quickscan.domain.people import Person
    from quickscan.wiring import Stores

DONE = 0
BY_HAND = "beheer, opdrachtregel"
DATABASE = "SQLite-bestand of database-URL; standaard die van de app"
WHO = "e-mailadres, of het nummer uit person list"


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the parser of the command line."""
    person = commands.add_parser(
        "person",
        help="bekijk, exporteer of wis een persoon",
        description="Wat er van een persoon is, en het wissen ervan.",
    )
    parts = person.add_subparsers(title="opdrachten", metavar="OPDRACHT", required=True, parser_class=DutchParser)
    listed = parts.add_parser("list", help="toon wie er bekend zijn", description="Toon wie er bekend zijn, met hun nummer.")
    export = parts.add_parser(
        "export", help="schrijf alles van één persoon", description="Schrijf alles wat van één persoon bewaard is, als JSON."
    )
    export.add_argument("who", metavar="WIE", help=WHO)
    export.add_argument("out", metavar="UIT", type=Path, help="het nieuwe bestand, bijvoorbeeld persoon.json")
    erase = parts.add_parser(
        "erase",
        help="wis een persoon",
        description="Wis naam, e-mailadres en inlog; antwoorden blijven. Niet terug te draaien.",
    )
    erase.add_argument("who", metavar="WIE", help=WHO)
    erase.add_argument("--yes", action="store_true", help="voer het uit; zonder dit wordt alleen gezegd wat er gebeurt")
    for part, run in ((listed, run_list), (export, run_export), (erase, run_erase)):
        part.add_argument("--database", metavar="PAD_OF_URL", help=DATABASE)
        part.set_defaults(run=run)


def run_list(options: argparse.Namespace) -> int:
    """Say who is known."""
    with _stores(options.database) as stores:
        people = stores.people.find_people()
    for person in people:
        _write(f"{person.number}\t{person.name}\t{person.email or '-'}")
    if not people:
        _write("Er is nog niemand bekend. Op een laptop is dat altijd zo: daar logt niemand in.")
    return DONE


def run_export(options: argparse.Namespace) -> int:
    """Write everything of one person to a new file."""
    if options.out.exists():
        raise UnusableInputError(f"Het bestand {options.out} bestaat al.", "Kies een andere naam.")
    with _stores(options.database) as stores:
        person = _find(stores, options.who)
        kept = stores.people.export_person(person.number)
    options.out.write_text(json.dumps(kept, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    count = sum(len(rows) for rows in kept.values())
    _write(f"Geschreven: {options.out} ({count} regels over {person.name}).")
    return DONE


def run_erase(options: argparse.Namespace) -> int:
    """Forget who somebody was."""
    from quickscan.domain.people import name_former  # noqa: PLC0415 - each command pays only for what it uses
    from quickscan.services.portfolios import utc_now  # noqa: PLC0415

    with _stores(options.database) as stores:
        person = _find(stores, options.who)
        former = name_former(person.number)
        if not options.yes:
            _write(f"{person.name} wordt overal '{former}'. Antwoorden en scores blijven. Voer het uit met --yes.")
            return DONE
        stores.people.erase_person(person.number, author=BY_HAND, at=utc_now())
    _write(f"Gewist. Overal staat nu '{former}'. Oude back-ups weten de naam nog; zie docs/privacy.md.")
    return DONE


@contextmanager
def _stores(database: str | None) -> Iterator[Stores]:
    from quickscan import wiring  # noqa: PLC0415 - each command pays only for what it uses

    url = database if database is None or "://" in database else f"sqlite:///{Path(database).absolute().as_posix()}"
    stores = wiring.open_stores(url)
    try:
        yield stores
    finally:
        stores.store.close()  # type: ignore[attr-defined]


def _find(stores: Stores, who: str) -> Person:
    found = stores.people.find_people(who)
    if not found:
        raise NotFoundError("Persoon", who, advice="Zoek de persoon op met 'python -m quickscan person list'.")
    if len(found) > 1:
        numbers = ", ".join(str(person.number) for person in found)
        raise UnusableInputError(f"Er zijn {len(found)} personen met '{who}'.", f"Kies een nummer: {numbers}.")
    return found[0]


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
