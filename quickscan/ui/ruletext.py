"""Find rules, and say what they hold in Dutch: values, bands, shares; and the whole as a file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quickscan.domain.facts import FACTS
from quickscan.domain.measures import MEASURES
from quickscan.domain.planbook import Action, Step
from quickscan.domain.rules import ActiveCriterion, ActiveParameter, Choice, Criterion, PreselectionRule, Rules
from quickscan.domain.sourced import Sourced
from quickscan.domain.terms import Aspect, Interventie
from quickscan.ui import numbers
from quickscan.wiring import rulebook

PARTS = ("Criteria", "Getallen", "Voorselectie", "Stappen en acties")

ONE = {"lagen": "laag", "woningen": "woning", "punten": "punt", "gebouwen": "gebouw", "garageboxen": "garagebox"}

YEAR = "jaar"

CSV_HEADER = (
    *("criterium", "aspect", "naam", "vraag", "gewicht", "keuze", "antwoord"),
    *("punten", "blokkade", "maanden", "voorwaarde", "bron", "artikel", "aanname"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for: words that must all occur, and whether only assumptions count."""

    words: tuple[str, ...] = ()
    assumptions: bool = False

    def takes(self, rule: Sourced | Action | None, *texts: str) -> bool:
        """Return whether a rule with these texts is looked for."""
        if self.assumptions and (rule is None or not rule.aanname):
            return False
        text = " ".join(texts).casefold()
        return all(word in text for word in self.words)


@dataclass(frozen=True, slots=True)
class Found:
    """The part of the rulebook that is looked for, each in the order of the rulebook."""

    criteria: tuple[ActiveCriterion, ...]
    parameters: tuple[ActiveParameter, ...]
    preselection: tuple[PreselectionRule, ...]
    steps: tuple[Step, ...]
    actions: tuple[Action, ...]

    def count(self, part: str) -> int:
        """Return how many rules a part of the page has."""
        sizes = (len(self.criteria), len(self.parameters), len(self.preselection), len(self.actions))
        return sizes[PARTS.index(part)]


def find(rules: Rules, wanted: Wanted) -> Found:
    """Return what is looked for in names, questions, help, sources and ids."""
    return Found(
        tuple(active for active in rules.criteria if wanted.takes(active.version, *_criterion_texts(active))),
        tuple(
            active
            for active in rules.parameters.values()
            if wanted.takes(
                active.value, active.parameter.id, active.parameter.naam, active.parameter.uitleg, *_sources(active.value)
            )
        ),
        tuple(rule for rule in rules.voorselectie if wanted.takes(rule, rule.id, rule.uitkomst, rule.reden, *_sources(rule))),
        tuple(step for step in rules.stappen if wanted.takes(None, step.naam, step.wie, step.resultaat, step.bron)),
        tuple(
            action
            for action in rules.acties.values()
            if wanted.takes(action, action.id, action.titel, action.wie, action.soort, action.bron, action.artikel)
        ),
    )


def _criterion_texts(active: ActiveCriterion) -> Iterable[str]:
    rule = active.criterion
    yield from (rule.id, rule.naam, rule.vraag, rule.hulp.wat, rule.hulp.waarom, rule.hulp.waar, rule.hulp.voorbeeld)
    yield input_words(rule)
    yield from _sources(active.version)
    for choice in active.version.keuzes:
        yield from (choice.label, choice.voorwaarde, choice.toelichting, *choice.waarden)


def _sources(rule: Sourced) -> tuple[str, str, str]:
    return rule.bron, rule.artikel, rule.toelichting


def input_words(criterion: Criterion) -> str:
    """Return in words where the answer comes from: a fact, a measure with its formula, or a person."""
    if criterion.feit is not None:
        fact = FACTS[criterion.feit]
        return f"Volgt uit het feit ‘{fact.label}’. {fact.help}"
    if criterion.meting is not None:
        measure = MEASURES[criterion.meting]
        return f"Berekend: {measure.label.lower()} = {measure.sentence}."
    return "Dit vult iemand in; geen register weet het."


def when_words(choice: Choice, unit: str = "") -> str:
    """Return which values lead to a choice, as "van 1945 tot 1965"; empty when only a person chooses it."""
    if choice.waarden:
        return f"bij {', '.join(choice.waarden)}"
    limits = (
        ("van" if choice.tot is not None else "vanaf", choice.vanaf),
        ("boven", choice.boven),
        ("tot", choice.tot),
        ("tot en met", choice.tot_en_met),
    )
    said = [f"{word} {numbers.value_text(limit)}" for word, limit in limits if limit is not None]
    return f"{' '.join(said)} {unit}".strip() if said else ""


