"""What stands in deploy/ fits together and fits the app. That it runs in containers is for who has a container runtime."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from quickscan.serving.settings import read_settings
from quickscan.serving.start import check_start
from tests.server.running import COOKIE_SECRET, PROJECT, TEMPLATE

DEPLOY = PROJECT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
APPS = ("app1", "app2")


def variables(file: str) -> dict[str, str]:
    lines = (DEPLOY / file).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def settings_of(name: str, folder: Path, *, filled: bool) -> list[str]:
    """Return the problems of a replica started with the examples as they are, or filled in."""

    def fill(text: str) -> str:
        return text.replace('cookie_secret = "VERVANG', f'cookie_secret = "{COOKIE_SECRET}').replace("VERVANG", "ingevuld-7")

    secrets = (DEPLOY / "geheim" / "inloggen.toml.voorbeeld").read_text(encoding="utf-8")
    (folder / "inloggen.toml").write_text(fill(secrets) if filled else secrets, encoding="utf-8")
    environment = variables("app.env.voorbeeld") | SERVICES[name]["environment"]
    environment = {key: fill(str(value)) if filled else str(value) for key, value in environment.items()}
    environment["STREAMLIT_SECRETS_FILES"] = str(folder / "inloggen.toml")
    return check_start(read_settings(environment, bind="0.0.0.0"))  # noqa: S104 - as the image does


def test_the_examples_are_refused_until_they_are_filled_in(tmp_path: Path) -> None:
    problems = " ".join(settings_of("app1", tmp_path, filled=False))
    assert all(word in problems for word in ("wachtwoord van de database", "cookie_secret", "client_id, client_secret"))


@pytest.mark.parametrize("name", APPS)
def test_the_examples_start_when_filled_in(tmp_path: Path, name: str) -> None:
    assert settings_of(name, tmp_path, filled=True) == []


def test_every_name_in_the_proxy_is_filled_in_and_leads_to_a_replica() -> None:
    given = SERVICES["proxy"]["environment"] | variables("proxy.env.voorbeeld")
    assert set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text(encoding="utf-8"))) == set(given)
    assert {given["APP_1"], given["APP_2"]} == {f"{name}:8501" for name in APPS}
    assert given["PUBLIC"] == variables("app.env.voorbeeld")["QUICKSCAN_ADRES"] == f"https://{given['NAME']}"


def test_replicas_are_equal_and_as_many_as_they_are_told() -> None:
    assert SERVICES["app1"] == SERVICES["app2"]
    assert SERVICES["app1"]["environment"]["QUICKSCAN_REPLICAS"] == str(len(APPS))


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert service.get("read_only") or name == "database"
    assert bool(service.get("ports")) == (name == "proxy")


def test_the_database_is_on_a_network_without_a_way_out() -> None:
    assert SERVICES["database"]["networks"] == ["binnen"]
    assert COMPOSE["networks"]["binnen"] == {"internal": True}
    assert "binnen" not in SERVICES["proxy"]["networks"]


def test_the_image_is_of_wheels_with_hashes_and_runs_without_rights() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes --only-binary :all:" in text
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001:10001"]
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    assert [name for name in copied if not (PROJECT / name).exists()] == []
    ignore = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {name.removeprefix("!") for name in ignore if name.startswith("!")} == set(copied)


def test_no_secret_can_be_committed() -> None:
    files = {path.name for path in (DEPLOY / "geheim").iterdir() if path.name.endswith(".voorbeeld")}
    assert files == {"inloggen.toml.voorbeeld"}
    ignored = (DEPLOY / ".gitignore").read_text(encoding="utf-8")
    assert all(line in ignored.splitlines() for line in ("/app.env", "/proxy.env", "/geheim/*", "!/geheim/*.voorbeeld"))
