"""The app refuses to start with a hole, says every hole at once, and starts when there is none."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from quickscan import wiring
from quickscan.serving.mounts import is_on_network
from quickscan.serving.settings import ServerSettings, read_settings
from quickscan.serving.start import check_start
from tests.server.running import COOKIE_SECRET, PROJECT, server_environment

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/gegevens /mnt/onze\\040map nfs4 rw 0 0
//server/deling /mnt/deling cifs rw 0 0
/dev/sdb1 /mnt/deling/hier ext4 rw 0 0
me@host:/ /home/ik/ver fuse.sshfs rw 0 0
"""
SERVER = ServerSettings(
    mode="server",
    bind="0.0.0.0",  # noqa: S104 - what a container does
    public="https://quickscan.voorbeeld.nl",
    database="postgresql://quickscan@database/quickscan",
    replicas="2",
    cookie_secret=COOKIE_SECRET,
    oidc={
        "redirect_uri": "https://quickscan.voorbeeld.nl/oauth2callback",
        "client_id": "quickscan",
        "client_secret": "van-de-inlogdienst",
        "server_metadata_url": "https://inloggen.voorbeeld.nl/.well-known/openid-configuration",
    },
    mounts=MOUNTS,
)
SQLITE = "sqlite:////srv/quickscan.db"


def test_a_complete_server_and_a_laptop_may_start() -> None:
    assert check_start(SERVER) == []
    assert check_start(replace(SERVER, database=SQLITE, replicas="1")) == []
    assert check_start(ServerSettings()) == []
    assert check_start(ServerSettings(bind="::1", database=SQLITE, metrics="127.0.0.1:9464")) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cookie_secret": ""}, "geheim van de inlogcookie ontbreekt"),
        ({"cookie_secret": COOKIE_SECRET[:31]}, "korter dan 32"),
        ({"cookie_secret": "VERVANG" + COOKIE_SECRET}, "voorbeeld"),
        ({"cookie_secret": "changeme" * 8}, "voorbeeld"),
        ({"cookie_secret": "12345678" * 8}, "te raden"),
        ({"debug": ("QUICKSCAN_DEBUG",)}, "Foutopsporing"),
        ({"database": SQLITE}, "maar één exemplaar"),
        ({"database": ""}, "maar één exemplaar"),
        ({"database": "postgresql://quickscan:VERVANG@database/quickscan"}, "wachtwoord van de database"),
        ({"replicas": "veel"}, "QUICKSCAN_REPLICAS"),
        ({"replicas": "0"}, "QUICKSCAN_REPLICAS"),
        ({"database": "sqlite:////mnt/onze map/q.db", "replicas": "1"}, "netwerkmap"),
        ({"database": "sqlite:////mnt/deling/q.db", "replicas": "1"}, "netwerkmap"),
        ({"database": "sqlite:////home/ik/ver/a/q.db?timeout=3", "replicas": "1"}, "netwerkmap"),
        ({"database": r"sqlite:///\\server\deling\q.db", "replicas": "1"}, "netwerkmap"),
        ({"database": "sqlite://///server/deling/q.db", "replicas": "1"}, "netwerkmap"),
        ({"oidc": {}}, "redirect_uri, client_id, client_secret, server_metadata_url"),
        ({"oidc": {**SERVER.oidc, "client_secret": "VERVANG"}}, "client_secret"),
        ({"oidc": {**SERVER.oidc, "redirect_uri": "https://elders.nl/oauth2callback"}}, "ander adres"),
        ({"limits": {"QUICKSCAN_SESSIE_STIL": "een uur"}}, "QUICKSCAN_SESSIE_STIL is 'een uur'"),
        ({"limits": {"QUICKSCAN_SESSIE_DUUR": "0"}}, "QUICKSCAN_SESSIE_DUUR"),
        ({"public": ""}, "QUICKSCAN_ADRES ontbreekt"),
        ({"public": "quickscan.voorbeeld.nl"}, "geen adres"),
        ({"public": "https://quickscan.voorbeeld.nl/pad"}, "geen adres"),
        ({"public": "http://quickscan.voorbeeld.nl"}, "proxy met TLS"),
        ({"public": "http://localhost:8501"}, "proxy met TLS"),
        ({"mode": "sever"}, "Kies 'lokaal' of 'server'"),
        ({"metrics": "9464"}, "QUICKSCAN_METINGEN"),
    ],
)
def test_a_server_with_a_hole_is_refused(change: dict[str, object], word: str) -> None:
    problems = check_start(replace(SERVER, **change))
    assert any(word in problem for problem in problems), problems


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.168.1.5", "pc-12.gemeente.nl"])  # noqa: S104
def test_a_laptop_listens_to_itself_only(bind: str) -> None:
    (problem,) = check_start(ServerSettings(bind=bind))
    assert f"niet op '{bind}'" in problem


