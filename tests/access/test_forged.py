"""Whatever stands in the address and in the state of the widgets, a page gives nobody more than their seat does.

The whole app runs, as a server, with the gate, the sidebar and every page; only the browser and the log-in service are not
there (tests/access/test_login.py has both)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from quickscan.domain.access import Role
from quickscan.domain.answers import Certainty, Party
from quickscan.domain.people import make_key
from quickscan.services.portfolios import utc_now
from quickscan.wiring import open_stores
from tests.access.conftest import MAKER, PANDEN, House, fill, of_role
from tests.server.entering import make_claims

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Geheim van de corporatie"  # noqa: S105 - an answer, not a password
PAGES = ("scan/quickscan", "scan/verschillen", "scan/gebouw", "scan/portefeuille", "beheer/leden")
FORGED: tuple[dict[str, object], ...] = (
    {"als": "corporatie"},
    {"als": "niets dat bestaat", "naam": "Iemand Anders"},
)
Open = Callable[[str, str], AppTest]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A server on which the corporatie said something apart, and its environment."""
    url = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    for name, value in {
        "QUICKSCAN_DATABASE": url,
        "QUICKSCAN_MODUS": "server",
        "QUICKSCAN_ADRES": "https://quickscan.test",
        "QUICKSCAN_EERSTE_BEHEERDER": "ada@gemeente.test,zoe",
    }.items():
        monkeypatch.setenv(name, value)
    st.cache_resource.clear()
    st.cache_data.clear()
    stores = open_stores(url)
    made = House(stores, now=utc_now())
    fill(made)
    said = {"choice": "ja", "note": SECRET, "certainty": Certainty.ZEKER, "at": made.now, "expected_version": 0}
    by = make_key(made.number("corporatie"))
    for pand_id in PANDEN:
        stores.store.save_answer(made.workspace, pand_id, "bou.lift", party=Party.CORPORATIE, author=by, **said)  # type: ignore[arg-type]
    yield made
    stores.store.close()  # type: ignore[attr-defined]
    st.cache_resource.clear()
    st.cache_data.clear()


def open_app(subject: str | None, query: dict[str, str]) -> AppTest:
    """Open the app as somebody who logged in just now, or as nobody."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.user = {"is_logged_in": subject is not None}
    if subject is not None:
        app.user |= make_claims(subject, iss="https://inloggen.test", email=f"{subject}@gemeente.test")
    for name, value in query.items():
        app.query_params[name] = value
    return app


def shown(app: AppTest) -> str:
    """Return everything that was drawn, as text."""
    return str(app)


@pytest.mark.parametrize("role", Role)
def test_a_forged_state_or_address_shows_nobody_the_hidden_answers(house: House, role: Role) -> None:
    query = {"werkruimte": house.workspace, "pand": PANDEN[0], "als": "Corporatie"}
    seen = []
    for forged in FORGED:
        app = open_app(of_role(role), query)
        for name, value in forged.items():
            app.session_state[name] = value
        app.run()
        for page in PAGES:
            app.switch_page(f"pages/{page}.py").run()
            assert not app.exception, f"{page}: {app.exception}"
            seen.append(shown(app))
            assert "deelnemer:" not in seen[-1], "people have names on the screen"
            assert (SECRET in seen[-1]) <= (role is Role.CORPORATIE), page
    assert "Zuidwest" in "".join(seen), "the pages did show the workspace"


@pytest.mark.parametrize("who", ["zoe", "nieuw", None])
def test_outsiders_see_nothing_of_a_workspace_whose_address_they_know(house: House, who: str | None) -> None:
    query = {"werkruimte": house.workspace, "pand": PANDEN[0], "als": "Gemeente"}
    app = open_app(who, query)
    app.session_state["als"] = "corporatie"
    app.run()
    for page in PAGES:
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        said = shown(app)
        assert [word for word in (SECRET, "Zuidwest", PANDEN[1], "Ada") if word in said] == [], page
        if who is None:
            assert "Inloggen" in said


def test_the_name_in_the_state_does_not_sign_an_answer(house: House) -> None:
    app = open_app("gemeente", {"werkruimte": house.workspace, "pand": PANDEN[0], "als": "Corporatie"})
    app.session_state["naam"] = "Iemand Anders"
    app.run()
    app.switch_page("pages/scan/quickscan.py").run()
    asked = next(button for button in app.button if str(button.key).startswith("keuze_"))
    asked.click().run()
    assert not app.exception
    given = [house.stores.store.read_answers(house.workspace, PANDEN[0], party) for party in Party]
    mine = {name: answer.author for name, answer in given[list(Party).index(Party.GEMEENTE)].items()}
    assert set(mine.values()) == {make_key(house.number("gemeente"))}
    assert len(mine) == 1
    assert given[list(Party).index(Party.SAMEN)] == {}
    assert list(given[list(Party).index(Party.CORPORATIE)]) == ["bou.lift"]


def test_a_button_that_was_drawn_before_the_seat_was_lost_does_nothing(house: House) -> None:
    app = open_app("gemeente", {"werkruimte": house.workspace, "pand": PANDEN[0]})
    app.run()
    app.switch_page("pages/scan/quickscan.py").run()
    asked = next(button for button in app.button if str(button.key).startswith("keuze_"))
    house.members(MAKER).remove(house.workspace, house.number("gemeente"), author="")
    asked.click().run()
    assert not app.exception
    assert house.stores.store.read_answers(house.workspace, PANDEN[0], Party.GEMEENTE) == {}
    assert "Zuidwest" not in shown(app)
