from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import pytest

from quickscan import cli
from tests.cli.conftest import PROJECT, Run

DOCS = (PROJECT / "docs" / "cli.md").read_text(encoding="utf-8")
COMMANDS = (
    "check",
    "screen",
    "template",
    "backtest",
    "businesscase",
    "backup",
    "restore",
    "migrate",
    "transfer",
    "person",
    "app",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_in_the_documentation(command: str, run: Run) -> None:
    overall, told = run("--help").stdout, run(command, "--help").stdout
    assert re.search(rf"^    {command} ", overall, re.MULTILINE)
    section = DOCS.split(f"## {command}:")[1].split("\n## ")[0]
    for option in set(re.findall(r"--[a-z][a-z-]*", told)) - {"--help"}:
        assert option in section
    assert "--help" in DOCS


def test_the_documentation_knows_no_other_commands(run: Run) -> None:
    listed = re.findall(r"^    ([a-z]+) ", run("--help").stdout, re.MULTILINE)
    assert tuple(listed) == COMMANDS
    assert re.findall(r"^## ([a-z]+):", DOCS, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "dit ontbreekt: OPDRACHT"),
        (("doe",), "'doe' is geen opdracht"),
        (("screen", "x.csv"), "dit ontbreekt: --out"),
        (("screen", "x.csv", "--out"), "--out heeft een waarde nodig"),
        (("screen", "x.csv", "--out", "y.csv", "--date", "morgen"), "is geen datum"),
        (("check", "x.csv", "--snel"), "onbekend: --snel"),
        (("app", "--port", "99999"), "is geen poort"),
    ],
)
def test_a_wrong_command_gives_2_in_dutch(run: Run, arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "gebruik:" in done.stderr


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_column_of_the_template_is_understood_and_only_rows_are_missing(run: Run, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"invul.{ending}"
    assert run("template", out).returncode == 0
    content = json.loads(run("check", out, "--json").stdout)
    assert None not in content["mapping"].values()
    assert len(content["mapping"]) > 20
    assert [fault["row"] for fault in content["faults"] if not fault["notice"]] == [None]


def test_a_template_of_another_kind_gives_2(run: Run, tmp_path: Path) -> None:
    done = run("template", tmp_path / "invul.docx")
    assert done.returncode == 2
    assert ".xlsx" in done.stderr


def test_the_backtest_tells_error_range_and_what_was_left_out(run: Run) -> None:
    done = run("backtest")
    assert done.returncode == 0, done.stderr
    assert "Klapwiek" in done.stdout
    assert "mediaan van de absolute fout" in done.stdout
    assert "binnen de band" in done.stdout
    assert "Niet gebruikt" in done.stdout


def test_the_app_starts_streamlit_from_the_project_with_the_chosen_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append(command))
    monkeypatch.chdir(tmp_path)
    for name in (cli.DEMO_VARIABLE, "QUICKSCAN_DATABASE"):
        monkeypatch.setenv(name, "")
    cli.main(["app", "--port", str(_free_port()), "--database", "mijn.db", "--no-demo"])
    (command,) = started
    assert command[1:4] == ["-m", "streamlit", "run"]
    assert Path(command[4]).name in ("server.py", "app.py")
    assert Path.cwd() == PROJECT
    assert os.environ["QUICKSCAN_DATABASE"] == f"sqlite:///{(tmp_path / 'mijn.db').as_posix()}"
    assert os.environ[cli.DEMO_VARIABLE] == "0"
    assert "http://localhost:" in capsys.readouterr().out


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert cli.main(["app", "--port", str(taken.getsockname()[1])]) == 2
    assert "niet vrij" in capsys.readouterr().err


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
