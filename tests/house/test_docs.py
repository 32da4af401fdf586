"""The documentation names what is there."""

from __future__ import annotations

from pathlib import Path

from quickscan.domain.facts import FACTS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_fact_stands_in_the_documentation_with_its_choices() -> None:
    text = (DOCS / "feiten.md").read_text(encoding="utf-8")
    missing = [name for name, spec in FACTS.items() if f"| `{name}` | {spec.label} |" not in text]
    missing += [f"{name}: {option}" for name, spec in FACTS.items() for option in spec.options if option not in text]
    assert missing == []
