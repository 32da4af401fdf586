"""Scripts and statements in every place where text comes in, before the real pages in a real browser: nothing runs.

The texts go in through the services (`tests.hostile.seeding`), through an upload with hostile column names and a hostile
name, through fields by hand, through the address, and through the log-in service. A page passes when no dialog opened, no
mark was set, the content security policy had nothing to stop, and no element has a handler or a script as its address; and
in the end the texts must have been on the screen, as text. `make test` puts a spread of the texts in every place; the long
form puts every text in every place that is long enough for it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect

from quickscan import wiring
from quickscan.demo import make_neighbourhood
from quickscan.domain.access import Role, Seat
from quickscan.domain.rules import Rules
from quickscan.services.members import Members
from quickscan.ui import navigation
from tests.access.running import PEOPLE, find_login, log_in, serve_with_log_in
from tests.e2e.browser import AS_PEOPLE, PROJECT, WIDE, serve, settle
from tests.hostile.scripts import make_scripts
from tests.hostile.seeding import NAME, Seeded, hold_sessions, pack, seed
from tests.hostile.statements import make_statements

pytestmark = pytest.mark.browser
VIEWS: dict[str, tuple[str, Sequence[str]]] = {  # page → the parameter that chooses a view of it, and those that hold texts
    "acties": ("weergave", ("Bord", "Agenda")),
    "strategie": ("deel", ("Vijf routes", "Families", "Gebieden")),
    "leren": ("leren_deel", ("Projecten", "Lijkt op dit gebouw", "Evaluaties")),
}
OF_A_BUILDING = ("quickscan", "gebouw", "verschillen", "businesscase", "planning")
ACTIONS_OF_A_BUILDING = ("Dit gebouw", "Bewoners en instemming", "Rollen")
ASKED: dict[str, Sequence[str]] = {  # page → what it reads from its address, beside the workspace and the building
    "portefeuille": ("voorselectie", "oordeel", "zoek", "vanaf", "kolommen", "ingreep"),
    "kaart": ("kleur", "toon", "minstens", "tabel", "ingreep"),
    "quickscan": ("als", "volgorde", "ingreep"),
    "gebouw": ("ingreep",),
    "vergelijken": ("vergelijk", "ingreep"),
    "verschillen": ("ingreep",),
    "sessie": ("code", "plek"),
    "vastgesteld": ("vaststelling",),
    "businesscase": ("reken_voor",),
    "acties": ("weergave",),
    "strategie": ("deel", "kenmerken", "parkeerterrein"),
    "programma": ("project",),
    "regels": ("criterium", "regels_zoek", "regels_deel", "regels_aspect", "regels_aannames"),
    "leren": ("leren_deel", "voorbeelden_manier", "voorbeelden_land"),
    "logboek": ("log_gebouw", "log_soort", "log_wie"),
}
LONGEST_ADDRESS = 24_000  # characters; the server takes no longer one
ADDRESSES = [script.rpartition("/")[2] for rows in navigation._GROUPS.values() for script, *_ in rows]
WITH_PEOPLE = ("", "portefeuille", "quickscan", "sessie", "logboek", "leden")  # where a page itself says who somebody is
WATCH = """document.addEventListener('securitypolicyviolation', event =>
  console.error('BELEID ' + event.effectiveDirective + ' ' + event.blockedURI))"""
FOUND = """() => [...document.querySelectorAll('*')].filter(element => [...element.attributes].some(({name, value}) =>
    /^on/i.test(name) || (/^(href|src|action|formaction|data|srcdoc|xlink:href)$/i.test(name)
      && /^\\s*(javascript|vbscript|data:text)/i.test(value)))).map(element => element.outerHTML.slice(0, 200))"""


@dataclass
class Watched:
    """A page, and everything it said that it should not have."""

    page: Page
    app: str
    said: list[str] = field(default_factory=list)
    looked: int = 0
    texts: Sequence[str] = ()  # that should come by, as text
    shown: set[str] = field(default_factory=set)

    def listen(self) -> None:
        """Begin to hear what the page says."""
        self.page.on("console", self.hear)
        self.page.on("dialog", self.meet)

    def hear(self, message: ConsoleMessage) -> None:
        if "BELEID" in message.text or "Content Security Policy" in message.text:
            self.said.append(f"{self.page.url}: {message.text[:200]}")

    def meet(self, dialog: Dialog) -> None:
        self.said.append(f"{self.page.url}: {dialog.message}")
        dialog.dismiss()

    def go(self, name: str, query: str) -> None:
        self.page.goto(f"{self.app}/{name}?{query}")
        settle(self.page, extra_ms=150)
        self.check()

    def view(self, name: str, view: str, query: str) -> None:
        """Go to one view of a page."""
        self.go(name, f"{query}&{urlencode({VIEWS[name][0]: view})}")
        expect(self.page.get_by_role("radio", name=view, exact=True)).to_be_checked()

    def check(self) -> None:
        """Look for anything that ran, or that would when somebody clicks."""
        assert self.page.evaluate("window.geraakt") is None, self.page.url
        assert self.page.evaluate(FOUND) == [], self.page.url
        assert self.page.locator("[data-testid=stException]").count() == 0, self.page.url
        body = self.page.inner_text("body")
        assert [words for words in ("Traceback", "Er ging iets mis") if words in body] == [], self.page.url
        assert self.said == [], self.page.url
        self.looked += 1
        self.shown.update(text for text in self.texts if text in body)


@pytest.fixture
def watched(browser: Browser, tmp_path: Path) -> Iterator[Watched]:
    with serve(tmp_path / "q.db") as app:
        context = browser.new_context(viewport=WIDE, **AS_PEOPLE)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(30_000)
        found = Watched(page, app)
        found.listen()
        yield found
        context.close()


def look_everywhere(watched: Watched, seeded: Seeded) -> None:
    for name in ("", *ADDRESSES):
        if name in VIEWS:
            for view in VIEWS[name][1]:
                watched.view(name, view, f"{seeded.query}&pand={seeded.pand_ids[0]}")
        elif name not in OF_A_BUILDING:
            watched.go(name, f"{seeded.query}&pand={seeded.pand_ids[0]}")
    for number, pand_id in enumerate(seeded.pand_ids, start=1):
        for name in OF_A_BUILDING:
            watched.go(name, f"{seeded.query}&pand={pand_id}")
        for view in ACTIONS_OF_A_BUILDING:
            watched.view("acties", view, f"{seeded.query}&pand={pand_id}")
        watched.go("vastgesteld", f"{seeded.query}&vaststelling={number}")
    watched.go("vergelijken", f"{seeded.query}&vergelijk={','.join((*seeded.pand_ids, *seeded.untouched)[:3])}")
    watched.go("kaart", seeded.query)
    watched.page.get_by_label("Zoek een gebouw").click()
    watched.page.get_by_role("option").first.click()
    expect(watched.page.get_by_role("button", name="Naar het gebouw")).to_be_visible()
    watched.check()
    for number in range(1, seeded.projects + 1):
        watched.go("programma", f"{seeded.query}&project={number}")
    watched.go("quickscan", f"{seeded.query}&pand={seeded.pand_ids[0]}&volgorde=Planologisch")
    page = watched.page
    page.get_by_role("button", name="Alle vragen").click()
    page.locator("[data-testid=stPopoverBody] button", has=page.get_by_text("check_circle")).first.click()
    settle(page)
    page.get_by_role("button", name="Geschiedenis").click()
    expect(page.locator(".versies li").first).to_be_visible()
    watched.check()


def sit_in(watched: Watched, services: wiring.Services, seeded: Seeded, texts: Sequence[str], rules: Rules) -> None:
    """See live sessions from the wall and from two phones, before and after the reveal, and what is left of them."""
    for sat in hold_sessions(services, seeded, texts, rules):
        for place in sat.places:
            watched.go("sessie", f"{seeded.query}{place}")
            for form in ("Besluit", "Parkeer", "Opmerking"):
                opens = watched.page.get_by_test_id("stPopover").get_by_role("button", name=form)
                if opens.count():
                    opens.click()
                    expect(watched.page.get_by_test_id("stPopoverBody").get_by_role("textbox").first).to_be_visible()
                    watched.check()
                    watched.page.keyboard.press("Escape")


def ask_for(watched: Watched, seeded: Seeded, texts: Sequence[str]) -> None:
    """Put texts in every parameter of every page, as many together as an address takes; and in place of a workspace and a
    building."""
    for name, parameters in ASKED.items():
        for words in pack(texts, LONGEST_ADDRESS // 3 // len(parameters)):  # escaped they are up to three times as long
            watched.go(name, f"{seeded.query}&{urlencode(dict.fromkeys(parameters, words))}")
    for words in pack(texts, LONGEST_ADDRESS // 6):
        watched.go("gebouw", f"{seeded.query}&{urlencode({'pand': words})}")
        watched.go("portefeuille", urlencode({"werkruimte": words}))


def type_by_hand(watched: Watched, seeded: Seeded, texts: Sequence[str]) -> None:
    """Type in real fields, and see the text come back as text."""
    page, first = watched.page, seeded.pand_ids[-1]
    for text in texts:
        watched.go("quickscan", f"{seeded.query}&pand={first}&volgorde=kenmerken")
        watched.go("quickscan", f"{seeded.query}&pand={first}")
        page.get_by_label("Notitie").fill(text)
        page.get_by_label("Notitie").press("Tab")
        settle(page)
        page.locator(".st-key-keuzes button").first.click()
        expect(page.get_by_text("Bewaard")).to_be_visible()
        watched.check()
        for name, label in (("portefeuille", "Zoek"), ("regels", "Zoek in de regels"), ("vastgesteld", "Waarvoor? Eén zin")):
            watched.go(name, f"{seeded.query}&pand={first}")
            page.get_by_label(label).fill(text)
            page.get_by_label(label).press("Enter")
            settle(page)
            watched.check()
        page.get_by_role("button", name="Stel vast").click()
        expect(page.get_by_text("· vaststelling ")).to_be_visible()
        settle(page)
        watched.check()


def upload(watched: Watched, seeded: Seeded, texts: Sequence[str]) -> None:
    """Send a list with hostile names of columns, hostile cells and a hostile name of its own."""
    names = [re.sub(r"[\r\n;\"]", " ", text) for text in texts]
    rows = [f"{pand_id};1965;" + ";".join(names) for pand_id in seeded.pand_ids]
    content = "\n".join(["pand_id;bouwjaar;" + ";".join(names), *rows]).encode()
    page = watched.page
    named = next(text for text in names if "/" not in text)
    watched.go("inlezen", seeded.query)
    page.set_input_files("input[type=file]", {"name": f"{named}.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("Dit is gelezen")).to_be_visible(timeout=60_000)
    settle(page)
    watched.check()


def test_a_spread_of_texts_runs_nowhere(watched: Watched, rules: Rules, tmp_path: Path) -> None:
    assert len(make_scripts()) >= 200
    assert len(make_statements()) >= 200
    scripts, statements = make_scripts()[::27], make_statements()[::88]  # one building full
    seeded = put_everywhere(watched, f"sqlite:///{tmp_path}/q.db", [*scripts, *statements], rules)
    type_by_hand(watched, seeded, scripts[3:4])
    upload(watched, seeded, scripts)


def put_everywhere(watched: Watched, url: str, texts: Sequence[str], rules: Rules) -> Seeded:
    """Put texts in every place of the services and of the address, look everywhere, and find them there as text."""
    services = wiring.make_services(url)
    watched.texts = [text for text in texts if text.split() == text.split(" ")]  # without a tab or a line of its own
    seeded = seed(services, texts, rules)
    look_everywhere(watched, seeded)
    sit_in(watched, services, seeded, texts, rules)
    services.portfolios.store.close()  # type: ignore[attr-defined]
    ask_for(watched, seeded, texts)
    assert [text for text in watched.texts if text not in watched.shown] == []
    return seeded


@pytest.mark.long
def test_every_text_in_every_place_runs_nowhere(watched: Watched, rules: Rules, tmp_path: Path) -> None:
    scripts, statements = make_scripts(), make_statements()
    seeded = put_everywhere(watched, f"sqlite:///{tmp_path}/q.db", [*scripts, *statements], rules)
    type_by_hand(watched, seeded, scripts[::20])
    for place in range(0, len(scripts), 100):
        upload(watched, seeded, scripts[place : place + 100])
    print(f"\n{len(scripts)} scripts and {len(statements)} statements, {watched.looked} looks, nothing ran")  # noqa: T201


@pytest.mark.parametrize(
    "pages", [WITH_PEOPLE, pytest.param(("", *ADDRESSES, "leden"), marks=pytest.mark.long)], ids=["some", "all"]
)
def test_a_script_as_the_name_of_somebody_who_logs_in_runs_nowhere(
    browser: Browser, tmp_path: Path, pages: Sequence[str]
) -> None:
    """Names come from the log-in service, and those of organisations from who leads the server; both with other people."""
    first, second, third, *organisations = [text for text in make_scripts()[::11] if len(text) <= NAME]
    people = {who: claims | {"name": name} for (who, claims), name in zip(PEOPLE.items(), (first, second, third), strict=True)}
    with serve_with_log_in(tmp_path, people=people, QUICKSCAN_EERSTE_BEHEERDER=PEOPLE["ada"]["email"]) as site:
        windows = {}
        for who in people:
            context = browser.new_context(viewport=WIDE, **AS_PEOPLE)
            context.add_init_script(WATCH)
            windows[who] = Watched(context.new_page(), site.public, texts=[first, second, *organisations])
            windows[who].page.set_default_timeout(60_000)
            windows[who].listen()
            log_in(windows[who].page, site, who)
            windows[who].check()
        with site.stores() as stores:
            ada, bo, _ = (stores.people.find_people(claims["email"])[0] for claims in people.values())
            services = wiring.join_services(stores)
            for name in organisations:
                stores.people.create_organisation(name, author=ada.key, at=services.scans.clock())
            buildings = make_neighbourhood().buildings.head(3)
            made = services.portfolios.store.create_workspace(
                second, buildings, {}, fictional=False, author=ada.key, at=services.scans.clock()
            ).id
            link = Members(stores.members).invite(made, Seat(Role.CORPORATIE), author=ada.key)
            wiring.open_accounts(stores).accept(link.secret, find_login(stores, bo.number))
        for name in pages:
            windows["ada"].go(name, f"werkruimte={made}")
        assert windows["ada"].shown == {first, second, *organisations}
        for watched in windows.values():
            watched.page.context.close()


def test_every_parameter_that_a_page_reads_is_asked_for() -> None:
    """A key that is bound to the address in the code, and not in the table above, would never be tried."""
    found, known = set[str](), {name for names in ASKED.values() for name in names}
    for path in (*PROJECT.glob("quickscan/ui/*.py"), *PROJECT.glob("pages/*/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                if "bind" in given and isinstance(given["key"], ast.Constant):
                    found.add(str(given["key"].value))
    assert len(found) > 15
    assert found <= known
    assert set(ASKED) <= set(ADDRESSES)
