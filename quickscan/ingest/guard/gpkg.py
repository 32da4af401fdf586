"""Look inside a GeoPackage before GDAL opens it: a whole SQLite database, with nothing in it that runs by itself.

A GeoPackage is an SQLite database with the tables gpkg_contents and gpkg_spatial_ref_sys. Its own standard defines a few
triggers (they keep the spatial index and the number of features in step) and one kind of virtual table (rtree, that
index). Anything else that SQLite would run while somebody only reads is refused. Nothing is written: the file is opened
read-only and as one that nobody changes (immutable), so that no journal beside it counts.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from quickscan.domain.errors import UnusableInputError

APPLICATION_IDS = frozenset({0x47504B47, 0x47503130, 0x47503131})  # "GPKG", and "GP10" and "GP11" of the first versions
NO_ID = 0  # GDAL and older programs leave it out; the tables then tell
REQUIRED_TABLES = frozenset({"gpkg_contents", "gpkg_spatial_ref_sys"})
MAX_TABLES = 2_000  # a national file of PDOK has fewer than a hundred
_STEPS = 1_000  # SQLite asks for leave every so many steps
_MAX_ASKED = 2_000_000  # so often: some tens of seconds, beyond what an honest file of the largest size takes
_HEAD_OF_TRIGGER = re.compile(
    r'^\s*CREATE\s+TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?["\[`\']?(?:rtree_|gpkg_|trigger_(?:insert|delete)_feature_count_)',
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r'(?:\bINSERT\s+(?:OR\s+\w+\s+)?INTO|\bREPLACE\s+INTO|\bUPDATE\s+(?!(?:OF|ON)\b)(?:OR\s+\w+\s+)?|\bDELETE\s+FROM)\s*["\[`\']?(\w+)',
    re.IGNORECASE,
)
_OWN_TABLES = re.compile(r"(?:rtree_\w+|gpkg_ogr_contents|gpkg_contents)$", re.IGNORECASE)
_RTREE = re.compile(r"^\s*CREATE\s+VIRTUAL\s+TABLE\s+.*?\bUSING\s+rtree\s*\(", re.IGNORECASE | re.DOTALL)
_VIRTUAL = re.compile(r"^\s*CREATE\s+VIRTUAL\b", re.IGNORECASE)
_GENERATED = re.compile(r"\bGENERATED\s+ALWAYS\b|\bAS\s*\(", re.IGNORECASE)
_EXPORT_AGAIN = "Exporteer de laag met gebouwen opnieuw als GeoPackage, bijvoorbeeld met QGIS."


def check_geopackage(path: Path, name: str) -> None:
    """Raise UnusableInputError unless this is a whole GeoPackage that only holds data."""
    try:
        with closing(_open(path)) as database:
            schema = database.execute("SELECT type, name, sql FROM sqlite_schema LIMIT ?", (MAX_TABLES + 1,)).fetchall()
            _check_schema(schema, name)
            _check_kind(database, {str(table).lower() for kind, table, _ in schema if kind == "table"}, name)
            (outcome,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except (sqlite3.Error, UnicodeDecodeError, TypeError, ValueError, OverflowError) as error:
        raise _broken(name) from error
    if outcome != "ok":
        raise _broken(name)


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    if sys.version_info >= (3, 12):
        database.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    for setting in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0"):
        database.execute(f"PRAGMA {setting}")
    asked = 0

    def is_enough() -> bool:
        nonlocal asked
        asked += 1
        return asked > _MAX_ASKED

    database.set_progress_handler(is_enough, _STEPS)
    return database


def _check_kind(database: sqlite3.Connection, tables: set[str], name: str) -> None:
    (found,) = database.execute("PRAGMA application_id").fetchone()
    if found not in APPLICATION_IDS | {NO_ID} or not tables >= REQUIRED_TABLES:
        raise UnusableInputError("Dit is een database, maar geen GeoPackage.", _EXPORT_AGAIN, where=name)


def _check_schema(schema: list[tuple[str, str, str | None]], name: str) -> None:
    if len(schema) > MAX_TABLES:
        raise UnusableInputError("Dit GeoPackage heeft veel te veel tabellen.", _EXPORT_AGAIN, where=name)
    for kind, called, text in schema:
        sql = text or ""
        if kind == "view":
            problem = f"Dit GeoPackage bevat een berekende tabel (view '{called}'); die wordt niet gelezen."
            raise UnusableInputError(problem, _EXPORT_AGAIN, where=name)
        if kind == "trigger" and not _is_own_trigger(sql):
            problem = f"Dit GeoPackage bevat een opdracht die vanzelf loopt (trigger '{called}')."
            raise UnusableInputError(problem, _EXPORT_AGAIN, where=name)
        if kind == "table" and _VIRTUAL.match(sql) and not _RTREE.match(sql):
            problem = f"Dit GeoPackage bevat een tabel die op een andere plek leest ('{called}')."
            raise UnusableInputError(problem, _EXPORT_AGAIN, where=name)
        if kind == "table" and _GENERATED.search(sql):
            problem = f"Dit GeoPackage bevat een tabel met berekende kolommen ('{called}')."
            raise UnusableInputError(problem, _EXPORT_AGAIN, where=name)


def _is_own_trigger(sql: str) -> bool:
    """Tell whether the standard knows this trigger: by its name, and because it writes in the standard's own tables only."""
    return bool(_HEAD_OF_TRIGGER.match(sql)) and all(_OWN_TABLES.match(table) for table in _WRITTEN.findall(sql))


def _broken(name: str) -> UnusableInputError:
    return UnusableInputError("Dit GeoPackage is beschadigd of niet compleet.", _EXPORT_AGAIN, where=name)
