"""Two people of two organisations, each logged in in a window of their own, score a building apart, reveal, differ, agree
and settle; a third, of another organisation, sees nothing of it. On the way a page is reloaded, the connection is cut and
the server is killed, and nothing that was saved is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from quickscan import wiring
from quickscan.demo import make_neighbourhood
from quickscan.domain.access import Role, Seat
from quickscan.domain.answers import Party
from quickscan.domain.errors import QuickscanError
from quickscan.domain.terms import Voorselectie
from quickscan.services.guard import Guard, guarded
from quickscan.services.members import Members
from quickscan.services.ports import Store
from quickscan.services.snapshots import Snapshots
from tests.access.running import PEOPLE, Site, find_login, log_in, serve_with_log_in
from tests.e2e.browser import AS_PEOPLE, PHONE, WIDE, settle

pytestmark = pytest.mark.browser
NAMES = ["Torenflat Geheim", "Galerijflat Verborgen"]
NOTE, REASON, APART = "Tekening uit 1964 gezien", "Samen nagezien in het archief", "Eerst een onderzoek"
PATIENCE_MS = 90_000  # three windows, two servers and a log-in service, on a machine that may have more to do


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_with_log_in(tmp_path_factory.mktemp("duo"), QUICKSCAN_WERKRUIMTEN_MAKEN="iedereen") as running:
        yield running


@pytest.fixture
def windows(browser: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """A window for each of the three, logged in."""
    opened = {}
    contexts = []
    for subject in PEOPLE:
        contexts.append(browser.new_context(viewport=WIDE, **AS_PEOPLE))
        opened[subject] = contexts[-1].new_page()
        opened[subject].set_default_timeout(PATIENCE_MS)
        log_in(opened[subject], site, subject)
    yield opened
    for context in contexts:
        context.close()


def set_table(site: Site) -> tuple[str, str]:
    """Make a workspace of Ada, who answers for the gemeente, with Bo of the corporatie; return it and a building."""
    rules = wiring.rules_on()
    with site.stores() as stores:
        people = {subject: stores.people.find_people(claims["email"])[0] for subject, claims in PEOPLE.items()}
        buildings = make_neighbourhood().buildings
        services = wiring.join_services(stores)
        ada, clock = people["ada"].key, services.portfolios.clock
        every = stores.store.create_workspace("Alles", buildings, {}, fictional=True, author="proef", at=clock())
        table = services.portfolios.screen(every.id, rules)
        near = table.loc[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK), "pand_id"].tolist()[: len(NAMES)]
        chosen = buildings[buildings["pand_id"].isin(near)].reset_index(drop=True).assign(naam=NAMES)
        stores.store.delete_workspace(every.id, author="proef", at=clock())
        made = stores.store.create_workspace("Geheimwijk", chosen, {}, fictional=False, author=ada, at=clock()).id
        members = Members(stores.members)
        members.change(made, people["ada"].number, Seat(Role.BEHEERDER, Party.GEMEENTE), author=ada)
        link = members.invite(made, Seat(Role.CORPORATIE), author=ada)
        login = find_login(stores, people["bo"].number)
        wiring.open_accounts(stores).accept(link.secret, login)
    return made, str(chosen["pand_id"].iloc[0])


def go(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def answer(page: Page, site: Site, query: str, picks: tuple[int, ...], who: str) -> None:
    """Answer a few questions in the order of the list, with a note at the first."""
    go(page, f"{site.public}/quickscan?{query}&volgorde=Bouwtechnisch")
    for place, pick in enumerate(picks):
        question = page.locator(".st-key-vraag h2")
        asked = question.inner_text()
        if not place:
            page.get_by_label("Notitie").fill(f"{NOTE} ({who})")
            page.get_by_label("Notitie").press("Tab")
            settle(page)
        page.locator(".st-key-keuzes button").nth(pick).click()
        expect(question).not_to_have_text(asked, timeout=PATIENCE_MS)
        settle(page)


def count_answers(site: Site, where: str, pand_id: str) -> dict[Party, int]:
    with site.stores() as stores:
        return {party: len(stores.store.read_answers(where, pand_id, party)) for party in Party}


def see_nothing(page: Page, site: Site, query: str) -> None:
    """Open every page with the addresses of somebody else's workspace."""
    for name in ("portefeuille", "gebouw", "verschillen", "leden"):
        go(page, f"{site.public}/{name}?{query}")
        seen = page.content()
        assert [word for word in (*NAMES, "Geheimwijk", NOTE, "Jansen") if word in seen] == [], name
    expect(page.get_by_text("Cas Smit").first).to_be_attached()


