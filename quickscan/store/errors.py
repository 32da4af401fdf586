"""What can go wrong between the tool and its database, told once, in Dutch.

`explained` wraps every use of a connection. Refusals by the world outside (disk, folder, lock, server) become a
StoreError; a broken constraint or wrong SQL is a mistake in this package and keeps its own error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, exc

from quickscan.domain.errors import QuickscanError

_BUSY = ("De gegevens zijn even bezet door iemand anders.", "Er is niets bewaard. Probeer het over een paar tellen opnieuw.")
_FULL = ("De schijf met de gegevens is vol.", "Er is niets bewaard. Maak ruimte vrij en probeer het opnieuw.")
_READ_ONLY = ("De gegevens kunnen alleen worden gelezen.", "Geef schrijfrechten op het bestand én op de map.")
_BROKEN = ("Het gegevensbestand is beschadigd of is geen Quickscan-bestand.", "Zet de laatste back-up terug.")
_CLOSED = ("Het gegevensbestand kan niet worden geopend.", "Controleer of de map bestaat en of je er mag schrijven.")
_DISK = ("De schijf met de gegevens geeft een fout.", "Er is niets bewaard. Controleer de schijf en probeer het opnieuw.")
_UNREACHABLE = ("De databaseserver is niet bereikbaar.", "Controleer het adres en of de server draait, en probeer het opnieuw.")
_REFUSED = ("De databaseserver laat ons niet toe.", "Controleer gebruiker, wachtwoord en naam van de database.")
_UNSTORABLE = ("De invoer bevat tekens die niet bewaard kunnen worden.", "Typ de tekst opnieuw zonder bijzondere tekens.")
_OTHER = ("De database weigert de opdracht.", "Er is niets bewaard. Probeer het opnieuw, of vraag de beheerder.")

# The low byte of an SQLite code is its family: https://www.sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _BROKEN,
    sqlite3.SQLITE_NOTADB: _BROKEN,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_IOERR: _DISK,
}
# The longest prefix that fits wins: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "55P03": _BUSY,
    "40": _BUSY,
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "28": _REFUSED,
    "3D": _REFUSED,
    "08": _UNREACHABLE,
    "57": _UNREACHABLE,
    "58": _DISK,
    "XX": _BROKEN,
    "22": _UNSTORABLE,
}


class StoreError(QuickscanError):
    """The database cannot be opened, read or written. Nothing was saved."""

    def __init__(self, problem: str, advice: str, *, where: str) -> None:
        self.problem, self.advice, self.where = problem, advice, where
        super().__init__(f"{problem} {advice} (Gegevens: {where})")


def name_place(url: URL) -> str:
    """Return where the data is, for people: a path or an address, never a password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "geheugen"
    return url.render_as_string(hide_password=True)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn a refusal by the database or the disk into a StoreError."""
    try:
        yield
    except exc.DBAPIError as error:
        known = _explain(error.orig)
        if known is None and isinstance(error, exc.IntegrityError | exc.ProgrammingError):
            raise
        raise StoreError(*(known or _OTHER), where=name_place(url)) from error
    except exc.TimeoutError as error:  # no free connection in the pool
        raise StoreError(*_BUSY, where=name_place(url)) from error
    except UnicodeEncodeError as error:  # half a character, which no database can keep
        raise StoreError(*_UNSTORABLE, where=name_place(url)) from error
    except OSError as error:
        raise StoreError(*_CLOSED, where=name_place(url)) from error


def explain_driver(error: BaseException, url: URL) -> StoreError | None:
    """Return what to tell of an error straight from the driver; None when it is a mistake of ours, or no driver's."""
    known = _explain(error)
    if known is None and (not isinstance(error, sqlite3.Error) or isinstance(error, sqlite3.IntegrityError)):
        return None
    return StoreError(*(known or _OTHER), where=name_place(url))


def _explain(error: BaseException | None) -> tuple[str, str] | None:
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get(getattr(error, "sqlite_errorcode", -1) & 0xFF)
    state = getattr(error, "sqlstate", None)
    if state is None:  # psycopg itself: no server was reached, or a value cannot be sent
        return {"OperationalError": _UNREACHABLE, "DataError": _UNSTORABLE}.get(type(error).__name__)
    fitting = [prefix for prefix in _POSTGRESQL if state.startswith(prefix)]
    return _POSTGRESQL[max(fitting, key=len)] if fitting else None
