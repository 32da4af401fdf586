"""Scripts and statements in every place where text comes in, before the real pages in a real browser: nothing runs.

The texts go in through the services (notes, authors, names, reasons, file names, all text facts), through an upload with
hostile column names and a hostile name, through fields by hand, and through the address. A page passes when no dialog
opened, no mark was set, the content security policy had nothing to stop, and no element has a handler or a script as its
address. `make test` puts a spread of the texts in every place; the long form puts every text in every place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect

from quickscan import wiring
from quickscan.demo import make_neighbourhood
from quickscan.domain.answers import Party
from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst, Interventie
from quickscan.services.imports import FileNote
from tests.conftest import PEILDATUM
from tests.e2e.browser import WIDE, serve, settle
from tests.hostile.scripts import make_scripts
from tests.hostile.statements import make_statements

pytestmark = pytest.mark.browser
TOGETHER = 6  # texts in one place at once
READ_BY_RULES = ("pand_id", "gebruiksdoel", "status")  # with something else in it a building is out of reach
TEXTS = [name for name, spec in FACTS.items() if spec.kind is Kind.TEKST and name not in READ_BY_RULES]
OF_A_BUILDING = ("quickscan", "gebouw", "verschillen", "businesscase")
OF_ALL = ("", "portefeuille", "kaart", "vergelijken", "financieel", "vastgesteld", "logboek", "inlezen", "regels", "voorbeelden")
ASKED = ("quickscan", "gebouw", "portefeuille", "kaart", "vergelijken", "vastgesteld", "logboek", "regels", "voorbeelden")
PARAMETERS = (
    *("als", "ingreep", "volgorde", "voorselectie", "oordeel", "zoek", "vanaf", "kolommen", "toon", "minstens", "tabel"),
    *("vergelijk", "vaststelling", "log_gebouw", "log_soort", "log_wie", "criterium", "regels_zoek", "regels_deel"),
    *("regels_aspect", "regels_aannames", "voorbeelden_land"),
)
WATCH = """document.addEventListener('securitypolicyviolation', event =>
  console.error('BELEID ' + event.effectiveDirective + ' ' + event.blockedURI))"""
FOUND = """() => [...document.querySelectorAll('*')].filter(element => [...element.attributes].some(({name, value}) =>
    /^on/i.test(name) || (/^(href|src|action|formaction|data|srcdoc|xlink:href)$/i.test(name)
      && /^\\s*(javascript|vbscript|data:text)/i.test(value)))).map(element => element.outerHTML.slice(0, 200))"""


def put_together(texts: Sequence[str]) -> list[str]:
    return [" ".join(texts[place : place + TOGETHER]) for place in range(0, len(texts), TOGETHER)]


@dataclass
class Watched:
    """A page, and everything it said that it should not have."""

    page: Page
    app: str
    query: str = ""
    said: list[str] = field(default_factory=list)
    looked: int = 0

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

    def check(self) -> None:
        """Look for anything that ran, or that would when somebody clicks."""
        assert self.page.evaluate("window.geraakt") is None, self.page.url
        assert self.page.evaluate(FOUND) == [], self.page.url
        assert self.page.locator("[data-testid=stException]").count() == 0, self.page.url
        body = self.page.inner_text("body")
        assert [words for words in ("Traceback", "Er ging iets mis") if words in body] == [], self.page.url
        assert self.said == [], self.page.url
        self.looked += 1


@dataclass(frozen=True)
class Seeded:
    """A workspace full of it: the buildings that hold it, and the query that leads to the workspace."""

    workspace: str
    pand_ids: tuple[str, ...]

    @property
    def query(self) -> str:
        return f"werkruimte={self.workspace}"


def seed(url: str, texts: Sequence[str], rules: Rules) -> Seeded:
    """Put every text in every place that a service takes text for: six at a time, one building each."""
    services, groups = wiring.make_services(url), put_together(texts)
    buildings = make_neighbourhood().buildings.query("gebruiksdoel != 'overige gebruiksfunctie'").head(len(groups)).copy()
    for name in TEXTS:
        buildings[name] = groups
    sources = dict.fromkeys(buildings.columns, SourceNote(Herkomst.OPGAVE, groups[0], PEILDATUM))
    store = services.portfolios.store
    made = store.create_workspace(groups[0], buildings, sources, fictional=False, author=groups[0], at=services.scans.clock()).id
    questions = [active for active in rules.criteria if active.codes][:8]
    for pand_id, words in zip(buildings["pand_id"], groups, strict=True):
        for party in (Party.SAMEN, Party.GEMEENTE, Party.CORPORATIE):
            for place, active in enumerate(questions):
                choice = active.codes[-1 if party is Party.CORPORATIE and place % 2 else 0]
                services.scans.answer(
                    made,
                    pand_id,
                    active.id,
                    choice=choice,
                    rules=rules,
                    author=words,
                    note=words,
                    expected_version=0,
                    party=party,
                )
        services.duo.reveal(made, pand_id, rules, viewer=Party.SAMEN, author=words)
        meeting = services.duo.meet(made, pand_id, rules, Interventie.OPTOPPEN)
        differing = meeting.items[0].difference.active.id
        services.duo.disagree(made, pand_id, differing, reason=words, rules=rules, author=words, expected_version=0)
        scan = services.scans.look(made, pand_id, rules)
        worked = services.finance.look(made, scan, rules)
        services.finance.settle(made, worked, scan=scan, rules=rules, author=words, name=words[:60])
        services.snapshots.settle(made, wiring.rulebook(), PEILDATUM, author=words, pand_id=pand_id, note=words)
    intake = Intake(buildings[["pand_id"]].assign(bouwlagen=4.0), {}, sources, (), len(buildings))
    notes = [(FileNote(f"{text}.csv", "f" * 64, 1, text, text), intake) for text in texts[:: max(1, len(texts) // 25)]]
    plan = services.imports.plan(notes[:1], workspace_id=made)
    services.imports.confirm(plan, name=None, author=groups[0])
    store.close()  # type: ignore[attr-defined]
    return Seeded(made, tuple(buildings["pand_id"]))


@pytest.fixture
def watched(browser: Browser, tmp_path: Path) -> Iterator[Watched]:
    with serve(tmp_path / "q.db") as app:
        context = browser.new_context(viewport=WIDE, locale="nl-NL")
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(30_000)
        found = Watched(page, app)
        page.on("console", found.hear)
        page.on("dialog", found.meet)
        yield found
        context.close()


def look_everywhere(watched: Watched, seeded: Seeded) -> None:
    for name in OF_ALL:
        watched.go(name, seeded.query)
    for pand_id in seeded.pand_ids:
        for name in OF_A_BUILDING:
            watched.go(name, f"{seeded.query}&pand={pand_id}")
    watched.go("quickscan", f"{seeded.query}&pand={seeded.pand_ids[0]}&volgorde=Planologisch")
    page = watched.page
    page.get_by_role("button", name="Alle vragen").click()
    page.locator("[data-testid=stPopoverBody] button", has=page.get_by_text("check_circle")).first.click()
    settle(page)
    page.get_by_role("button", name="Geschiedenis").click()
    expect(page.locator(".versies li").first).to_be_visible()
    watched.check()


def ask_for(watched: Watched, seeded: Seeded, texts: Sequence[str]) -> None:
    """Put texts in every parameter of the address, page after page; and in place of a workspace and a building."""
    for place, text in enumerate(texts):
        watched.go(ASKED[place % len(ASKED)], f"{seeded.query}&{urlencode(dict.fromkeys(PARAMETERS, text))}")
    for text in (texts[0], texts[-1]):
        watched.go("gebouw", f"{seeded.query}&{urlencode({'pand': text})}")
        watched.go("portefeuille", urlencode({"werkruimte": text}))


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
    scripts, statements = make_scripts()[::19], make_statements()[::66]
    seeded = seed(f"sqlite:///{tmp_path}/q.db", scripts, rules)
    look_everywhere(watched, seeded)
    ask_for(watched, seeded, [*scripts[:6], *statements])
    type_by_hand(watched, seeded, scripts[3:4])
    upload(watched, seeded, scripts)
    assert watched.looked > 30


@pytest.mark.long
def test_every_text_in_every_place_runs_nowhere(watched: Watched, rules: Rules, tmp_path: Path) -> None:
    seeded = seed(f"sqlite:///{tmp_path}/q.db", make_scripts(), rules)
    look_everywhere(watched, seeded)
    ask_for(watched, seeded, [*make_scripts(), *make_statements()])
    type_by_hand(watched, seeded, make_scripts()[::20])
    for place in range(0, len(make_scripts()), 100):
        upload(watched, seeded, make_scripts()[place : place + 100])
    print(f"\n{len(make_scripts())} scripts and {len(make_statements())} statements, {watched.looked} looks, nothing ran")  # noqa: T201