def test_all_holes_are_told_at_once() -> None:
    assert len(check_start(ServerSettings(mode="server", replicas="2", debug=("QUICKSCAN_DEBUG",)))) == 5


def test_secrets_are_in_no_text_of_the_settings() -> None:
    assert COOKIE_SECRET not in repr(SERVER)
    assert "inlogdienst" not in repr(SERVER)
    assert "database" not in repr(SERVER)
    assert COOKIE_SECRET[:31] not in "".join(check_start(replace(SERVER, cookie_secret=COOKIE_SECRET[:31])))


def test_a_mount_within_a_network_share_is_local_again() -> None:
    assert not is_on_network("/mnt/deling/hier/q.db", MOUNTS)
    assert not is_on_network("/mnt/delinger/q.db", MOUNTS)
    assert not is_on_network("C:/Users/ik/q.db", "")


def test_settings_come_from_the_environment_and_the_secrets_file(tmp_path: Path) -> None:
    environment = server_environment(tmp_path, public="https://quickscan.voorbeeld.nl", database=SQLITE)
    read = read_settings({**environment, "STREAMLIT_LOGGER_LEVEL": "DEBUG"}, bind="0.0.0.0")  # noqa: S104
    assert (read.mode, read.public, read.cookie_secret) == ("server", "https://quickscan.voorbeeld.nl", COOKIE_SECRET)
    assert read.debug == ("STREAMLIT_LOGGER_LEVEL",)
    assert read.oidc["client_id"] == "quickscan"
    assert (read.origin, read.has_tls, read.is_server) == ("https://quickscan.voorbeeld.nl", True, True)


def test_log_in_settings_of_a_named_provider_count(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('[auth]\nredirect_uri = "r"\ncookie_secret = "c"\n[auth.entra]\nclient_id = "i"\n', encoding="utf-8")
    read = read_settings({"STREAMLIT_SECRETS_FILES": str(file)}, bind="127.0.0.1")
    assert (read.oidc["redirect_uri"], read.oidc["client_id"], read.cookie_secret) == ("r", "i", "c")


def test_without_a_database_named_it_is_the_one_that_the_app_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUICKSCAN_DATABASE", raising=False)
    assert read_settings({}, bind="127.0.0.1").database == wiring.database_url()


def test_streamlit_does_not_ask_the_internet_for_our_address() -> None:
    # Its welcome does, as soon as the app listens to more than this computer.
    assert tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["logger"]["hideWelcomeMessage"]


def test_the_server_itself_refuses_and_says_why(tmp_path: Path) -> None:
    environment = server_environment(tmp_path, public="https://quickscan.voorbeeld.nl", database=f"sqlite:///{tmp_path}/q.db")
    command = [sys.executable, "-m", "streamlit", "run", "quickscan/server.py", "--server.port", "0"]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={"PATH": "", **environment, "QUICKSCAN_REPLICAS": "2", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 2
    assert "De app start niet:\n- SQLite dient maar één exemplaar" in done.stderr
    assert "Traceback" not in done.stderr
    assert COOKIE_SECRET not in done.stdout + done.stderr
    assert not (tmp_path / "q.db").exists()
