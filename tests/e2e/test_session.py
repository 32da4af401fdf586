"""A workshop with one screen on the wall and two phones: join, follow, answer, count, reveal, remark, decide, and the summary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from quickscan import wiring
from quickscan.domain.answers import Party
from quickscan.domain.terms import INTERVENTIES
from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import AS_PEOPLE, PHONE, WIDE, free_port, serve, settle

pytestmark = pytest.mark.browser
ASKED = ("bou.lift", "bou.dak")
REMARK, DECISION = "Denk aan de <b>bomen</b>", "Draagkracht laten onderzoeken"


class Workshop:
    """A server of its own with an open session, and windows that share nothing but that server."""

    def __init__(self, address: str, database: Path, browser: Browser) -> None:
        self.address, self.browser = address, browser
        self.services, self.rules = wiring.make_services(f"sqlite:///{database.as_posix()}"), wiring.rules_on()
        self.workspace = self.services.portfolios.open_demo(self.rules, author="voorbeeld").id
        table = self.services.portfolios.screen(self.workspace, self.rules)
        self.pand_ids = table.loc[table["voorselectie"] != "buiten bereik", "pand_id"].tolist()[:2]
        self.code, self.windows = "", list[BrowserContext]()

    def open(self) -> None:
        self.code = self.services.sessions.open(
            self.workspace, self.pand_ids, self.rules, interventie=INTERVENTIES[0], author="Regie", criteria=ASKED
        )

    def window(self, size: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=size, **AS_PEOPLE)  # type: ignore[arg-type]
        self.windows.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # a fresh server on a busy machine is slow to draw its first page
        return page

    def wall(self) -> Page:
        page = self.window(WIDE)
        page.goto(f"{self.address}/sessie?werkruimte={self.workspace}")
        return page

    def phone(self, name: str, role: str) -> Page:
        page = self.window(PHONE)
        page.goto(f"{self.address}/sessie?code={self.code.lower()}")
        page.get_by_label("Naam", exact=True).fill(name)
        page.get_by_test_id("stForm").get_by_role("radio", name=role).click()
        page.get_by_role("button", name="Doe mee").click()
        return page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[str, Path]]:
    """One server for these tests, that has drawn its first page: on a busy machine that alone may take half a minute."""
    database = tmp_path_factory.mktemp("sessie") / "sessie.db"
    with serve(database) as address:
        page = browser.new_page()
        page.goto(address)
        settle(page)
        page.close()
        yield address, database


@pytest.fixture
def workshop(server: tuple[str, Path], browser: Browser) -> Iterator[Workshop]:
    made = Workshop(*server, browser)
    yield made
    for context in made.windows:
        context.close()
    if made.code:
        made.services.sessions.end(made.workspace, made.code, author="Regie")


def answer(phone: Page, pick: int) -> None:
    """Choose an answer and wait for the next question, or for the end of them."""
    asked = phone.locator(".st-key-vraag h2").inner_text()
    phone.locator(".st-key-keuzes button").nth(pick).click()
    expect(phone.get_by_text("Bewaard ·")).to_be_visible(timeout=30_000)
    expect(phone.locator(".st-key-vraag h2", has_text=asked)).to_have_count(0, timeout=30_000)


def assert_readable(page: Page) -> None:
    """Nothing falls off the screen, and axe-core has nothing serious to say."""
    settle(page, extra_ms=600)
    size = page.viewport_size or {"width": 0}
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert serious_violations(page) == []


def check_wall(workshop: Workshop, wall: Page) -> None:
    """Read the door, open a session, and read the wall: nothing of the message is smaller than 24 px."""
    wall.get_by_role("button", name="Open de sessie").wait_for()
    assert_readable(wall)
    workshop.open()
    wall.reload()
    expect(wall.locator(".sessie-code strong").first).to_have_text(workshop.code, timeout=30_000)
    expect(wall.locator(".sessie-vragen li")).to_have_count(len(ASKED))
    assert_readable(wall)
    sizes = (
        "[...document.querySelectorAll('.sessie-vragen li, .sessie-cijfers span')].map(each => getComputedStyle(each).fontSize)"
    )
    assert min(float(size.removesuffix("px")) for size in wall.evaluate(sizes)) >= 24


def vote_apart(workshop: Workshop, wall: Page, ada: Page, cas: Page) -> str:
    """Let both answer while the wall counts; return the words of Ada's first answer, which nobody else may see yet."""
    figures = wall.locator(".sessie-cijfers b")
    expect(figures.first).to_have_text("2", timeout=30_000)
    assert_readable(ada)
    buttons = ada.locator(".st-key-keuzes button").all()
    assert min(button.bounding_box()["height"] for button in buttons) >= 44  # type: ignore[index] - a thumb
    answer(ada, 0)
    expect(wall.locator(".sessie-vragen li b").first).to_have_text("1/2", timeout=30_000)
    answer(ada, 0)
    expect(figures.nth(1)).to_have_text("1 van 2", timeout=30_000)
    expect(cas.locator(".sessie-regel")).to_contain_text("1 van 2", timeout=30_000)
    label = workshop.rules.criterion(ASKED[0]).version.keuzes[0].label
    assert label not in wall.content()

    # A refresh comes back to the same seat with everything saved; joining again is the same presence.
    ada.reload()
    expect(ada.locator(".sessie-klaar")).to_be_visible(timeout=30_000)
    again = workshop.phone("ada", "Gemeente")
    expect(again.locator(".sessie-klaar")).to_be_visible(timeout=30_000)
    again.close()
    answer(cas, 1)
    answer(cas, 0)
    expect(figures.nth(1)).to_have_text("2 van 2", timeout=30_000)
    return label


