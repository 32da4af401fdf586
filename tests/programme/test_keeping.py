"""A programme is kept: on both databases, once when sent twice, refused when somebody was first, and told in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import URL, func, inspect, select

from quickscan.domain.errors import NotFoundError
from quickscan.domain.programme.plan import (
    MILESTONES,
    Homes,
    Milestone,
    Plan,
    PlanError,
    Project,
    Question,
    StaleProgrammeError,
    Target,
)
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.rules import Rules
from quickscan.services.ports import Deed
from quickscan.services.programme import Programme
from quickscan.store import copies, schema
from quickscan.store.database import make_engine
from quickscan.store.programme import (
    ProgrammeBuildingRow,
    ProgrammeEvaluationRow,
    ProgrammeMilestoneRow,
    ProgrammeProjectRow,
    ProgrammeTables,
    ProgrammeTargetRow,
)
from quickscan.store.repository import SqlStore
from quickscan.store.tables import table_of
from quickscan.wiring import make_services
from tests.store.conftest import (  # noqa: F401 - the databases, as the tests of the store have them
    NOON,
    empty_postgres_url,
    empty_url,
    make_pand_id,
    make_workspace,
    opened,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_url,
    store,
    url,
)
from tests.store.replay import look, replay

ROWS = (ProgrammeTargetRow, ProgrammeProjectRow, ProgrammeBuildingRow, ProgrammeMilestoneRow, ProgrammeEvaluationRow)
NOW = Quarter(2026, 4)
TARGET = Target("Programma", 400, 700, NOW, NOW.plus(39), NOW.plus(59), "1e tranche", "Gemeente", "Corporatie")
SERIES = Project(0, "Serie Noord", (make_pand_id(1), make_pand_id(0)), note="met de bouwstroom")


@dataclass
class Office:
    """A workspace, and somebody at work on its programme."""

    store: SqlStore
    programme: Programme
    workspace: str
    rules: Rules

    def plan(self) -> Plan:
        return self.programme.look(self.workspace)

    def begin(self, project: Project = SERIES, author: str = "Ada") -> Project:
        return self.programme.add(self.workspace, project, start=NOW, rules=self.rules, author=author)

    def log(self) -> list[tuple[str | None, str | None, str | None, str]]:
        lines = self.store.read_log(self.workspace, what=Deed.PROGRAMMA)
        return [(line.name, line.old, line.new, line.author) for line in reversed(lines)]


@pytest.fixture
def office(store: SqlStore, rules: Rules) -> Office:  # noqa: F811 - the fixture above
    programme = Programme(store, ProgrammeTables(store.engine), lambda: NOON)
    return Office(store, programme, make_workspace(store).id, rules)


def test_there_is_nothing_before_somebody_begins(office: Office) -> None:
    assert office.plan() == Plan()
    with pytest.raises(NotFoundError):
        office.programme.look("weg")


def test_what_is_kept_reads_back_as_it_was(office: Office) -> None:
    kept = office.programme.set_target(office.workspace, TARGET, author="Ada")
    made = office.begin(replace(SERIES, own=Homes(10, 12.5, 20)))
    plan = office.plan()
    assert plan.target == kept == replace(TARGET, version=1, author="Ada", at=NOON)
    assert plan.projects == (made,)
    assert (made.number, made.version, made.pand_ids) == (1, 1, (make_pand_id(0), make_pand_id(1)))
    assert [made.mark(one).planned for one in MILESTONES][-1] == NOW.plus(9)
    assert made.own == Homes(10, 12.5, 20)


def test_moving_reaching_and_taking_back_are_kept_with_a_line_each(office: Office) -> None:
    made = office.begin()
    later = office.programme.move(office.workspace, made, 1, author="Bo")
    reached = office.programme.reach(office.workspace, later, NOW.plus(2), author="Cy")
    back = office.programme.take_back(office.workspace, reached, author="Bo")
    assert office.plan().projects == (back,)
    assert (later.slip, reached.slip, reached.phase, back.phase) == (1, 2, Milestone.INITIATIEF, None)
    assert office.log() == [
        ("project 1", None, "Serie Noord: idee, oplevering K1 2029", "Ada"),
        ("project 1", "Serie Noord: idee, oplevering K1 2029", "Serie Noord: idee, oplevering K2 2029", "Bo"),
        ("project 1", "Serie Noord: idee, oplevering K2 2029", "Serie Noord: initiatief, oplevering K3 2029", "Cy"),
        ("project 1", "Serie Noord: initiatief, oplevering K3 2029", "Serie Noord: idee, oplevering K3 2029", "Bo"),
    ]
    line = office.store.read_log(office.workspace, what=Deed.PROGRAMMA)[0]
    assert line.note == "met de bouwstroom"
    assert line.detail["oplevering"] == ["K1 2029", "K3 2029", None]
    assert replay(office.store) == look(office.store), "a programme changes no cell, and the log still tells them all"


def test_the_same_sent_twice_is_kept_once(office: Office) -> None:
    made = office.begin()
    office.programme.set_target(office.workspace, TARGET, author="Ada")
    before = office.log()
    assert office.programme.save(office.workspace, made, author="Bo") == made
    assert office.programme.save(office.workspace, replace(made, version=0), author="Bo") == made
    assert office.programme.set_target(office.workspace, TARGET, author="Bo").version == 1
    assert office.log() == before


def test_who_comes_second_is_refused_and_told_who_was_first(office: Office) -> None:
    seen = office.begin()
    office.programme.move(office.workspace, seen, 1, author="Bo")
    with pytest.raises(StaleProgrammeError, match="gewijzigd door Bo"):
        office.programme.move(office.workspace, seen, 2, author="Cy")
    with pytest.raises(StaleProgrammeError):
        office.programme.remove(office.workspace, seen, author="Cy")
    kept = office.programme.set_target(office.workspace, TARGET, author="Ada")
    office.programme.set_target(office.workspace, replace(kept, low=500), author="Bo")
    with pytest.raises(StaleProgrammeError, match="Het doel is intussen gewijzigd door Bo"):
        office.programme.set_target(office.workspace, replace(kept, low=450), author="Cy")
    assert office.plan().target == replace(TARGET, low=500, version=2, author="Bo", at=NOON)


def test_what_is_wrong_is_refused_and_nothing_is_written(office: Office) -> None:
    with pytest.raises(PlanError):
        office.begin(replace(SERIES, name="  "))
    with pytest.raises(PlanError):
        office.programme.set_target(office.workspace, replace(TARGET, low=900), author="Ada")
    assert office.plan() == Plan()
    assert office.log() == []


def test_an_evaluation_is_kept_per_question_and_goes_with_its_project(office: Office) -> None:
    made = office.begin()
    evaluate = office.programme.evaluate
    evaluate(office.workspace, made.number, Question.BEGINNEN, "  Eerder bellen ", seen=0, author="Ada")
    assert office.plan().answers_of(made.number)[Question.BEGINNEN].text == "Eerder bellen"
    evaluate(office.workspace, made.number, Question.BEGINNEN, "Veel eerder bellen", seen=1, author="Bo")
    with pytest.raises(StaleProgrammeError, match="gewijzigd door Bo"):
        evaluate(office.workspace, made.number, Question.BEGINNEN, "Niet bellen", seen=1, author="Cy")
    with pytest.raises(NotFoundError):
        evaluate(office.workspace, 7, Question.BEGINNEN, "Bellen", seen=0, author="Cy")
    office.programme.remove(office.workspace, made, author="Ada")
    assert office.plan() == Plan()
    assert office.log()[-1] == ("project 1", "Serie Noord: idee, oplevering K1 2029", None, "Ada")
    with pytest.raises(NotFoundError):
        office.programme.remove(office.workspace, made, author="Ada")


def test_a_programme_goes_with_its_workspace_and_its_log_stays(office: Office) -> None:
    made = office.begin()
    office.programme.set_target(office.workspace, TARGET, author="Ada")
    office.programme.evaluate(office.workspace, made.number, Question.STOPPEN, "Niets", seen=0, author="Ada")
    office.store.delete_workspace(office.workspace, author="Ada", at=NOON)
    with office.store.engine.connect() as connection:
        for row in ROWS:
            assert connection.execute(select(func.count()).select_from(table_of(row))).scalar_one() == 0, row.__tablename__
    assert len(office.log()) == 3


def test_duos_are_the_workspaces_with_a_programme(office: Office) -> None:
    make_workspace(office.store, name="Zonder programma")
    office.begin()
    screened = office.store.read_buildings(office.workspace)[["pand_id"]].assign(
        woningen_laag=1.0, woningen=2.0, woningen_hoog=3.0
    )
    (duo,) = office.programme.duos(lambda _: screened)
    assert (duo.workspace_id, duo.name) == (office.workspace, "Zuidwest")
    assert duo.homes == {1: Homes(2, 4, 6)}


def test_a_programme_moves_to_the_other_kind_of_database(office: Office, tmp_path: Path) -> None:
    made = office.begin()
    office.programme.set_target(office.workspace, TARGET, author="Ada")
    office.programme.evaluate(office.workspace, made.number, Question.STOPPEN, "Niets", seen=0, author="Ada")
    target = URL.create("sqlite", database=str(tmp_path / "ander.db"))
    copies.transfer(office.store.engine.url, target)
    engine = make_engine(target)
    assert ProgrammeTables(engine).read_plan(office.workspace) == office.plan()
    engine.dispose()


def test_the_step_can_be_taken_back(empty_url: URL, opened: Callable[..., SqlStore]) -> None:  # noqa: F811 - the fixtures above
    engine = opened(empty_url).engine
    with engine.begin() as connection:
        command.downgrade(schema.make_config(connection), "0009-1")
    assert not [name for name in inspect(engine).get_table_names() if name.startswith("programme_")]


def test_the_demo_begins_with_its_programme(tmp_path: Path, rules: Rules) -> None:
    services = make_services(f"sqlite:///{tmp_path / 'demo.db'}")
    workspace = services.portfolios.open_demo(rules, author="Ada")
    plan = services.programme.look(workspace.id)
    assert (len(plan.projects), len(plan.evaluations)) == (8, 4)
    assert plan.target is not None
    assert "fictief" in plan.target.name
    services.portfolios.open_demo(rules, author="Bo")
    assert services.programme.look(workspace.id) == plan
