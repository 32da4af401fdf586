"""`python -m quickscan backup | restore | migrate | transfer`: look after the data itself.

Each command is done whole or not at all, and never writes over data that is there. See docs/cli.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quickscan.store.copies import Copied

DONE = 0
DATABASE = "SQLite-bestand of database-URL; standaard die van de app"


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the parser of the command line."""
    backup = commands.add_parser(
        "backup", help="maak een back-up", description="Maak een back-up van één moment; de app mag gewoon doorlopen."
    )
    backup.add_argument("out", metavar="UIT", type=Path, help="het nieuwe bestand, bijvoorbeeld quickscan-2026-11-21.db")
    backup.add_argument("--database", metavar="PAD_OF_URL", help=DATABASE)
    backup.set_defaults(run=run_backup)

    restore = commands.add_parser(
        "restore", help="zet een back-up terug", description="Zet een back-up terug op een plek waar nog geen gegevens staan."
    )
    restore.add_argument("file", metavar="BESTAND", type=Path, help="een back-up die met backup is gemaakt")
    restore.add_argument("--database", metavar="PAD_OF_URL", help=DATABASE)
    restore.set_defaults(run=run_restore)

    migrate = commands.add_parser(
        "migrate", help="werk de tabellen bij", description="Werk de tabellen bij. Een SQLite-bestand wordt eerst gekopieerd."
    )
    migrate.add_argument("--database", metavar="PAD_OF_URL", help=DATABASE)
    migrate.set_defaults(run=run_migrate)

    transfer = commands.add_parser(
        "transfer",
        help="zet alle gegevens over naar een andere database",
        description="Kopieer alle gegevens, bijvoorbeeld van SQLite naar PostgreSQL. De bron blijft zoals hij is.",
    )
    transfer.add_argument("source", metavar="VAN", help="SQLite-bestand of database-URL")
    transfer.add_argument("target", metavar="NAAR", help="nieuw SQLite-bestand, of de URL van een lege database")
    transfer.set_defaults(run=run_transfer)


def run_backup(options: argparse.Namespace) -> int:
    """Write a back-up and say what is in it."""
    from quickscan.store.copies import back_up_store  # noqa: PLC0415 - each command pays only for what it uses

    return _tell(f"Back-up gemaakt: {options.out}", back_up_store(_address(options.database), options.out))


def run_restore(options: argparse.Namespace) -> int:
    """Put a back-up back and say what was in it."""
    from quickscan.store.copies import restore_store  # noqa: PLC0415

    return _tell(f"Teruggezet: {options.file}", restore_store(options.file, _address(options.database)))


def run_migrate(options: argparse.Namespace) -> int:
    """Bring the tables up to date and name the copy that was made first."""
    from quickscan.store import schema  # noqa: PLC0415
    from quickscan.store.database import make_engine  # noqa: PLC0415

    engine = make_engine(_address(options.database))
    try:
        before = schema.find_revision(engine)
        copy = schema.upgrade(engine)
    finally:
        engine.dispose()
    if before == schema.newest_revision():
        _write(f"De tabellen zijn al bijgewerkt (revisie {before}).")
        return DONE
    _write(f"De tabellen zijn bijgewerkt: van revisie {before or 'geen'} naar {schema.newest_revision()}.")
    if copy is not None:
        _write(f"Wat er stond, staat in {copy}.")
    return DONE


def run_transfer(options: argparse.Namespace) -> int:
    """Copy everything to another database and say what came across."""
    from quickscan.store.copies import transfer  # noqa: PLC0415

    return _tell("Overgezet", transfer(_address(options.source), _address(options.target)))


def _address(given: str | None) -> str:
    """Return a database address; a path is one of SQLite."""
    from quickscan import wiring  # noqa: PLC0415

    if given is None:
        return wiring.database_url()
    return given if "://" in given else f"sqlite:///{Path(given).absolute().as_posix()}"


def _tell(done: str, copied: Copied) -> int:
    rows = copied.rows
    known = f"{rows['workspace']} werkruimten, {rows['building']} gebouwen, {rows['answer']} antwoorden"
    _write(f"{done} ({known}; {copied.total} rijen in {len(rows)} tabellen).")
    return DONE


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
