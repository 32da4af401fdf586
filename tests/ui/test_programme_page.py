"""The page Programma run by itself: planning one milestone, a refusal that says what to do, and setting the target."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from quickscan.domain.programme.plan import Milestone, Plan
from quickscan.ui import cache
from quickscan.wiring import rules_on

PAGE = str(Path(__file__).parents[2] / "pages" / "werk" / "programma.py")
PROJECT = 6  # Spreeuwhof: only its initiative was reached


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("QUICKSCAN_DATABASE", f"sqlite:///{tmp_path / 'programma.db'}")
    cache.stores.clear()
    cache.unguarded.clear()
    workspace = cache.services().portfolios.open_demo(rules_on(), author="Ada")
    page = AppTest.from_file(PAGE, default_timeout=120)
    page.query_params["werkruimte"] = workspace.id
    page.query_params["project"] = str(PROJECT)
    return page.run()


def plan() -> Plan:
    (workspace,) = cache.services().portfolios.list_workspaces()
    return cache.services().programme.look(workspace.id)


def test_a_milestone_is_planned_by_itself_and_one_in_the_wrong_order_is_refused(page: AppTest) -> None:
    assert not page.exception
    before = next(one for one in plan().projects if one.number == PROJECT)
    besluit = before.mark(Milestone.BESLUIT).planned
    assert besluit is not None

    def pick(quarter: object) -> None:
        next(box for box in page.selectbox if box.label == "Haalbaar gepland in").set_value(quarter).run()
        next(button for button in page.button if button.label == "Bewaar" and button.key.startswith("bewaar_")).click().run()

    pick(besluit.plus(1))
    assert [one.value for one in page.warning if "besluit" in one.value and "Er is niets bewaard" in one.value]
    assert plan().projects[PROJECT - 1] == before

    pick(besluit)
    assert [one.value for one in page.caption if one.value.startswith(":material/cloud_done: Bewaard")]
    assert not page.warning
    after = plan().projects[PROJECT - 1]
    assert after.mark(Milestone.HAALBAAR).planned == besluit
    assert after.mark(Milestone.HAALBAAR).first == before.mark(Milestone.HAALBAAR).first
    assert after.version == before.version + 1


def test_a_higher_target_asks_for_more_homes(page: AppTest) -> None:
    lowest = next(field for field in page.number_input if field.label == "Minste woningen")
    lowest.set_value(260).run()
    next(button for button in page.button if button.label == "Bewaar het doel").click().run()
    target = plan().target
    assert target is not None
    assert (target.low, target.version) == (260, 2)
    assert [one for one in page.get("html") if "nog 90 woningen nodig" in one.proto.body]  # 260, and 170 are planned
