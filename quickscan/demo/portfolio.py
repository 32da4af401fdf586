"""The neighbourhood with its answers, in the form in which a workspace is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from quickscan.demo.answers import make_answers
from quickscan.demo.neighbourhood import Background, make_neighbourhood
from quickscan.domain.intake import SourceNote
from quickscan.domain.rules import Rules


@dataclass(slots=True)
class DemoPortfolio:
    """`buildings` has a column per answered criterion; `answers` holds the same as rows, with their notes."""

    name: str
    buildings: pd.DataFrame
    sources: Mapping[str, SourceNote]
    answers: pd.DataFrame
    background: Background


def make_demo(rules: Rules) -> DemoPortfolio:
    """Return the fictional neighbourhood with answers that are valid under these rules."""
    hood = make_neighbourhood()
    answers = make_answers(hood.buildings, rules)
    wide = answers.pivot_table(index="pand_id", columns="criterion", values="choice", aggfunc="first")
    asked = [active.id for active in rules.criteria if active.id in wide.columns]
    columns = wide[asked].reindex(hood.buildings["pand_id"]).reset_index(drop=True).astype("str")
    return DemoPortfolio(
        name=hood.name,
        buildings=pd.concat([hood.buildings, columns], axis=1),
        sources=hood.sources,
        answers=answers,
        background=hood.background,
    )