def reveal(wall: Page, phones: tuple[Page, Page], label: str) -> None:
    """Start the clock and reveal; both reach all screens."""
    wall.get_by_role("button", name="Klok").click()
    wall.get_by_role("button", name="5 minuten").click()
    expect(phones[1].locator(".sessie-regel")).to_contain_text("nog 4:", timeout=30_000)
    wall.keyboard.press("Escape")
    wall.get_by_role("button", name="Onthul").click()
    wall.get_by_role("button", name="Ja, onthul").click()
    for screen in (wall, *phones):
        expect(screen.locator(".sessie-vraag").first).to_contain_text("verschil", timeout=30_000)
        expect(screen.locator(".sessie-vraag").first).to_contain_text(label)
    assert_readable(phones[1])


def write_down(wall: Page, phone: Page) -> None:
    """Park a remark from a phone, and write down a decision."""
    phone.get_by_role("button", name="Opmerking").click()
    phone.get_by_label("Wat willen jullie niet vergeten?").fill(REMARK)
    phone.get_by_role("button", name="Zet op de parkeerplaats").click()
    expect(wall.get_by_text(REMARK)).to_be_visible(timeout=30_000)
    wall.get_by_role("button", name="Besluit").click()
    wall.get_by_text("Verder mee").click()
    wall.get_by_label("Wat spreken jullie af?").fill(DECISION)
    wall.get_by_role("button", name="Leg vast").click()
    expect(wall.get_by_text("Besluit bewaard")).to_be_visible(timeout=30_000)
    expect(wall.get_by_role("listitem").filter(has_text=DECISION)).to_be_visible(timeout=30_000)
    wall.keyboard.press("Escape")


