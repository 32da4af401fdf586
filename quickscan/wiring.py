"""The one place that joins the core, the services and the outside world; and the one place that asks what day it is.

Imports of the store and the importers stand inside the functions: the command line must not pay for a database, nor
the first paint of the app for GDAL.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quickscan.domain.rules import Overlay, Rulebook, Rules
from quickscan.rulebook.loader import load_national
from quickscan.settings import DATABASE_VARIABLE, DEFAULT_DATABASE, DEMO_VARIABLE, PROJECT

if TYPE_CHECKING:
    import pandas as pd

    from quickscan.domain.finance.case import CaseResult
    from quickscan.domain.finance.subsidies import SubsidyBook
    from quickscan.domain.intake import Intake
    from quickscan.domain.session_summary import Summary
    from quickscan.ingest.guard.sandbox import Reading
    from quickscan.services.duo import Duo
    from quickscan.services.finance import Finance
    from quickscan.services.imports import Imports
    from quickscan.services.lookups import Lookups
    from quickscan.services.portfolios import Portfolios
    from quickscan.services.ports import Demo
    from quickscan.services.references import Example
    from quickscan.services.scans import Scans
    from quickscan.services.sessions import Sessions


def today() -> date:
    """Return the reference date when nobody chose one."""
    return date.today()  # noqa: DTZ011 - a day as people here count it, not a moment


def database_url() -> str:
    """Return the database to use: the environment decides, else a SQLite file in the project's data folder."""
    return os.environ.get(DATABASE_VARIABLE) or DEFAULT_DATABASE


def demo_wanted() -> bool:
    """Tell whether the fictional neighbourhood has to be there without being asked for (`python -m quickscan app`)."""
    return os.environ.get(DEMO_VARIABLE) == "1"


def rulebook() -> Rulebook:
    """Return the national rulebook."""
    return load_national()


def rules_on(day: date | None = None, *, overlay: Overlay | None = None) -> Rules:
    """Return the rules in force on a day, today when left out."""
    return load_national().on(day or today(), overlay=overlay)


def read_buildings(
    path: Path,
    *,
    answer_codes: Mapping[str, tuple[str, ...]],
    name: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    known: pd.DataFrame | None = None,
) -> Intake:
    """Read a file of buildings; see `quickscan.ingest.reader`."""
    from quickscan.ingest.reader import read_buildings as read  # noqa: PLC0415 - see the module's docstring

    return read(path, answer_codes=answer_codes, name=name, mapping=mapping, known=known)


def start_reading(
    path: Path,
    *,
    answer_codes: Mapping[str, tuple[str, ...]],
    name: str,
    mapping: Mapping[str, str | None] | None = None,
    known: pd.DataFrame | None = None,
) -> Reading:
    """Start reading an upload in a process apart; see `quickscan.ingest.guard.sandbox`."""
    from quickscan.ingest.guard.sandbox import start_reading as start  # noqa: PLC0415 - see the module's docstring

    return start(path, answer_codes=answer_codes, name=name, mapping=mapping, known=known)


def make_fault_workbook(intake: Intake, *, name: str) -> bytes:
    """Return the refused rows of a file as a workbook to mend, with what is wrong and what to do."""
    from quickscan.report.faults import write_fault_workbook  # noqa: PLC0415 - see the module's docstring

    headers = [column.header for column in intake.columns]
    return write_fault_workbook(intake, intake.refused_rows, headers, name=name)


def make_template(kind: Literal["csv", "xlsx"]) -> bytes:
    """Return our own import template as "csv" or "xlsx"."""
    from quickscan.ingest.template import make_template as make  # noqa: PLC0415 - see the module's docstring

    return make(kind)


def make_export(buildings: pd.DataFrame, kind: Literal["csv", "xlsx", "gpkg"]) -> bytes:
    """Return a workspace as a file that can be read again without a difference; see `Portfolios.export`."""
    from quickscan.report.export import make_export as make  # noqa: PLC0415 - see the module's docstring

    return make(buildings, kind, day=today().isoformat())


def make_demo(rules: Rules) -> Demo:
    """Return the fictional neighbourhood with its answers as columns."""
    from quickscan.demo.portfolio import make_demo as make  # noqa: PLC0415 - see the module's docstring

    return make(rules)


def references() -> Sequence[Example]:
    """Return the reference projects, those that can test the tool and those that cannot."""
    from quickscan.references import load_references  # noqa: PLC0415 - see the module's docstring

    return load_references()


def open_lookups() -> Lookups:
    """Return the look-ups in public registers, as the environment switches them on or off."""
    from quickscan.lookups.opening import open_lookups as open_them  # noqa: PLC0415 - see the module's docstring

    return open_them(os.environ, PROJECT / "data" / "opgezocht", now=lambda: datetime.now().astimezone())


def load_subsidies() -> SubsidyBook:
    """Return the subsidies that ship with the tool."""
    from quickscan.rulebook.subsidies import load_subsidies as load  # noqa: PLC0415 - see the module's docstring

    return load()


def make_case_file(tables: Mapping[str, object], *, name: str, day: date) -> bytes:
    """Return a business case as the file that `python -m quickscan businesscase` reads."""
    from quickscan.cases.writer import write_case_file  # noqa: PLC0415 - see the module's docstring

    return write_case_file(tables, name=name, day=day)


def make_case_outcome(result: CaseResult, rules: Rules) -> dict[str, object]:
    """Return the outcome of a business case as the command line tells it with `--json`."""
    from quickscan.report.businesscase import case_as_json  # noqa: PLC0415 - see the module's docstring

    return case_as_json(result, rules)


def make_qr(address: str) -> str:
    """Return a QR code that leads to an address, as SVG."""
    from quickscan.report.qr import make_qr as make  # noqa: PLC0415 - see the module's docstring

    return make(address)


def make_session_report(summary: Summary) -> bytes:
    """Return the summary of a live session as a page to print, mail or open in a word processor."""
    from quickscan.report.session import make_session_report as make  # noqa: PLC0415 - see the module's docstring

    return make(summary)


@dataclass(frozen=True)
class Services:
    """All use cases, on one store."""

    portfolios: Portfolios
    scans: Scans
    imports: Imports
    finance: Finance
    duo: Duo
    sessions: Sessions


def make_services(url: str | None = None) -> Services:
    """Open the store (and migrate it when needed) and return the use cases. Raises StoreError when it cannot open."""
    from quickscan.services.duo import Duo  # noqa: PLC0415 - see the module's docstring
    from quickscan.services.finance import Finance  # noqa: PLC0415
    from quickscan.services.imports import Imports  # noqa: PLC0415
    from quickscan.services.portfolios import Portfolios  # noqa: PLC0415
    from quickscan.services.scans import Scans  # noqa: PLC0415
    from quickscan.services.sessions import Sessions  # noqa: PLC0415
    from quickscan.store.database import open_store  # noqa: PLC0415
    from quickscan.store.duo import DuoTables  # noqa: PLC0415
    from quickscan.store.finance import CaseTables  # noqa: PLC0415
    from quickscan.store.sessions import SessionTables  # noqa: PLC0415

    store = open_store(url or database_url())
    scans = Scans(store)
    finance = Finance(store, CaseTables(store.engine), load_subsidies)
    duo, live = Duo(DuoTables(store.engine), scans), SessionTables(store.engine)
    sessions = Sessions(live, live, scans, duo)
    return Services(Portfolios(store, make_demo), scans, Imports(store), finance, duo, sessions)
