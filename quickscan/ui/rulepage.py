"""The rulebook as a document: find rules, and draw each with its points, its source and what we only assume.

"Aanname" is a badge with a word, never a colour alone. Everything that goes into HTML is escaped.
"""

from __future__ import annotations

import csv
import html
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from quickscan.domain.facts import FACTS
from quickscan.domain.measures import MEASURES
from quickscan.domain.rules import (
    Action,
    ActiveCriterion,
    ActiveParameter,
    Choice,
    Criterion,
    CriterionVersion,
    PreselectionRule,
    Rules,
    Sourced,
    Step,
)
from quickscan.domain.terms import Aspect, Blokkade, Interventie, Moeite
from quickscan.ui import look, numbers
from quickscan.wiring import rulebook

PARTS = ("Criteria", "Getallen", "Voorselectie", "Stappen en acties")
EFFORT = {Moeite.BUREAU: "op te zoeken", Moeite.BELLETJE: "een belletje", Moeite.ONDERZOEK: "onderzoek nodig"}
BLOCKS = {
    Blokkade.HARD: ("✕ Stopt het plan", "het oordeel wordt ‘nu niet’"),
    Blokkade.ZACHT: ("▲ Stelt een voorwaarde", "het oordeel wordt hooguit ‘kansrijk, mits’"),
}
GROUPS = {
    "hoogte": "Hoogte",
    "bezonning": "Zon en schaduw",
    "afgeleid": "Afgeleide feiten",
    "lagen": "Nieuwe lagen",
    "woningen": "Nieuwe woningen",
    "oordeel": "Grenzen van het oordeel",
    "voorselectie": "Voorselectie",
    "vraag": "Volgorde van vragen",
    "moeite": "Moeite van een antwoord",
    "robuustheid": "Robuustheid",
}
YEAR = "jaar"
STYLE = """<style>
.qs-rows,.qs-weights{list-style:none!important;margin:0!important;padding:0!important}
.qs-rows>li,.qs-weights>li{margin:0!important;padding:0}
.qs-rows>li{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;padding:.8rem 0!important;border-bottom:1px solid rgba(128,140,160,.28)}
.qs-rows>li:last-child{border-bottom:0}
.qs-rows .text{flex:1 1 18rem;min-width:0}
.qs-rows .value{flex:0 1 11rem;font-variant-numeric:tabular-nums}
.qs-rows .value b{font-size:1.1em}
.qs-small{font-size:.88rem;opacity:.82;line-height:1.5;margin-top:.15rem}
.qs-badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:0 .55em;font-size:.8rem;font-weight:600;
 white-space:nowrap;vertical-align:.08em}
.qs-bar{height:.5rem;border-radius:3px;background:rgba(128,140,160,.22);overflow:hidden;margin-top:.25rem}
.qs-bar>i{display:block;height:100%;background:light-dark(#5115ef,#9d84ff)}
.qs-weights>li{margin-bottom:.6rem!important}
.qs-weights .line{display:flex;justify-content:space-between;gap:.75rem;font-variant-numeric:tabular-nums}
</style>"""


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
    shown = (lambda number: f"{number:.0f}") if unit == YEAR else (lambda number: numbers.decimal(number, 3))
    tail = "" if unit in {YEAR, "getal"} else f" {unit}"
    reach = "" if active.low == active.high else f"{shown(active.low)} tot {shown(active.high)}"
    return f"{shown(active.likely)}{tail}", reach


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
    writer.writerow(
        "criterium;aspect;naam;vraag;gewicht;keuze;antwoord;punten;blokkade;maanden;voorwaarde;bron;artikel;aanname".split(";")
    )
    for active in rules.criteria:
        rule, version = active.criterion, active.version
        for choice in version.keuzes:
            counted = (numbers.decimal(choice.punten), choice.blokkade, numbers.decimal(choice.maanden), choice.voorwaarde)
            source = (version.bron, version.artikel, "ja" if version.aanname else "nee")
            start = (rule.id, rule.aspect, rule.naam, rule.vraag, numbers.decimal(version.gewicht))
            writer.writerow((*start, choice.code, choice.label, *counted, *source))
    return out.getvalue().encode("utf-8-sig")


def draw_masthead(rules: Rules) -> None:
    """Say which rules these are, and since when."""
    st.html(STYLE)
    st.markdown(
        f"Zo rekent de quickscan: elke vraag, elk punt en elke bron. Normenset `{rules.fingerprint}` op {numbers.day(rules.day)}."
    )


