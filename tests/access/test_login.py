"""A real log-in service, a real browser: who gets in, for how long, and what is there for who does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from quickscan import wiring
from quickscan.domain.access import Role, Seat
from quickscan.services.accounts import fingerprint_of_login
from quickscan.services.members import Members
from tests.access.conftest import make_workspace
from tests.access.running import PEOPLE, Site, log_in, serve_with_log_in
from tests.e2e.browser import AS_PEOPLE, PHONE, WIDE, settle
from tests.e2e.test_pages import serious_violations
from tests.server.entering import USER_COOKIE, XSRF_COOKIE, make_claims, make_cookie, register
from tests.server.visitor import Visitor

pytestmark = pytest.mark.browser
PAGES = ("", "portefeuille", "kaart", "quickscan", "gebouw", "verschillen", "businesscase", "inlezen", "leden", "regels")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_with_log_in(tmp_path_factory.mktemp("inloggen"), QUICKSCAN_EERSTE_BEHEERDER="ada@gemeente.test") as running:
        yield running


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Open windows that share nothing."""
    contexts = []

    def open_one() -> Page:
        contexts.append(browser.new_context(viewport=WIDE, **AS_PEOPLE))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        return page

    yield open_one
    for context in contexts:
        context.close()


def key_of(site: Site, subject: str) -> str:
    """Return under what the work of somebody who logged in is kept."""
    with site.stores() as stores:
        (person,) = stores.people.find_people(PEOPLE[subject]["email"])
    return person.key


def give_workspace(site: Site, subject: str, name: str) -> str:
    """Make a workspace of somebody who logged in."""
    with site.stores() as stores:

        class As:
            def create_workspace(self, *args: object, **kwargs: object) -> object:
                return stores.store.create_workspace(*args, **{**kwargs, "author": key_of(site, subject)})  # type: ignore[arg-type]

        return make_workspace(As(), name)  # type: ignore[arg-type]


def test_without_a_log_in_there_is_a_door_on_every_page(site: Site, window: Callable[[], Page]) -> None:
    page = window()
    for name in PAGES:
        page.goto(f"{site.public}/{name}?werkruimte=iets")
        settle(page)
        expect(page.get_by_role("button", name="Inloggen")).to_be_visible()
        assert page.get_by_test_id("stTopNavLink").count() == 0
    assert serious_violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_forged_cookie_opens_nothing(site: Site) -> None:
    claims = make_claims("fien")
    signed = make_cookie(site.public, claims)
    token = httpx.get(f"{site.public}/_stcore/health", timeout=10).cookies[XSRF_COOKIE]
    forgeries = {
        "none": None,
        "of another site": make_cookie("https://elders.test", claims),
        "changed": signed[:20] + ("A" if signed[20] != "A" else "B") + signed[21:],
        "not signed": signed.split(".", maxsplit=1)[0],
        "too old": make_cookie(site.public, make_claims("fien", iat=1_700_000_000)),
        "without a mark of its own": make_cookie(site.public, make_claims("fien", nonce="")),
    }

    def see(cookie: str | None) -> str:
        cookies = {XSRF_COOKIE: token} | ({USER_COOKIE: cookie} if cookie else {})
        with Visitor(site.public, cookies=cookies, page="portefeuille") as visitor:
            return visitor.rerun().text()

    for what, cookie in forgeries.items():
        assert "Inloggen" in see(cookie), what
        assert "Uitloggen" not in see(cookie), what
    assert "Uitloggen" in see(signed)
    with Visitor(site.public, cookies={USER_COOKIE: signed}, page="portefeuille") as visitor:
        assert "Inloggen" in visitor.rerun().text(), "without the token against forged requests"


def test_who_logs_in_makes_a_workspace_and_invites_and_the_link_works_once(site: Site, window: Callable[[], Page]) -> None:
    ada = window()
    log_in(ada, site, "ada")
    expect(ada.get_by_role("button", name="Bekijk de voorbeeldwijk")).to_be_visible()
    where = give_workspace(site, "ada", "Uitnodigwijk")
    ada.goto(f"{site.public}/leden?werkruimte={where}")
    settle(ada)
    expect(ada.get_by_text("Ada de Vries (jij)")).to_be_visible()
    assert serious_violations(ada) == []
    ada.get_by_role("button", name="Maak een link").click()
    link = ada.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{site.public}/uitnodiging?code=")

    bo = window()
    log_in(bo, site, "bo", start=link.removeprefix(site.public))
    expect(bo.get_by_text("als corporatie")).to_be_visible()
    assert "code=" not in bo.url
    assert serious_violations(bo) == []
    bo.get_by_role("button", name="Doe mee").click()
    expect(bo.get_by_text("Uitnodigwijk").first).to_be_visible()
    expect(bo.get_by_role("button", name="Bekijk de voorbeeldwijk")).to_have_count(0)  # that makes a workspace

    cas = window()
    log_in(cas, site, "cas", start=link.removeprefix(site.public))
    expect(cas.get_by_text("De uitnodiging werkt niet (meer)")).to_be_visible()
    expect(cas.get_by_text("vraag de beheerder")).to_be_visible()
    assert serious_violations(cas) == []

    # Bo sees who is there, without addresses or buttons to change it; a beheerder takes the seat away, and it is over.
    bo.goto(f"{site.public}/leden?werkruimte={where}")
    settle(bo)
    expect(bo.get_by_text("Ada de Vries")).to_be_visible()
    assert "ada@gemeente.test" not in bo.content()
    assert bo.get_by_role("button", name="Wijzig").count() == 0
    assert bo.get_by_role("button", name="Maak een link").count() == 0
    ada.reload()
    settle(ada)
    ada.get_by_role("button", name="Wijzig").nth(1).click()
    ada.get_by_role("button", name="Haal uit de werkruimte").click()
    expect(ada.get_by_text("kan niet meer in deze werkruimte")).to_be_visible()
    bo.get_by_role("button", name="Verlaat deze werkruimte").click()
    bo.get_by_role("button", name="Ja, ik ga eruit").click()
    expect(bo.get_by_text("Er is nog geen werkruimte waar je bij kunt")).to_be_visible()
    for size in (WIDE, PHONE):
        ada.set_viewport_size(size)  # type: ignore[arg-type]
        settle(ada)
        assert ada.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_last_beheerder_hears_why_it_cannot_be(site: Site, window: Callable[[], Page]) -> None:
    ada = window()
    log_in(ada, site, "ada")
    where = give_workspace(site, "ada", "Blijfwijk")
    ada.goto(f"{site.public}/leden?werkruimte={where}")
    settle(ada)
    ada.get_by_role("button", name="Verlaat deze werkruimte").click()
    ada.get_by_role("button", name="Ja, ik ga eruit").click()
    expect(ada.get_by_text("Dit is de laatste beheerder")).to_be_visible()
    expect(ada.get_by_text("Ada de Vries (jij)")).to_be_visible()


