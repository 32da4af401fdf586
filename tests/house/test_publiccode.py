"""publiccode.yml 0.7: every required key is there, with a value that catalogues accept."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
REQUIRED = (
    "publiccodeYmlVersion",
    "name",
    "url",
    "platforms",
    "developmentStatus",
    "softwareType",
    "description",
    "legal.license",
    "maintenance.type",
    "localisation.localisationReady",
    "localisation.availableLanguages",
)


@pytest.fixture(scope="module")
def publiccode() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", REQUIRED)
def test_required_key_is_filled(publiccode: dict[str, Any], key: str) -> None:
    value: Any = publiccode
    for part in key.split("."):
        value = value[part]
    assert value not in (None, "", [], {})


def test_values_come_from_the_standard(publiccode: dict[str, Any]) -> None:
    assert publiccode["publiccodeYmlVersion"] == "0.7.0"
    assert publiccode["url"].startswith("https://")
    assert publiccode["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert publiccode["softwareType"] == "standalone/web"
    assert publiccode["legal"]["license"] == "EUPL-1.2"
    assert publiccode["localisation"]["localisationReady"] in {True, False}
    assert "nl" in publiccode["localisation"]["availableLanguages"]


def test_community_maintenance_names_a_contact(publiccode: dict[str, Any]) -> None:
    assert publiccode["maintenance"]["type"] == "community"
    assert all(contact["name"] for contact in publiccode["maintenance"]["contacts"])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_description_fits_the_lengths_of_the_standard(publiccode: dict[str, Any], language: str) -> None:
    description = publiccode["description"][language]
    assert 1 <= len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert description["features"]