def close(wall: Page, phones: tuple[Page, Page]) -> None:
    """Close the session: everybody reads the summary, and can take it along."""
    wall.get_by_role("button", name="Sluit", exact=True).click()
    wall.get_by_role("button", name="Ja, sluit de sessie").click()
    for screen in phones:
        expect(screen.get_by_role("heading", name="Verslag: Werksessie")).to_be_visible(timeout=30_000)
        expect(screen.get_by_text(DECISION)).to_be_visible()
        expect(screen.get_by_text(REMARK)).to_be_visible()
    assert_readable(phones[0])
    with phones[0].expect_download() as taken:
        phones[0].get_by_role("button", name="Neem het verslag mee").click()
    content = Path(taken.value.path()).read_text(encoding="utf-8")
    assert DECISION in content
    assert "Denk aan de &lt;b&gt;bomen" in content
    wall.get_by_role("button", name="Verslag").first.click()
    expect(wall.get_by_role("heading", name="Verslag: Werksessie")).to_be_visible(timeout=30_000)


def test_a_workshop_from_the_code_to_the_summary(workshop: Workshop) -> None:
    wall = workshop.wall()
    check_wall(workshop, wall)
    ada, cas = workshop.phone("Ada", "Gemeente"), workshop.phone("Cas", "Corporatie")
    label = vote_apart(workshop, wall, ada, cas)
    reveal(wall, (ada, cas), label)
    write_down(wall, cas)
    wall.get_by_role("button", name="Volgende", exact=True).click()
    second = workshop.services.sessions.board(workshop.workspace, workshop.code).session.stops[1].name
    expect(ada.locator("h1")).to_have_text(second, timeout=30_000)
    close(wall, (ada, cas))


def test_a_restart_of_the_server_loses_nothing_and_the_phone_goes_on(tmp_path: Path, browser: Browser) -> None:
    database, port = tmp_path / "sessie.db", free_port()
    with serve(database, port=port) as address:
        workshop = Workshop(address, database, browser)
        workshop.open()
        phone = workshop.phone("Ada", "Gemeente")
        answer(phone, 0)
    with serve(database, port=port):
        workshop.services.sessions.join(workshop.workspace, workshop.code, name="Cas", party=Party.CORPORATIE)
        expect(phone.locator(".sessie-regel")).to_contain_text("0 van 2", timeout=60_000)  # it is connected again
        expect(phone.get_by_text("Vraag 2 van 2")).to_be_visible()
        answer(phone, 1)
        expect(phone.locator(".sessie-klaar")).to_be_visible(timeout=30_000)
    votes = workshop.services.sessions.store.read_votes(workshop.workspace, workshop.code, workshop.pand_ids[0])
    assert [vote.criterion for vote in votes] == sorted(ASKED)
    assert workshop.services.sessions.board(workshop.workspace, workshop.code).present(Party.GEMEENTE) == 1
    phone.context.close()


def test_who_watches_follows_along_and_cannot_answer(workshop: Workshop) -> None:
    workshop.open()
    seat = workshop.services.sessions.join(workshop.workspace, workshop.code, name="Ada", party=Party.GEMEENTE)
    watcher = workshop.phone("", "Ik kijk mee")
    expect(watcher.locator(".sessie-cijfers b").first).to_have_text("1", timeout=30_000)
    assert watcher.locator(".st-key-keuzes").count() == 0
    workshop.services.sessions.go_to(workshop.workspace, workshop.code, 1)
    stops = workshop.services.sessions.board(workshop.workspace, workshop.code).session.stops
    expect(watcher.locator("h1")).to_have_text(stops[1].name, timeout=30_000)
    workshop.services.sessions.leave(workshop.workspace, workshop.code, seat.key)
    expect(watcher.locator(".sessie-cijfers b").first).to_have_text("0", timeout=30_000)


def test_a_wrong_code_and_a_missing_name_are_told(workshop: Workshop) -> None:
    workshop.open()
    page = workshop.window(PHONE)
    page.goto(f"{workshop.address}/sessie?code=XXXXXX")
    expect(page.get_by_text("geen open sessie met code 'XXXXXX'")).to_be_visible(timeout=30_000)
    nameless = workshop.phone("", "Gemeente")
    expect(nameless.get_by_text("nog geen naam ingevuld")).to_be_visible(timeout=30_000)