def draw_downloads(rules: Rules) -> None:
    """Offer the rulebook to take away; a file is made only when somebody asks for it."""
    name, icon = f"normenset_{rules.fingerprint}", ":material/download:"
    st.download_button("Alles (JSON)", as_json, f"{name}.json", "application/json", icon=icon, on_click="ignore")
    st.download_button("Criteria (CSV)", lambda: as_csv(rules), f"{name}.csv", "text/csv", icon=icon, on_click="ignore")


def draw_weights(criteria: Sequence[ActiveCriterion], interventie: Interventie) -> None:
    """Draw the weights in one aspect as a calm list of bars, with the share in words."""
    shares = weight_shares(criteria, interventie)
    most = max((share for _, share in shares), default=1.0)
    rows = "".join(
        f'<li><div class="line"><span>{html.escape(active.criterion.naam)}</span><span>{numbers.decimal(share)} %</span></div>'
        f'<div class="qs-bar" aria-hidden="true"><i style="width:{share / most * 100:.0f}%"></i></div></li>'
        for active, share in shares
    )
    st.html(f'<ul class="qs-weights">{rows}</ul>')


def draw_expander(active: ActiveCriterion, rules: Rules) -> None:
    """Draw a criterion folded; its text is made only when somebody opens it."""
    rule, version = active.criterion, active.version
    badge = "  :orange-badge[Aanname]" if version.aanname else ""
    label = f"**{rule.naam}** · gewicht {numbers.decimal(version.gewicht)}{badge}"
    with st.expander(label, key=f"criterium_{rule.id}", on_change="rerun") as folded:
        if folded.open:
            draw_criterion(active, rules)


def draw_criterion(active: ActiveCriterion, rules: Rules) -> None:
    """Draw everything about one criterion."""
    rule, version = active.criterion, active.version
    st.markdown(f"##### {rule.vraag}")
    _draw_facts(
        ("Wat", rule.hulp.wat), ("Waarom", rule.hulp.waarom), ("Waar", rule.hulp.waar), ("Voorbeeld", rule.hulp.voorbeeld)
    )
    st.html(choices_html(active, rules))
    measure = MEASURES.get(rule.meting or "")
    used = ", ".join(_used_words(rules.parameter(name)) for name in measure.parameters) if measure else ""
    _draw_facts(
        ("Antwoord", input_words(rule)),
        ("Rekent met", used),
        (
            "Onbekend",
            f"Zonder antwoord tellen we {numbers.decimal(version.expected)} punten, met de laagste en hoogste als band.",
        ),
        ("Telt voor", ", ".join(rule.interventies)),
        ("Moeite", EFFORT[rule.moeite]),
        ("Stap", step_words(rules, rule.stap)),
        ("Voorselectie", "Telt mee in de voorselectie." if rule.voorselectie else ""),
    )
    rows = "".join(version_html(each, rules.day, current=each.vanaf == version.vanaf) for each in reversed(rule.versies))
    st.html(f'<ul class="qs-rows">{rows}</ul>')
    st.caption(f"Criterium `{rule.id}`")


def _draw_facts(*facts: tuple[str, str]) -> None:
    said = [f"**{label}:** {text}" for label, text in facts if text]
    st.markdown("  \n".join(said))


def _used_words(active: ActiveParameter) -> str:
    return f"{active.parameter.naam.lower()} ({value_words(active)[0]})"


def step_words(rules: Rules, number: int) -> str:
    """Return "3, Haalbaarheid"."""
    name = next((step.naam for step in rules.stappen if step.nummer == number), "")
    return f"{number}, {name}" if name else str(number)


def choices_html(active: ActiveCriterion, rules: Rules) -> str:
    """Return the choices with their points as bars, and what each does."""
    measure = MEASURES.get(active.criterion.meting or "")
    fact = FACTS.get(active.criterion.feit or "")
    unit = measure.unit if measure else fact.unit if fact else ""
    rows = "".join(_choice_html(choice, unit, rules) for choice in active.version.keuzes)
    return f'<ul class="qs-rows" aria-label="Antwoorden met punten">{rows}</ul>'


def _choice_html(choice: Choice, unit: str, rules: Rules) -> str:
    notes = [when_words(choice, unit)]
    if choice.blokkade in BLOCKS:
        word, effect = BLOCKS[choice.blokkade]
        notes.append(f"{word}: {effect}")
    notes.append(f"Voorwaarde: {choice.voorwaarde}" if choice.voorwaarde else "")
    notes.append(f"{numbers.signed_months(choice.maanden)} in deze stap" if choice.maanden else "")
    notes.append(f"Actie: {'; '.join(rules.acties[name].titel for name in choice.acties)}" if choice.acties else "")
    notes.append(choice.toelichting)
    small = "".join(f'<div class="qs-small">{html.escape(note)}</div>' for note in notes if note)
    return (
        f'<li><div class="text"><b>{html.escape(choice.label)}</b>{small}</div><div class="value"><b>{numbers.decimal(choice.punten)}'
        f'</b> punten<div class="qs-bar" aria-hidden="true"><i style="width:{choice.punten:.0f}%"></i></div></div></li>'
    )


