"""The one place that joins the core, the services and the outside world; and the one place that asks what day it is.

Imports of the store and the importers stand inside the functions: the command line must not pay for a database, nor
the first paint of the app for GDAL.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quickscan.domain.rules import Overlay, Rulebook, Rules
from quickscan.rulebook.loader import load_national
from quickscan.settings import (
    DATABASE_VARIABLE,
    DEFAULT_DATABASE,
    DEMO_VARIABLE,
    FIRST_VARIABLE,
    IDLE_VARIABLE,
    INVITATION_VARIABLE,
    LOCAL,
    MAKERS_VARIABLE,
    MODE_VARIABLE,
    PROJECT,
    PUBLIC_VARIABLE,
    SESSION_VARIABLE,
)

if TYPE_CHECKING:
    import pandas as pd

    from quickscan.domain.access import Limits
    from quickscan.domain.actions import PlannedAction
    from quickscan.domain.finance.case import CaseResult
    from quickscan.domain.finance.subsidies import SubsidyBook
    from quickscan.domain.intake import Intake
    from quickscan.domain.parking_norms import NormLine
    from quickscan.domain.programme.plan import Plan
    from quickscan.domain.session_summary import Summary
    from quickscan.domain.strategy.book import StrategyBook
    from quickscan.ingest.guard.sandbox import Reading
    from quickscan.ingest.parking import NormFile
    from quickscan.references.places import Places
    from quickscan.services.accounts import Accounts, PersonStore
    from quickscan.services.duo import Duo, DuoStore
    from quickscan.services.finance import CaseStore, Finance, PointCounter
    from quickscan.services.imports import Imports
    from quickscan.services.journal import Journal
    from quickscan.services.lookups import Lookups
    from quickscan.services.members import Members, MemberStore
    from quickscan.services.parking import ParkingNorms
    from quickscan.services.planning import Planning, PlanStore
    from quickscan.services.portfolios import Portfolios
    from quickscan.services.ports import Demo, Store
    from quickscan.services.programme import Programme, ProgrammeStore
    from quickscan.services.references import Example
    from quickscan.services.scans import Scans
    from quickscan.services.session_store import CodeBook, SessionStore
    from quickscan.services.sessions import Sessions
    from quickscan.services.snapshots import Snapshots
    from quickscan.services.strategy import Strategy


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


def make_demo_programme(buildings: pd.DataFrame, rules: Rules) -> Plan:
    """Return the fictional programme of the neighbourhood."""
    from quickscan.demo.programme import make_programme  # noqa: PLC0415 - see the module's docstring

    return make_programme(buildings, rules)


def references() -> Sequence[Example]:
    """Return the reference projects, those that can test the tool and those that cannot."""
    from quickscan.references import load_references  # noqa: PLC0415 - see the module's docstring

    return load_references()


def reference_places() -> Places:
    """Return where the reference projects are, roughly, and a sketch of the country."""
    from quickscan.references.places import load_places  # noqa: PLC0415 - see the module's docstring

    return load_places()


def open_lookups() -> Lookups:
    """Return the look-ups in public registers, as the environment switches them on or off."""
    from quickscan.lookups.opening import open_lookups as open_them  # noqa: PLC0415 - see the module's docstring

    return open_them(os.environ, PROJECT / "data" / "opgezocht", now=lambda: datetime.now().astimezone())


def read_parking_norms(path: Path, name: str) -> NormFile:
    """Read a table of parking norms; see `quickscan.ingest.parking`."""
    from quickscan.ingest.parking import read_norms  # noqa: PLC0415 - see the module's docstring

    return read_norms(path, name)


def write_parking_norms(lines: Sequence[NormLine]) -> bytes:
    """Return parking norms as CSV that can be read again; without lines it is a form to fill in."""
    from quickscan.ingest.parking import write_norms  # noqa: PLC0415 - see the module's docstring

    return write_norms(lines)


def open_counter() -> PointCounter:
    """Return who counts huurpunten; see `quickscan.huurpunten`."""
    from quickscan.huurpunten.process import ProcessCounter  # noqa: PLC0415 - starts nothing before somebody counts

    return ProcessCounter()


def load_subsidies() -> SubsidyBook:
    """Return the subsidies that ship with the tool."""
    from quickscan.rulebook.subsidies import load_subsidies as load  # noqa: PLC0415 - see the module's docstring

    return load()


def load_strategy() -> StrategyBook:
    """Return the arguments of the five routes and the aanpasbaarheidsscan that ship with the tool."""
    from quickscan.rulebook.strategy import load_strategy as load  # noqa: PLC0415 - see the module's docstring

    return load()


def measure_outlines(shapes: pd.Series) -> pd.DataFrame:
    """Return perimeter and area of outlines (WKB, RD New)."""
    from quickscan.ingest.registers.outlines import measure_outlines as measure  # noqa: PLC0415 - see the module's docstring

    return measure(shapes)


def make_case_file(tables: Mapping[str, object], *, name: str, day: date) -> bytes:
    """Return a business case as the file that `python -m quickscan businesscase` reads."""
    from quickscan.cases.writer import write_case_file  # noqa: PLC0415 - see the module's docstring

    return write_case_file(tables, name=name, day=day)


def make_case_outcome(result: CaseResult, rules: Rules) -> dict[str, object]:
    """Return the outcome of a business case as the command line tells it with `--json`."""
    from quickscan.report.businesscase import case_as_json  # noqa: PLC0415 - see the module's docstring

    return case_as_json(result, rules)


def make_agenda(actions: Sequence[tuple[PlannedAction, str]], rules: Rules, *, workspace_id: str, name: str) -> bytes:
    """Return open actions, each with the name of its building, as a calendar file."""
    from quickscan.report.agenda import make_agenda as make  # noqa: PLC0415 - see the module's docstring

    return make(actions, rules, workspace_id=workspace_id, name=name, now=datetime.now().astimezone())


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
    strategy: Strategy
    programme: Programme
    members: Members
    sessions: Sessions
    parking: ParkingNorms
    planning: Planning
    snapshots: Snapshots
    journal: Journal


@dataclass(frozen=True)
class Stores:
    """Everything that is kept, without a guard: for this module, the command line, and what is worked out for a cache."""

    store: Store
    cases: CaseStore
    duos: DuoStore
    programmes: ProgrammeStore
    plans: PlanStore
    members: MemberStore
    people: PersonStore
    sessions: SessionStore
    codes: CodeBook


def open_stores(url: str | None = None) -> Stores:
    """Open the store and migrate it when needed. Raises StoreError when it cannot open."""
    from quickscan.store.database import open_store  # noqa: PLC0415 - see the module's docstring
    from quickscan.store.duo import DuoTables  # noqa: PLC0415
    from quickscan.store.finance import CaseTables  # noqa: PLC0415
    from quickscan.store.members import MemberTables  # noqa: PLC0415
    from quickscan.store.people import PersonTables  # noqa: PLC0415
    from quickscan.store.planning import PlanTables  # noqa: PLC0415
    from quickscan.store.programme import ProgrammeTables  # noqa: PLC0415
    from quickscan.store.sessions import SHARED_S, SessionTables  # noqa: PLC0415

    store = open_store(url or database_url())
    engine = store.engine
    live = SessionTables(engine, share_s=SHARED_S)
    return Stores(
        store=store,
        cases=CaseTables(engine),
        duos=DuoTables(engine),
        programmes=ProgrammeTables(engine),
        plans=PlanTables(engine),
        members=MemberTables(engine),
        people=PersonTables(engine),
        sessions=live,
        codes=live,
    )


def join_services(stores: Stores, *, fingerprint: str | None = None) -> Services:
    """Return the use cases: of one log-in on a server, each store behind the guard; of the one user of a laptop without it."""
    from quickscan.calendars.dutch import days_off  # noqa: PLC0415 - see the module's docstring
    from quickscan.services.duo import Duo, DuoStore  # noqa: PLC0415
    from quickscan.services.finance import CaseStore, Finance  # noqa: PLC0415
    from quickscan.services.imports import Imports  # noqa: PLC0415
    from quickscan.services.journal import Journal  # noqa: PLC0415
    from quickscan.services.members import Members, MemberStore  # noqa: PLC0415
    from quickscan.services.parking import ParkingNorms  # noqa: PLC0415
    from quickscan.services.planning import Planning, PlanStore  # noqa: PLC0415
    from quickscan.services.portfolios import Portfolios  # noqa: PLC0415
    from quickscan.services.ports import Store  # noqa: PLC0415
    from quickscan.services.programme import Programme, ProgrammeStore  # noqa: PLC0415
    from quickscan.services.scans import Scans  # noqa: PLC0415
    from quickscan.services.session_store import SessionStore  # noqa: PLC0415
    from quickscan.services.sessions import Sessions  # noqa: PLC0415
    from quickscan.services.snapshots import Snapshots  # noqa: PLC0415
    from quickscan.services.strategy import Strategy  # noqa: PLC0415

    by_rule = None
    snapshots = Snapshots(stores.store)
    if fingerprint is not None:
        from quickscan.services.authors import tell_names  # noqa: PLC0415 - not for a laptop
        from quickscan.services.guard import Guard, guarded  # noqa: PLC0415 - not for a laptop

        guard = Guard(open_accounts(stores), stores.duos, fingerprint)
        by_rule = Scans(guarded(stores.store, Store, guard, by_rule=True))
        stores = replace(
            stores,
            store=guarded(stores.store, Store, guard),
            cases=guarded(stores.cases, CaseStore, guard),
            duos=guarded(stores.duos, DuoStore, guard),
            programmes=guarded(stores.programmes, ProgrammeStore, guard),
            plans=guarded(stores.plans, PlanStore, guard),
            members=guarded(stores.members, MemberStore, guard),
            sessions=guarded(stores.sessions, SessionStore, guard),
        )
        snapshots = Snapshots(stores.store, tell=lambda frame: tell_names(frame, guard.names))
    store = stores.store
    scans = Scans(store)
    programme = Programme(store, stores.programmes)

    def furnish(workspace_id: str, demo: Demo, rules: Rules, author: str) -> None:
        programme.furnish(workspace_id, make_demo_programme(demo.buildings, rules), author=author)

    portfolios = Portfolios(store, make_demo, furnish=furnish)
    duo = Duo(stores.duos, scans, by_rule=by_rule)
    planning = Planning(stores.plans, portfolios, days_off)
    return Services(
        portfolios=portfolios,
        scans=scans,
        imports=Imports(store),
        finance=Finance(store, stores.cases, load_subsidies, counter=open_counter(), times=planning),
        duo=duo,
        sessions=Sessions(stores.sessions, stores.codes, scans, duo, by_rule=by_rule),
        members=Members(stores.members, access_limits()),
        parking=ParkingNorms(stores.cases),
        strategy=Strategy(store, load_strategy, measure_outlines),
        programme=programme,
        planning=planning,
        snapshots=snapshots,
        journal=Journal(store, stores.duos),
    )


def make_services(url: str | None = None) -> Services:
    """Return the use cases of somebody who may do everything: a laptop, the command line, a test."""
    return join_services(open_stores(url))


def open_accounts(stores: Stores) -> Accounts:
    """Return the use cases around people and their log-ins."""
    from quickscan.services.accounts import Accounts, Policy  # noqa: PLC0415 - see the module's docstring

    first = os.environ.get(FIRST_VARIABLE, "").lower().split(",")
    makers = os.environ.get(MAKERS_VARIABLE, "").strip().lower()
    policy = Policy(access_limits(), frozenset(name.strip() for name in first) - {""}, makers)
    return Accounts(stores.people, policy)


def is_shared() -> bool:
    """Tell whether this serves many people, who log in. A misspelt mode counts as one, so that nothing is open by mistake."""
    return (os.environ.get(MODE_VARIABLE, "").strip() or LOCAL) != LOCAL


def public_address() -> str:
    """Return the address that people type, "" on a laptop."""
    return os.environ.get(PUBLIC_VARIABLE, "").strip().rstrip("/")


def access_limits() -> Limits:
    """Return how long a log-in and an invitation last; the start of the server refuses what is no number."""
    from quickscan.domain.access import Limits  # noqa: PLC0415 - see the module's docstring

    usual = Limits()
    return Limits(
        idle_minutes=_number(IDLE_VARIABLE, usual.idle_minutes),
        session_hours=_number(SESSION_VARIABLE, usual.session_hours),
        invitation_days=_number(INVITATION_VARIABLE, usual.invitation_days),
    )


def _number(variable: str, usual: int) -> int:
    said = os.environ.get(variable, "").strip()
    return int(said) if said.isascii() and said.isdigit() and int(said) else usual
