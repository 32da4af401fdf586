"""The rulebook as a document: find rules, and draw each with its points, its source and what we only assume.

"Aanname" is a badge with a word, never a colour alone. Everything that goes into HTML is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date

import streamlit as st

from quickscan.domain.facts import FACTS
from quickscan.domain.measures import MEASURES
from quickscan.domain.planbook import Action
from quickscan.domain.rules import ActiveCriterion, ActiveParameter, Choice, CriterionVersion, PreselectionRule, Rules
from quickscan.domain.sourced import Sourced
from quickscan.domain.terms import Blokkade, Interventie, Moeite
from quickscan.ui import look, numbers, ruletext

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
READING_WIDTH = 940
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


def draw_masthead(rules: Rules) -> None:
    """Say which rules these are, and since when."""
    st.html(STYLE)
    st.markdown(
        f"Zo rekent de quickscan: elke vraag, elk punt en elke bron. Normenset `{rules.fingerprint}` op {numbers.day(rules.day)}."
    )


def draw_downloads(rules: Rules) -> None:
    """Offer the rulebook to take away; a file is made only when somebody asks for it."""
    name, icon = f"normenset_{rules.fingerprint}", ":material/download:"
    st.download_button("Alles (JSON)", ruletext.as_json, f"{name}.json", "application/json", icon=icon, on_click="ignore")
    st.download_button("Criteria (CSV)", lambda: ruletext.as_csv(rules), f"{name}.csv", "text/csv", icon=icon, on_click="ignore")


def draw_weights(criteria: Sequence[ActiveCriterion], interventie: Interventie) -> None:
    """Draw the weights in one aspect as a calm list of bars, with the share in words."""
    shares = ruletext.weight_shares(criteria, interventie)
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
    st.markdown(f"**{rule.vraag}**")
    _draw_facts(
        ("Wat", rule.hulp.wat), ("Waarom", rule.hulp.waarom), ("Waar", rule.hulp.waar), ("Voorbeeld", rule.hulp.voorbeeld)
    )
    st.html(choices_html(active, rules))
    measure = MEASURES.get(rule.meting or "")
    points = [choice.punten for choice in version.keuzes]
    reach = f"{numbers.decimal(min(points))} tot {numbers.decimal(max(points))}"
    used = ", ".join(_used_words(rules.parameter(name)) for name in measure.parameters) if measure else ""
    _draw_facts(
        ("Antwoord", ruletext.input_words(rule)),
        ("Rekent met", used),
        ("Zolang dit onbekend is", f"tellen we {numbers.decimal(version.expected)} punten, met een band van {reach}."),
        ("Telt voor", ", ".join(rule.interventies)),
        ("Moeite", EFFORT[rule.moeite]),
        ("Stap", ruletext.step_words(rules, rule.stap)),
        ("Voorselectie", "Telt mee in de voorselectie." if rule.voorselectie else ""),
    )
    rows = "".join(version_html(each, rules.day, current=each.vanaf == version.vanaf) for each in reversed(rule.versies))
    st.html(f'<ul class="qs-rows">{rows}</ul>')
    st.caption(f"Criterium `{rule.id}`")


def _draw_facts(*facts: tuple[str, str]) -> None:
    said = [f"**{label}:** {text}" for label, text in facts if text]
    st.markdown("  \n".join(said))


def _used_words(active: ActiveParameter) -> str:
    return f"{active.parameter.naam.lower()} ({ruletext.value_words(active)[0]})"


def choices_html(active: ActiveCriterion, rules: Rules) -> str:
    """Return the choices with their points as bars, and what each does."""
    measure = MEASURES.get(active.criterion.meting or "")
    fact = FACTS.get(active.criterion.feit or "")
    unit = measure.unit if measure else fact.unit if fact else ""
    rows = "".join(_choice_html(choice, unit, rules) for choice in active.version.keuzes)
    return f'<ul class="qs-rows" aria-label="Antwoorden met punten">{rows}</ul>'


def _choice_html(choice: Choice, unit: str, rules: Rules) -> str:
    notes = [ruletext.when_words(choice, unit)]
    if choice.blokkade in BLOCKS:
        word, effect = BLOCKS[choice.blokkade]
        notes.append(f"{word}: {effect}")
    notes.append(f"Voorwaarde: {choice.voorwaarde}" if choice.voorwaarde else "")
    notes.append(f"{numbers.signed_months(choice.maanden)} in deze stap" if choice.maanden else "")
    notes.append(f"Actie: {'; '.join(rules.acties[name].titel for name in choice.acties)}" if choice.acties else "")
    notes.append(choice.toelichting)
    small = "".join(f'<div class="qs-small">{html.escape(note)}</div>' for note in notes if note)
    bar = f'<div class="qs-bar" aria-hidden="true"><i style="width:{choice.punten:.0f}%"></i></div>'
    return (
        f'<li><div class="text"><b>{html.escape(choice.label)}</b>{small}</div>'
        f'<div class="value"><b>{numbers.decimal(choice.punten)}</b> punten{bar}</div></li>'
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
    value, reach = ruletext.value_words(active)
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
            ruletext.preselection_words(rule),
            rule,
            look.VOORSELECTIE[rule.uitkomst].label,
            f"sinds {numbers.day(rule.vanaf)}",
        )
        for rule in found
    )
    st.html(f'<ol class="qs-rows">{rows}</ol>')


def draw_steps(rules: Rules, found: ruletext.Found) -> None:
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


def draw_single(active: ActiveCriterion, rules: Rules) -> None:
    """Draw one criterion on its own, for whom a link brought here."""
    aspect = active.criterion.aspect
    with st.container(width=READING_WIDTH):
        st.header(active.criterion.naam, anchor=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(look.ASPECT_NAMES[aspect], icon=look.ASPECT_ICONS[aspect], color="gray")
            if active.version.aanname:
                st.badge("Aanname", icon=":material/edit_note:", color="orange")
        draw_criterion(active, rules)