def test_two_logged_in_people_score_apart_reveal_agree_and_settle(site: Site, windows: dict[str, Page]) -> None:
    ada, bo, cas = (windows[subject] for subject in PEOPLE)
    where, pand_id = set_table(site)
    query = f"werkruimte={where}&pand={pand_id}"

    # Apart. Bo asks for the gemeente in the address, and is of the corporatie all the same.
    answer(ada, site, f"{query}&als=Gemeente", (0, 0, 0), "gemeente")
    answer(bo, site, f"{query}&als=Gemeente", (1, 0, 1, 0), "corporatie")
    assert count_answers(site, where, pand_id) == {Party.SAMEN: 0, Party.GEMEENTE: 3, Party.CORPORATIE: 4}
    for page, theirs in ((bo, "gemeente"), (ada, "corporatie")):
        for name in ("quickscan", "gebouw", "verschillen"):
            go(page, f"{site.public}/{name}?{query}&als={theirs.capitalize()}")
            assert f"{NOTE} ({theirs})" not in page.content()
    see_nothing(cas, site, query)

    # A reload, a cut connection and a killed server: what was saved is there, and one goes on.
    go(ada, f"{site.public}/quickscan?{query}&als=Gemeente&volgorde=Bouwtechnisch")
    expect(ada.locator(".duo-stand")).to_contain_text("Gemeente (jij): 3 van", timeout=PATIENCE_MS)
    ada.reload()
    expect(ada.locator(".duo-stand")).to_contain_text("Gemeente (jij): 3 van", timeout=PATIENCE_MS)
    settle(ada)
    site.cable.cut()
    ada.locator(".st-key-keuzes button").nth(0).click()
    expect(ada.locator(".duo-stand")).to_contain_text("Gemeente (jij): 4 van", timeout=PATIENCE_MS)
    settle(ada)
    site.kill()
    assert count_answers(site, where, pand_id)[Party.GEMEENTE] == 4
    site.start()
    go(ada, f"{site.public}/verschillen?{query}&als=Gemeente")  # still logged in

    # Ready, and open for both; nobody else.
    ada.get_by_role("button", name="Klaar met dit gebouw").click()
    expect(ada.get_by_text("Corporatie is nog niet klaar")).to_be_visible(timeout=PATIENCE_MS)
    go(bo, f"{site.public}/quickscan?{query}")
    bo.get_by_role("button", name="Klaar met dit gebouw").click()
    expect(bo.get_by_text("Wat ieder apart zei, staat nu vast")).to_be_visible(timeout=PATIENCE_MS)
    expect(ada.locator(".duo-scores")).to_be_visible(timeout=PATIENCE_MS)
    settle(ada)
    assert f"{NOTE} (corporatie)" in ada.content()
    assert "Bo Jansen" in ada.content()

    # Agree with a reason, as the one who leads; the other reads along and has no such buttons.
    go(bo, f"{site.public}/verschillen?{query}")
    expect(bo.locator(".duo-scores")).to_be_visible(timeout=PATIENCE_MS)
    assert bo.get_by_role("button", name="Kies antwoord gemeente").count() == 0
    ada.get_by_label("Waarom?").fill(REASON)
    ada.get_by_role("button", name="Kies antwoord gemeente").click()
    expect(ada.get_by_text("1 eens geworden")).to_be_visible(timeout=PATIENCE_MS)
    settle(ada)
    ada.get_by_label("Waarom?").fill(APART)
    ada.get_by_role("button", name="We zijn het oneens").click()
    expect(ada.get_by_text("Alle verschillen zijn besproken")).to_be_visible(timeout=PATIENCE_MS)
    go(bo, f"{site.public}/verschillen?{query}")
    expect(bo.get_by_text("Alle verschillen zijn besproken")).to_be_visible(timeout=PATIENCE_MS)

    settle_and_verify(site, where, pand_id)
    see_nothing(cas, site, query)