def value_words(active: ActiveParameter) -> tuple[str, str]:
    """Return the value with its unit, and the range when there is one: "5,5 m", "5 tot 6"."""
    unit = active.parameter.eenheid
    likely, low, high = (
        f"{number:.0f}" if unit == YEAR else numbers.decimal(number, 3) for number in (active.likely, active.low, active.high)
    )
    tail = "" if unit in {YEAR, "getal"} else f" {ONE.get(unit, unit) if likely == '1' else unit}"
    return f"{likely}{tail}", "" if low == high else f"{low} tot {high}"


def weight_shares(criteria: Sequence[ActiveCriterion], interventie: Interventie) -> list[tuple[ActiveCriterion, float]]:
    """Return what part of their aspect each criterion decides, in %, heaviest first."""
    counted = [active for active in criteria if interventie in active.criterion.interventies and active.version.gewicht > 0]
    total = math.fsum(active.version.gewicht for active in counted)
    shares = [(active, active.version.gewicht / total * 100) for active in counted]
    return sorted(shares, key=lambda pair: (-pair[1], pair[0].criterion.naam))


def as_json() -> str:
    """Return the whole rulebook, all versions."""
    return rulebook().model_dump_json(indent=1, exclude_defaults=True)


def as_csv(rules: Rules) -> bytes:
    """Return one line per choice, for a Dutch spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(CSV_HEADER)
    for active in rules.criteria:
        rule, version = active.criterion, active.version
        for choice in version.keuzes:
            counted = (numbers.decimal(choice.punten), choice.blokkade, numbers.decimal(choice.maanden), choice.voorwaarde)
            source = (version.bron, version.artikel, "ja" if version.aanname else "nee")
            start = (rule.id, rule.aspect, rule.naam, rule.vraag, numbers.decimal(version.gewicht))
            writer.writerow((*start, choice.code, choice.label, *counted, *source))
    return out.getvalue().encode("utf-8-sig")


def step_words(rules: Rules, number: int) -> str:
    """Return "3, Haalbaarheid"."""
    name = next((step.naam for step in rules.stappen if step.nummer == number), "")
    return f"{number}, {name}" if name else str(number)


def preselection_words(rule: PreselectionRule) -> str:
    """Return the test of a preselection rule in words."""
    spec, measure = FACTS.get(rule.feit or ""), MEASURES.get(rule.meting or "")
    name = spec.label if spec else measure.label if measure else ""
    tests = [
        f"is {' of '.join(rule.is_een_van)}" if rule.is_een_van else "",
        f"is niet {' of '.join(rule.is_geen_van)}" if rule.is_geen_van else "",
        f"noemt geen {rule.zonder}" if rule.zonder else "",
        f"is lager dan {numbers.value_text(rule.onder)}" if rule.onder is not None else "",
        f"is hoger dan {numbers.value_text(rule.boven)}" if rule.boven is not None else "",
    ]
    unknown = " Onbekend telt ook." if rule.telt_als_onbekend else ""
    return f"{name} {' en '.join(test for test in tests if test)}.{unknown}"


def of_aspect(criteria: Iterable[ActiveCriterion], aspect: Aspect) -> list[ActiveCriterion]:
    """Return the criteria of one aspect."""
    return [active for active in criteria if active.criterion.aspect is aspect]


def aspect_words(rules: Rules) -> str:
    """Say how heavy the aspects count against each other."""
    weights = rules.aspectgewichten
    if len(set(weights.values())) == 1:
        return "In het totaal telt elk aspect even zwaar."
    total = math.fsum(weights.values())
    shares = ", ".join(f"{aspect} {numbers.percent(weight / total * 100)}" for aspect, weight in weights.items())
    return f"In het totaal tellen de aspecten zo: {shares}."


def found_words(found: Found, rules: Rules, wanted: Wanted) -> str:
    """Say how much was found in each part."""
    counts = ", ".join(f"{found.count(part)} bij {part}" for part in PARTS)
    every = find(rules, Wanted())
    note = ""
    if wanted == Wanted(assumptions=True) and found.count(PARTS[0]) == every.count(PARTS[0]):
        note = " Elk criterium heeft een aanname: gewicht en punten zijn nog niet geijkt."
    return f"Gevonden: {counts}.{note}"
