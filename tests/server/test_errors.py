"""Whatever a page raises, a person sees what to do and a code; the log has that code, and neither has what was raised."""

from __future__ import annotations

import builtins
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.browser import free_port
from tests.server.running import PROJECT, Process, answers, run, server_environment, wait_until
from tests.server.visitor import Visitor

KINDS_WANTED = 50
PUBLIC = "https://localhost:8443"
CODE = re.compile(r"code \*\*([0-9a-f]{4}-[0-9a-f]{4})\*\*")
FORBIDDEN = ("Traceback", "Jansen", "voorbeeld.nl", "111222333", "hunter2", "/srv", "site-packages", "faulty_page", str(PROJECT))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Process]]:
    folder, port, figures = tmp_path_factory.mktemp("stuk"), free_port(), free_port()
    environment = server_environment(folder, public=PUBLIC, database=f"sqlite:///{folder}/q.db")
    environment |= {"QUICKSCAN_METINGEN": f"127.0.0.1:{figures}"}
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("faulty_server.py"))]
    with run(
        [*command, "--server.port", str(port)], folder / "log.txt", environment={**environment, "PYTHONPATH": str(PROJECT)}
    ) as server:
        wait_until(answers(f"http://127.0.0.1:{port}/_stcore/health"), running=server)
        yield f"http://127.0.0.1:{port}|http://127.0.0.1:{figures}/metrics", server


def visit(address: str, query: str) -> Visitor:
    return Visitor(address, origin=PUBLIC, query=query)


def check(
    shown: str, server: Process, *, said: str = "Er ging iets mis op deze pagina. Wat bewaard was, is bewaard."
) -> dict[str, object]:
    """Return the line of the log that belongs to what was shown."""
    (code,) = set(CODE.findall(shown))
    assert said in shown.replace("\\", "")  # a sign that Markdown knows has a backslash before it
    assert [word for word in FORBIDDEN if word in shown] == []
    lines = [json.loads(line) for line in server.read().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("code") == code]
    return line


def test_fifty_kinds_of_exceptions_show_a_code_and_nothing_else(faulty: tuple[str, Process]) -> None:
    addresses, server = faulty
    address = addresses.split("|")[0]
    kinds = [name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    kinds = [name for name in kinds if not name.startswith("Unicode") and not name.endswith("Group")][:KINDS_WANTED]
    assert len(kinds) == KINDS_WANTED
    sessions = set()
    for kind in kinds:
        with visit(address, f"soort={kind}") as visitor:
            line = check(visitor.rerun().text(), server)
        found = line["error"]
        assert isinstance(found, list)
        assert found[-1] == "LookupError"
        assert line["places"][-1].endswith(" fail")  # type: ignore[index]
        assert len(str(line["request"])) == 32
        sessions.add((line["session"], line["request"]))
    assert len(sessions) == KINDS_WANTED
    assert [word for word in ("Jansen", "voorbeeld.nl", "111222333", "hunter2", "127.0.0.1:") if word in quiet(server)] == []
    assert "quickscan_errors_total" in httpx.get(addresses.split("|")[1], timeout=10).text


@pytest.mark.parametrize("where", ["deel", "kader"])
def test_a_fault_in_a_part_or_in_a_box_is_told_the_same_way(faulty: tuple[str, Process], where: str) -> None:
    addresses, server = faulty
    with visit(addresses.split("|")[0], f"soort=ValueError&waar={where}") as visitor:
        assert check(visitor.rerun().text(), server)["level"] == "error"


def test_a_fault_in_what_a_button_does_is_told_the_same_way(faulty: tuple[str, Process]) -> None:
    addresses, server = faulty
    with visit(addresses.split("|")[0], "") as visitor:
        shown = visitor.rerun()
        assert CODE.search(shown.text()) is None
        assert check(visitor.rerun(button=shown.button("druk")).text(), server)["error"] == ["ValueError", "LookupError"]


def test_an_error_made_for_people_is_told_without_its_place(faulty: tuple[str, Process]) -> None:
    addresses, server = faulty
    with visit(addresses.split("|")[0], "waar=database") as visitor:
        line = check(visitor.rerun().text(), server, said="De schijf met de gegevens is vol. Er is niets bewaard.")
    assert line["error"] == ["quickscan.store.errors.StoreError"]


def quiet(server: Process) -> str:
    """Return the log without the first lines, in which Streamlit says where it listens."""
    return "\n".join(line for line in server.read().splitlines() if line.startswith("{"))
