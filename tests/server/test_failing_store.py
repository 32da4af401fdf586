"""The disk fills up, the file goes, a page is corrupt, the server goes or may only read: said in Dutch, and never "bewaard".

Each time the real app runs, a person answers in a real browser, and after it is mended the person simply goes on.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL, create_engine, text

from quickscan import wiring
from quickscan.domain.answers import Party
from tests.e2e.browser import AS_PEOPLE, WIDE, free_port, settle
from tests.server.running import answers, run, wait_until

pytestmark = pytest.mark.browser
CHOICES = ".st-key-keuzes button"
SAVED = "[data-testid=stCaptionContainer]:has-text('Bewaard')"


def make_scan(url: str) -> str:
    """Make the demo, and return the query that leads to a building that can be scored."""
    rules, services = wiring.rules_on(), wiring.make_services(url)
    made = services.portfolios.open_demo(rules, author="proef").id
    table = services.portfolios.screen(made, rules)
    services.portfolios.store.close()  # type: ignore[attr-defined]
    pand_id = table.sort_values("rang")["pand_id"].iloc[0]
    return f"werkruimte={made}&pand={pand_id}&volgorde=Organisatorisch"


def count_answers(url: str, query: str) -> int:
    """Return how many answers there are, asked of the database itself."""
    services = wiring.make_services(url)
    made, pand_id = (part.split("=")[1] for part in query.split("&")[:2])
    found = len(services.portfolios.store.read_answers(made, pand_id, Party.SAMEN))
    services.portfolios.store.close()  # type: ignore[attr-defined]
    return found


@contextmanager
def serving(url: str, log: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "quickscan", "app", "--port", str(port), "--database", url]
    with run(command, log) as server:
        wait_until(answers(f"http://127.0.0.1:{port}/_stcore/health"), running=server, seconds=180)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE, **AS_PEOPLE)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    context.close()


def look(page: Page, app: str, query: str) -> None:
    page.goto(f"{app}/quickscan?{query}")
    settle(page)


def answer(page: Page, app: str, query: str) -> None:
    """Open the page and answer the question that is asked; it is said that it was saved."""
    look(page, app, query)
    page.locator(CHOICES).first.click()
    expect(page.locator(SAVED)).to_be_visible(timeout=30_000)
    settle(page)


def answer_in_vain(page: Page, words: str) -> None:
    """Answer once more, and read why it was not saved."""
    page.locator(CHOICES).first.click()
    expect(page.get_by_text(words).first).to_be_visible(timeout=60_000)
    settle(page)
    body = page.inner_text("body")
    assert page.locator(SAVED).count() == 0, body
    assert "Traceback" not in body
    assert "sqlalchemy" not in body.lower()


@contextmanager
def mounted(folder: Path, *how: str) -> Iterator[Path]:
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, *how, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("a small or read-only disk can only be made by root, with the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "schijf", "-t", "tmpfs", "-o", "size=12m", "tmpfs") as folder:
        yield folder


def fill(folder: Path) -> Path:
    """Leave no room at all."""
    filling = folder / "vol"
    with filling.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filling


def test_a_full_disk_is_said_and_with_room_it_goes_on(page: Page, small_disk: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{small_disk / 'q.db'}"
    query = make_scan(url)
    before = count_answers(url, query)
    with serving(url, tmp_path / "log.txt") as app:
        answer(page, app, query)
        filling = fill(small_disk)
        answer_in_vain(page, "De schijf met de gegevens is vol. Er is niets bewaard.")
        filling.unlink()
        answer(page, app, query)
    assert count_answers(url, query) == before + 2


def test_a_file_that_goes_is_said_and_when_it_is_back_it_goes_on(page: Page, tmp_path: Path) -> None:
    path, away = tmp_path / "q.db", tmp_path / "weg.db"
    url = f"sqlite:///{path}"
    query = make_scan(url)
    before = count_answers(url, query)
    with serving(url, tmp_path / "log.txt") as app:
        answer(page, app, query)
        path.rename(away)
        answer_in_vain(page, "Het gegevensbestand is verdwenen of vervangen")
        away.rename(path)
        answer(page, app, query)
    assert count_answers(url, query) == before + 2


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that `lock` makes read-only, also for root, as a disk that was mounted so."""
    place = tmp_path / "vast"
    with mounted(place, "--bind", str(place)) as folder:
        yield folder


def lock(folder: Path, *, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,bind,{how}", folder], check=True)


def test_a_file_that_may_only_be_read_is_said_and_later_it_goes_on(page: Page, locked_folder: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{locked_folder / 'q.db'}"
    query = make_scan(url)
    before = count_answers(url, query)
    lock(locked_folder, how="ro")
    with serving(url, tmp_path / "log.txt") as app:
        look(page, app, query)
        expect(page.get_by_text("Het gegevensbestand kan niet worden geopend").first).to_be_visible()
        body = page.inner_text("body")
        assert "of je er mag schrijven" in body
        assert "Traceback" not in body
        assert "sqlalchemy" not in body.lower()
        assert page.locator(CHOICES).count() == 0
        lock(locked_folder, how="rw")
        answer(page, app, query)
    assert count_answers(url, query) == before + 1


def test_a_corrupt_page_is_said(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "q.db"
    url = f"sqlite:///{path}"
    query = make_scan(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        first = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'answer'").scalar_one()
    engine.dispose()
    with path.open("rb+") as file:
        file.seek((first - 1) * size)
        file.write(b"\xff" * size)
    with serving(url, tmp_path / "log.txt") as app:
        page.goto(f"{app}/quickscan?{query}")
        expect(page.get_by_text("Het gegevensbestand is beschadigd").first).to_be_visible(timeout=60_000)
        body = page.inner_text("body")
        assert "Zet de laatste back-up terug" in body
        assert "Traceback" not in body
        assert page.locator(SAVED).count() == 0


def test_a_server_that_goes_or_may_only_read_is_said_and_then_it_goes_on(
    page: Page, empty_postgres_url: URL, postgres_server: URL, tmp_path: Path
) -> None:
    url, name = empty_postgres_url.render_as_string(hide_password=False), empty_postgres_url.database
    query = make_scan(url)
    before = count_answers(url, query)
    boss = create_engine(postgres_server, isolation_level="AUTOCOMMIT")

    def order(statement: str) -> None:
        with boss.connect() as connection:
            connection.execute(text(statement.format(name)))
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name})

    with serving(url, tmp_path / "log.txt") as app:
        answer(page, app, query)
        order("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")
        answer_in_vain(page, "De databaseserver")
        order("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true")
        answer(page, app, query)
        order("ALTER DATABASE {} SET default_transaction_read_only = on")
        answer_in_vain(page, "De gegevens kunnen alleen worden gelezen.")
        order("ALTER DATABASE {} RESET default_transaction_read_only")
        answer(page, app, query)
    boss.dispose()
    assert count_answers(url, query) == before + 3