def version_html(version: CriterionVersion, day: date, *, current: bool) -> str:
    """Return one version: since when, how heavy, and on whose word."""
    state = "geldt nu" if current else "gaat nog in" if version.vanaf > day else "was eerder"
    return _row_html(f"Vanaf {numbers.day(version.vanaf)}", state, version, f"{numbers.decimal(version.gewicht)}", "gewicht")


def _row_html(title: str, text: str, rule: Sourced, value: str, note: str) -> str:
    """Return a rule as a row: title, text, source and note left; its value right."""
    source = f"{rule.bron}{f', {rule.artikel}' if rule.artikel else ''}. Geraadpleegd op {numbers.day(rule.geraadpleegd)}."
    badge = ' <span class="qs-badge">Aanname</span>' if rule.aanname else ""
    small = "".join(f'<div class="qs-small">{html.escape(line)}</div>' for line in (rule.toelichting, source) if line)
    return (
        f'<li><div class="text"><b>{html.escape(title)}</b>{badge}<div>{html.escape(text)}</div>{small}</div>'
        f'<div class="value"><b>{html.escape(value)}</b><div class="qs-small">{html.escape(note)}</div></div></li>'
    )


def parameter_html(active: ActiveParameter) -> str:
    """Return a number with its range, since when, and its source."""
    value, reach = value_words(active)
    since = f"sinds {numbers.day(active.value.vanaf)}"
    return _row_html(active.parameter.naam, active.parameter.uitleg, active.value, value, f"{reach}, {since}" if reach else since)


def draw_parameters(found: Sequence[ActiveParameter], *, unfold: bool) -> None:
    """Draw the numbers by group, folded unless somebody searched."""
    groups: dict[str, list[ActiveParameter]] = {}
    for active in found:
        groups.setdefault(active.parameter.id.split(".")[0], []).append(active)
    for group, members in groups.items():
        label = f"**{GROUPS.get(group, group.replace('_', ' ').capitalize())}** · {len(members)}"
        with st.expander(label, expanded=unfold, key=f"getallen_{group}_{unfold}", on_change="rerun") as folded:
            if folded.open:
                st.html(f'<ul class="qs-rows">{"".join(map(parameter_html, members))}</ul>')


def draw_preselection(found: Sequence[PreselectionRule]) -> None:
    """Draw the rules on register facts in their order."""
    st.markdown("Deze regels kijken alleen naar registers. De eerste regel die opgaat, beslist.")
    rows = "".join(
        _row_html(
            rule.reden.replace(" {waarde}", " (de waarde)").replace("{waarde}", "(de waarde)"),
            preselection_words(rule),
            rule,
            look.VOORSELECTIE[rule.uitkomst].label,
            f"sinds {numbers.day(rule.vanaf)}",
        )
        for rule in found
    )
    st.html(f'<ol class="qs-rows">{rows}</ol>')


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


def draw_steps(rules: Rules, found: Found) -> None:
    """Draw the eight steps of the handreiking, each with its actions."""
    known = {step.nummer for step in found.steps} | {action.stap for action in found.actions}
    for step in rules.stappen:
        if step.nummer not in known:
            continue
        actions = [action for action in found.actions if action.stap == step.nummer]
        label = f"**{step.nummer} {step.naam}** · {len(actions)} {'actie' if len(actions) == 1 else 'acties'}"
        with st.expander(label, key=f"stap_{step.nummer}", on_change="rerun") as folded:
            if folded.open:
                _draw_facts(("Resultaat", step.resultaat), ("Wie", step.wie), ("Bron", f"{step.bron}, {step.artikel}"))
                if actions:
                    st.html(f'<ul class="qs-rows">{"".join(map(_action_html, actions))}</ul>')


def _action_html(action: Action) -> str:
    badge = ' <span class="qs-badge">Aanname</span>' if action.aanname else ""
    return (
        f'<li><div class="text"><b>{html.escape(action.titel)}</b>{badge}<div class="qs-small">{html.escape(action.bron)}, '
        f'{html.escape(action.artikel)}</div></div><div class="value">{html.escape(action.wie)}'
        f'<div class="qs-small">{html.escape(action.soort)}</div></div></li>'
    )


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