def settle_and_verify(site: Site, where: str, pand_id: str) -> None:
    """Settle through the guard, as Ada's page does; Bo reads it, and may not; Cas hears that there is no such workspace."""
    with site.stores() as stores:
        people = {subject: stores.people.find_people(claims["email"])[0] for subject, claims in PEOPLE.items()}
        accounts = wiring.open_accounts(stores)
        desks = {
            subject: Snapshots(guarded(stores.store, Store, Guard(accounts, stores.duos, find_login(stores, person.number))))
            for subject, person in people.items()
        }
        book, day = wiring.rulebook(), wiring.today()
        kept = desks["ada"].settle(where, book, day, author="vervalst", pand_id=pand_id)
        assert kept.author == PEOPLE["ada"]["name"]
        assert desks["bo"].verify(where, kept.number).holds
        assert [record.number for record in desks["bo"].history(where)] == [kept.number]
        for subject, said in (("bo", "Als corporatie kun je hier niet"), ("cas", "bestaat niet")):
            with pytest.raises(QuickscanError, match=said):
                desks[subject].settle(where, book, day, author="x")
        with pytest.raises(QuickscanError, match="bestaat niet"):
            desks["cas"].history(where)


def test_the_files_of_the_server_hold_no_names(site: Site) -> None:
    logs = "".join(path.read_text(encoding="utf-8", errors="replace") for path in Path(site.folder).glob("app-*.log"))
    assert logs
    for person in PEOPLE.values():
        assert person["name"] not in logs
        assert person["email"] not in logs


def test_a_live_session_is_joined_by_its_code_after_logging_in(site: Site, browser: Browser, windows: dict[str, Page]) -> None:
    """The QR code leads to an address that asks for a log-in first; then one is at the session, unless it is of others."""
    wall, cas = windows["ada"], windows["cas"]
    set_table(site)  # another workspace of the same name, which is not the one that is meant
    where, _ = set_table(site)
    go(wall, f"{site.public}/sessie?werkruimte={where}")
    wall.get_by_role("button", name="Open de sessie").click()
    code = wall.locator(".sessie-code strong").first.inner_text()

    context = browser.new_context(viewport=PHONE, **AS_PEOPLE)  # type: ignore[arg-type]
    phone = context.new_page()
    phone.set_default_timeout(PATIENCE_MS)
    log_in(phone, site, "bo", start=f"/sessie?code={code}")
    assert f"code={code}" in phone.url
    roles = phone.get_by_test_id("stForm").get_by_role("radio")
    assert [each.inner_text() for each in roles.all()] == ["Corporatie", "Ik kijk mee"], "Bo does not speak for the gemeente"
    roles.first.click()
    phone.get_by_role("button", name="Doe mee").click()
    expect(phone.locator(".sessie-regel")).to_be_visible(timeout=PATIENCE_MS)
    asked = phone.locator(".st-key-vraag h2").inner_text()
    phone.locator(".st-key-keuzes button").first.click()
    expect(phone.locator(".st-key-vraag h2", has_text=asked)).to_have_count(0, timeout=PATIENCE_MS)
    expect(wall.locator(".sessie-gasten")).to_contain_text("Bo Jansen", timeout=PATIENCE_MS)
    expect(wall.locator(".sessie-vragen b").first).to_have_text("1/1", timeout=PATIENCE_MS)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    # Who has the code and no place in the workspace sees nothing of it; who loses that place is out at once.
    go(cas, f"{site.public}/sessie?code={code}")
    assert [word for word in (*NAMES, "Geheimwijk", "Jansen", asked) if word in cas.content()] == []
    with site.stores() as stores:
        bo = stores.people.find_people(PEOPLE["bo"]["email"])[0]
        Members(stores.members).remove(where, bo.number, author="proef")
    expect(phone.locator(".sessie-regel")).to_have_count(0, timeout=PATIENCE_MS)
    expect(phone.locator(".st-key-vraag")).to_have_count(0, timeout=PATIENCE_MS)
    context.close()