def test_logging_out_here_leaves_the_other_browser_and_everywhere_does_not(site: Site) -> None:
    token = httpx.get(f"{site.public}/_stcore/health", timeout=10).cookies[XSRF_COOKIE]
    logins = [make_cookie(site.public, make_claims("els")) for _ in range(4)]  # four browsers, four log-ins

    def visit(cookie: str) -> Visitor:
        return Visitor(site.public, cookies={XSRF_COOKIE: token, USER_COOKIE: cookie})

    def inside() -> list[bool]:
        found = []
        for cookie in logins:
            with visit(cookie) as visitor:
                found.append("Uitloggen" in visitor.rerun().text())
        return found

    with site.stores() as stores:
        where = make_workspace(stores.store, "Uitlogwijk")
        claims = make_claims("els")
        register(stores, claims)
        made = Members(stores.members).invite(where, Seat(Role.TOESCHOUWER), author="proef")
        wiring.open_accounts(stores).accept(made.secret, fingerprint_of_login(claims))
    assert inside() == [True] * 4
    with visit(logins[0]) as here:
        here.rerun(button=here.rerun().button("hier_uit"))
    assert inside() == [False, True, True, True], "also for somebody who had copied the cookie"
    with visit(logins[1]) as here, visit(logins[2]) as open_elsewhere:
        assert "Uitlogwijk" in open_elsewhere.rerun().text()
        here.rerun(button=here.rerun().button("overal_uit"))
        assert "Uitlogwijk" not in open_elsewhere.rerun().text(), "a window that was open is shut as well"
    assert inside() == [False] * 4


def test_a_log_in_that_ran_out_saves_nothing_and_shows_the_door(site: Site, window: Callable[[], Page]) -> None:
    ada = window()
    log_in(ada, site, "ada")
    where = give_workspace(site, "ada", "Slaapwijk")
    ada.goto(f"{site.public}/leden?werkruimte={where}")
    settle(ada)
    with site.stores() as stores, stores.store.engine.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(text("UPDATE login_session SET seen_at = '2026-01-01T00:00:00.000000+00:00'"))
    ada.get_by_role("button", name="Maak een link").click()
    expect(ada.get_by_role("button", name="Inloggen")).to_be_visible()
    with site.stores() as stores:
        assert stores.members.read_invitations(where) == []
    ada.get_by_role("button", name="Inloggen").click()
    ada.get_by_role("button", name="ada", exact=True).click()
    ada.wait_for_url(f"{site.public}/leden?werkruimte={where}")  # back where it ended
    expect(ada.get_by_role("button", name="Maak een link")).to_be_visible()


def test_the_address_of_an_invitation_keeps_its_secret(site: Site) -> None:
    answer = httpx.get(f"{site.public}/uitnodiging?code={'a' * 43}", timeout=10)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    (cookie,) = answer.headers.get_list("set-cookie")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Max-Age=3600"))
    for strange in ("", "kort", "a" * 43 + "\r\nSet-Cookie: x=y", "<script>" + "a" * 40):
        assert "set-cookie" not in httpx.get(f"{site.public}/uitnodiging", params={"code": strange}, timeout=10).headers


def test_the_log_says_that_somebody_was_refused_and_not_who(site: Site) -> None:
    claims = make_claims("dirk", name="Dirk van den Berg", email="dirk.van.den.berg@elders.test")
    token = httpx.get(f"{site.public}/_stcore/health", timeout=10).cookies[XSRF_COOKIE]
    cookies = {XSRF_COOKIE: token, USER_COOKIE: make_cookie(site.public, claims)}
    with site.stores() as stores:
        key = register(stores, claims)
        members = Members(stores.members)
        where, closed = (make_workspace(stores.store, name) for name in ("Open wijk", "Gesloten wijk"))
        made = members.invite(where, Seat(Role.TOESCHOUWER), author="proef")
        wiring.open_accounts(stores).accept(made.secret, fingerprint_of_login(claims))
    with Visitor(site.public, cookies=cookies, page="portefeuille", query=f"werkruimte={closed}") as visitor:
        said = visitor.rerun().text()
    assert "Deze werkruimte bestaat niet (meer)" in said
    assert "Gesloten wijk" not in said
    assert site.server is not None
    log = site.server.read()
    assert '"why": "buitenstaander"' in log
    for word in ("Dirk", "dirk.van", key, closed):
        assert word not in log
