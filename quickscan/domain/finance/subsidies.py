"""Subsidies as rules: how much, who asks, who gets it, what has to hold, when, and which do not go together.

Only the shape of the rules; what they say of one case is worked out in `quickscan.domain.finance.granting`.
A *voorwaarde* is one check on a fact of the case; a fact that nobody gave makes it unknown, and unknown never counts as
met. A *stapelregel* names subsidies of which only the highest counts.
Source: method section 7; every subsidy names its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from quickscan.domain.sourced import Code, Frozen, Sourced, Text

# What the case itself says; a person cannot fill these in.
OF_THE_CASE = frozenset({"woningen", "tekort", "sociale_huur", "betaalbaar"})
Positive = Annotated[float, Field(gt=0)]


class Uitkomst(StrEnum):
    JA = "ja"
    NEE = "nee"
    ONBEKEND = "onbekend"


class Budget(StrEnum):
    ONBEKEND = "onbekend"
    BESCHIKBAAR = "beschikbaar"
    TOEGEKEND = "toegekend"
    OP = "op"


class Voorwaarde(Frozen):
    """One check on one fact; exactly one of the tests is given."""

    tekst: Text
    feit: Code
    minstens: float | None = None
    hoogstens: float | None = None
    meer_dan: float | None = None
    is_een_van: tuple[str, ...] = ()
    is_waar: bool | None = None
    doen: str = ""  # what to do when it does not hold or is not known

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        given = [self.minstens, self.hoogstens, self.meer_dan, self.is_waar, self.is_een_van or None]
        if sum(each is not None for each in given) != 1:
            msg = "een voorwaarde heeft één toets: minstens, hoogstens, meer_dan, is_een_van of is_waar"
            raise ValueError(msg)
        return self

    @property
    def kind(self) -> str:
        """Return what the fact has to be."""
        if self.is_waar is not None:
            return "ja of nee"
        return "tekst" if self.is_een_van else "getal"

    def holds(self, facts: Mapping[str, Any]) -> Uitkomst:
        """Return whether the voorwaarde holds for these facts."""
        value = facts.get(self.feit)
        if value is None:
            return Uitkomst.ONBEKEND
        if self.is_waar is not None:
            held = value is self.is_waar
        elif self.is_een_van:
            held = value in self.is_een_van
        elif isinstance(value, bool) or not isinstance(value, int | float):
            return Uitkomst.ONBEKEND
        elif self.minstens is not None:
            held = value >= self.minstens
        elif self.hoogstens is not None:
            held = value <= self.hoogstens
        else:
            held = self.meer_dan is not None and value > self.meer_dan
        return Uitkomst.JA if held else Uitkomst.NEE


class Criterium(Frozen):
    """Something an application is ranked by, with its weight."""

    naam: Text
    gewicht: Annotated[float, Field(gt=0, le=1)]


class SubsidyVersion(Sourced):
    """A scheme as it is from a day on."""

    bedrag_eur_per_woning: Positive | None = None
    hoogste_bedrag_eur: Positive | None = None  # for the whole project
    hoogste_deel_van_kosten: Positive | None = None
    telt_voor: Code | None = None  # the fact with the number of homes it is for; all new homes when left out
    open_vanaf: date | None = None
    open_tot: date | None = None
    start_bouw_vanaf: date | None = None
    start_bouw_tot: date | None = None
    start_minstens_weken_na_aanvraag: Positive | None = None
    start_hoogstens_maanden_na_aanvraag: Positive | None = None
    alleen_bij_tekort: bool = False  # only while a shortage is left after what counts before it
    voorwaarden: tuple[Voorwaarde, ...] = ()
    criteria: tuple[Criterium, ...] = ()
    budget: str = ""  # what is known of the total, as text: it is not followed


class Subsidy(Frozen):
    """A scheme with its versions, oldest first."""

    id: Code
    naam: Text
    gever: Text
    soort: Literal["bijdrage", "gebiedstoets", "expertise"] = "bijdrage"
    aanvrager: Text
    ontvanger: Text
    versies: tuple[SubsidyVersion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        days = [version.vanaf for version in self.versies]
        if days != sorted(set(days)):
            msg = "versies staan niet op datum, of twee versies beginnen op dezelfde dag"
            raise ValueError(msg)
        return self

    @property
    def needs_passing_on(self) -> bool:
        return self.ontvanger == "gemeente"


class StackingRule(Sourced):
    """Subsidies of which only the highest counts, and why."""

    id: Code
    leden: tuple[Code, ...] = Field(min_length=2)
    waarom: Text


class SubsidyBook(Frozen):
    """All schemes and stacking rules; `on` gives what is in force."""

    subsidies: tuple[Subsidy, ...]
    stapelregels: tuple[StackingRule, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(subsidy.id for subsidy in self.subsidies)

    @property
    def fingerprint(self) -> str:
        """Return 12 characters that change when any scheme or rule changes, and not with the order of the files."""
        content = self.model_dump(mode="json")
        for part in content.values():
            part.sort(key=lambda item: item["id"])
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def asked(self) -> dict[str, str]:
        """Return the facts that a person can fill in, with their kind: getal, ja of nee, or tekst."""
        found: dict[str, str] = {}
        for subsidy in self.subsidies:
            for version in subsidy.versies:
                found |= {version.telt_voor: "getal"} if version.telt_voor else {}
                found |= {
                    condition.feit: condition.kind for condition in version.voorwaarden if condition.feit not in OF_THE_CASE
                }
        return found

    def on(self, day: date) -> tuple[tuple[Subsidy, SubsidyVersion], ...]:
        """Return every scheme with the version in force on a day."""
        active = []
        for subsidy in self.subsidies:
            versions = [version for version in subsidy.versies if version.vanaf <= day]
            if versions:
                active.append((subsidy, versions[-1]))
        return tuple(active)
