"""The rulebook in memory: criteria, dated parameters, actions and steps; and what is in force on a day.

A criterion asks one question. Each version of it has a day from which it counts, a source and a list of choices with
points. A choice is made by a person, or follows from a fact or a measure: by a band on a number, or by a value in a
list. `Rulebook.on(day)` gives the `Rules` in force; everything that computes takes `Rules`, never a `Rulebook`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from quickscan.domain.bands import check_bands
from quickscan.domain.errors import QuickscanError
from quickscan.domain.planbook import Action, PlanBook, Step
from quickscan.domain.sourced import Code, Frozen, Sourced, Text
from quickscan.domain.terms import Aspect, Blokkade, Interventie, Moeite, Voorselectie

Points = Annotated[float, Field(ge=0, le=100)]
SourcedT = TypeVar("SourcedT", bound="Sourced")


class Choice(Frozen):
    """One answer. `vanaf`/`tot` is a band [vanaf, tot), `boven`/`tot_en_met` a band (boven, tot_en_met]."""

    code: Code
    label: Text
    punten: Points
    blokkade: Blokkade = Blokkade.GEEN
    voorwaarde: str = ""  # the condition a verdict lists when this choice stands in the way
    maanden: float = 0.0  # effect on the duration of the criterion's step; negative speeds up
    termijn: str = ""  # the parameter that is the duration of the step now; the plan counts this, not `maanden`
    seizoenen: tuple[str, ...] = ()  # nature that has to be counted first; the plan counts this, not `maanden`
    lessen: tuple[str, ...] = ()  # lessons of parallel planning that are agreed; the plan counts these, not `maanden`
    acties: tuple[str, ...] = ()
    waarden: tuple[str, ...] = ()  # values of the fact that lead to this choice
    vanaf: float | None = None
    tot: float | None = None
    boven: float | None = None
    tot_en_met: float | None = None
    toelichting: str = ""

    @property
    def is_band(self) -> bool:
        return any(limit is not None for limit in (self.vanaf, self.tot, self.boven, self.tot_en_met))


class CriterionVersion(Sourced):
    """What a criterion asks and counts from a day on."""

    gewicht: Annotated[float, Field(ge=0)]
    prior: Points | None = None  # expected points while unknown; the midpoint when left out
    keuzes: tuple[Choice, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _choices_hold_together(self) -> Self:
        faults = _choice_faults(self.keuzes)
        lowest, highest = min(k.punten for k in self.keuzes), max(k.punten for k in self.keuzes)
        if self.prior is not None and not lowest <= self.prior <= highest:
            faults.append(f"prior {self.prior:g} ligt niet tussen de laagste ({lowest:g}) en hoogste ({highest:g}) punten")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def expected(self) -> float:
        """Points while unknown: the prior, or halfway between the lowest and the highest."""
        if self.prior is not None:
            return self.prior
        points = [choice.punten for choice in self.keuzes]
        return (min(points) + max(points)) / 2

    @property
    def has_bands(self) -> bool:
        return any(choice.is_band for choice in self.keuzes)


def _choice_faults(choices: tuple[Choice, ...]) -> list[str]:
    faults = []
    codes = [choice.code for choice in choices]
    faults += [f"keuze '{code}' staat er twee keer" for code in sorted({c for c in codes if codes.count(c) > 1})]
    values = [value for choice in choices for value in choice.waarden]
    faults += [f"waarde '{value}' hoort bij twee keuzes" for value in sorted({v for v in values if values.count(v) > 1})]
    bands = [choice for choice in choices if choice.is_band]
    if bands:
        faults += _band_faults(bands)
    return faults


def _band_faults(bands: list[Choice]) -> list[str]:
    half_open = any(band.vanaf is not None or band.tot is not None for band in bands)
    if half_open and any(band.boven is not None or band.tot_en_met is not None for band in bands):
        return ["gebruik óf vanaf/tot óf boven/tot_en_met, niet allebei in één criterium"]
    return check_bands([(b.vanaf, b.tot) if half_open else (b.boven, b.tot_en_met) for b in bands])


class Help(Frozen):
    """What the question means, why it is asked, and where the answer is found."""

    wat: Text
    waarom: Text
    waar: Text
    voorbeeld: str = ""


class Criterion(Frozen):
    """One question with all its versions, oldest first."""

    id: Annotated[str, Field(pattern=r"^(pla|bou|fin|org)\.[a-z_]+$")]
    aspect: Aspect
    naam: Text
    vraag: Text
    hulp: Help
    interventies: tuple[Interventie, ...] = Field(min_length=1)
    feit: str | None = None  # name of the fact that answers it
    meting: str | None = None  # name of the measure that answers it
    voorselectie: bool = False
    moeite: Moeite
    stap: Annotated[int, Field(ge=1, le=8)]  # step of the handreiking that `maanden` works on
    versies: tuple[CriterionVersion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _input_fits(self) -> Self:
        if self.feit and self.meting:
            msg = "een criterium heeft óf een feit óf een meting"
            raise ValueError(msg)
        if self.voorselectie and not (self.feit or self.meting):
            msg = "voorselectie = true kan alleen als een feit of meting het antwoord geeft"
            raise ValueError(msg)
        days = [version.vanaf for version in self.versies]
        if days != sorted(set(days)):
            msg = "versies staan niet op datum, of twee versies beginnen op dezelfde dag"
            raise ValueError(msg)
        return self


class ParameterValue(Sourced):
    """A value from a day on; a range where practice has one. `"vervallen"` ends a parameter."""

    waarde: float | Literal["vervallen"] | None = None
    laag: float | None = None
    waarschijnlijk: float | None = None
    hoog: float | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        trio = (self.laag, self.waarschijnlijk, self.hoog)
        if (self.waarde is None) == all(number is None for number in trio):
            msg = "geef óf waarde, óf laag, waarschijnlijk en hoog"
            raise ValueError(msg)
        if self.waarde is None and any(number is None for number in trio):
            msg = "laag, waarschijnlijk en hoog horen bij elkaar: er ontbreekt er één"
            raise ValueError(msg)
        numbers = [number for number in trio if number is not None]
        if numbers != sorted(numbers):
            msg = "laag, waarschijnlijk en hoog staan niet op volgorde; zet de kleinste eerst"
            raise ValueError(msg)
        return self


class Parameter(Frozen):
    """A number from law, guideline, practice or our own guess, with its history."""

    id: Annotated[str, Field(pattern=r"^[a-z_0-9]+(\.[a-z_0-9]+)+$")]
    naam: Text
    uitleg: Text
    eenheid: str
    waarden: tuple[ParameterValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        days = [value.vanaf for value in self.waarden]
        if days != sorted(set(days)):
            msg = "waarden staan niet op datum, of twee waarden beginnen op dezelfde dag"
            raise ValueError(msg)
        return self


class PreselectionRule(Sourced):
    """A register fact that puts a building out of reach or rules it out; the first that holds decides."""

    id: Code
    uitkomst: Voorselectie
    reden: Text  # may hold {waarde}
    feit: str | None = None
    meting: str | None = None
    is_een_van: tuple[str, ...] = ()
    is_geen_van: tuple[str, ...] = ()
    zonder: str = ""  # text that must not be missing from a comma-separated fact
    onder: float | None = None
    boven: float | None = None
    telt_als_onbekend: bool = False  # does an unknown value meet the rule?

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if (self.feit is None) == (self.meting is None):
            msg = "een regel rekent met óf een feit óf een meting; noem er één"
            raise ValueError(msg)
        by_number = self.onder is not None or self.boven is not None
        conditions = (bool(self.is_een_van), bool(self.is_geen_van), bool(self.zonder), by_number)
        if sum(conditions) != 1:
            msg = "een regel heeft één voorwaarde: is_een_van, is_geen_van, zonder, of onder en boven"
            raise ValueError(msg)
        return self


class Overlay(Frozen):
    """What a workspace changed: weights of criteria and of aspects. Everything else stays national."""

    gewichten: Mapping[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    aspectgewichten: Mapping[Aspect, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)


class Rulebook(Frozen):
    """Everything that was loaded, all versions."""

    criteria: tuple[Criterion, ...]
    parameters: tuple[Parameter, ...]
    stappen: tuple[Step, ...]
    acties: tuple[Action, ...]
    voorselectie: tuple[PreselectionRule, ...]
    planning: PlanBook = PlanBook()

    @property
    def fingerprint(self) -> str:
        """Return 12 characters that change when any content changes, and not with the order of the files."""
        content = self.model_dump(mode="json")
        for part, key in (("criteria", "id"), ("parameters", "id"), ("acties", "id"), ("stappen", "nummer")):
            content[part].sort(key=lambda item, key=key: item[key])
        return _fingerprint(content)

    def on(self, day: date, *, overlay: Overlay | None = None) -> Rules:
        """Return what is in force on a day; the day a version starts counts."""
        overlay = overlay or Overlay()
        active = []
        for criterion in self.criteria:
            version = _in_force(criterion.versies, day)
            if version is not None:
                weight = overlay.gewichten.get(criterion.id)
                if weight is not None:
                    version = version.model_copy(update={"gewicht": weight})
                active.append(ActiveCriterion(criterion, version))
        values = {}
        for parameter in self.parameters:
            value = _in_force(parameter.waarden, day)
            if value is not None and value.waarde != "vervallen":
                values[parameter.id] = ActiveParameter(parameter, value)
        kept = tuple(rule for rule in self.voorselectie if rule.vanaf <= day)
        extra = _fingerprint([str(day), overlay.model_dump(mode="json")]) if overlay != Overlay() else ""
        fingerprint = self.fingerprint + (f"+{extra[:6]}" if extra else "")
        return Rules(
            day=day,
            criteria=tuple(active),
            parameters=values,
            stappen=self.stappen,
            acties={action.id: action for action in self.acties},
            voorselectie=kept,
            planning=self.planning.on(day),
            aspectgewichten={aspect: float(overlay.aspectgewichten.get(aspect, 1.0)) for aspect in Aspect},
            fingerprint=fingerprint,
        )


def _in_force(versions: Iterable[SourcedT], day: date) -> SourcedT | None:
    current = None
    for version in versions:
        if version.vanaf <= day:
            current = version
    return current


def _fingerprint(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ActiveCriterion:
    """A criterion with the version in force."""

    criterion: Criterion
    version: CriterionVersion

    @property
    def id(self) -> str:
        return self.criterion.id

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(choice.code for choice in self.version.keuzes)

    def choice(self, code: str) -> Choice:
        """Return the choice with this code; raises UnknownRuleError when there is none."""
        for choice in self.version.keuzes:
            if choice.code == code:
                return choice
        raise UnknownRuleError("Keuze", f"{self.id} = {code}", self.codes)


@dataclass(frozen=True, slots=True)
class ActiveParameter:
    """A parameter with the value in force. A single value is its own low, likely and high."""

    parameter: Parameter
    value: ParameterValue

    @property
    def likely(self) -> float:
        return self._pick(self.value.waarschijnlijk)

    @property
    def low(self) -> float:
        return self._pick(self.value.laag)

    @property
    def high(self) -> float:
        return self._pick(self.value.hoog)

    def _pick(self, number: float | None) -> float:
        chosen = number if number is not None else self.value.waarde
        return float(chosen)  # type: ignore[arg-type]  # the model guarantees a number, "vervallen" is filtered out


class UnknownRuleError(QuickscanError):
    """A rule, choice or parameter was asked for that the rulebook does not have."""

    def __init__(self, what: str, key: str, known: Iterable[str]) -> None:
        self.what, self.key = what, key
        listed = ", ".join(sorted(known)[:12])
        super().__init__(f"{what} '{key}' staat niet in de normenset op deze peildatum. Wel bekend: {listed}.")


@dataclass(frozen=True)
class Rules:
    """The rulebook on one day, ready to compute with. Hashable by fingerprint and day."""

    day: date
    criteria: tuple[ActiveCriterion, ...]
    parameters: Mapping[str, ActiveParameter]
    stappen: tuple[Step, ...]
    acties: Mapping[str, Action]
    voorselectie: tuple[PreselectionRule, ...]
    planning: PlanBook
    aspectgewichten: Mapping[Aspect, float]
    fingerprint: str
    _by_id: dict[str, ActiveCriterion] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {active.id: active for active in self.criteria})

    def __hash__(self) -> int:
        return hash((self.fingerprint, self.day))

    def criterion(self, criterion_id: str) -> ActiveCriterion:
        """Return the criterion in force; raises UnknownRuleError."""
        try:
            return self._by_id[criterion_id]
        except KeyError:
            raise UnknownRuleError("Criterium", criterion_id, self._by_id) from None

    def parameter(self, parameter_id: str) -> ActiveParameter:
        """Return the parameter in force; raises UnknownRuleError."""
        try:
            return self.parameters[parameter_id]
        except KeyError:
            raise UnknownRuleError("Parameter", parameter_id, self.parameters) from None

    @property
    def answer_codes(self) -> dict[str, tuple[str, ...]]:
        """Codes each criterion accepts, by criterion id."""
        return {active.id: active.codes for active in self.criteria}
