"""A snapshot on the screen as it was, and what differs between then and now, in the words of the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from quickscan.domain.facts import FACTS
from quickscan.domain.rules import Rules
from quickscan.domain.terms import ASPECTEN, INTERVENTIES, Interventie
from quickscan.services.scans import Scan
from quickscan.services.snapshots import Settled, SinceThen
from quickscan.ui import look, numbers, tables
from quickscan.ui.building import facts_table, sentence
from quickscan.ui.scorecard import answer_text

MOST_SHOWN = 500  # rows of a table of differences; the download has them all
_BANDS = {"_laag": "laagste", "_hoog": "hoogste", "_dekking": "dekking"}
_RESULTS = {
    "oordeel": "Oordeel",
    "score": "Score",
    "dekking": "Dekking",
    "zwakste_aspect": "Zwakste aspect",
    "blokkades": "Wat in de weg staat",
    "woningen": "Woningen op het dak",
    "woningen_route": "Manier van rekenen",
    "woningen_verhouding": "Woningen per laag, verhouding",
    "aanplakken": "Woningen tegen het gebouw",
    "uitplinten": "Woningen in de plint",
    "lagen": "Nieuwe lagen",
    "rang": "Rang",
    "voorselectie": "Voorselectie",
    "voorselectie_score": "Score van de voorselectie",
    "reden": "Reden van de voorselectie",
    "verwachte_woningen": "Verwachte woningen",
    "volgende_vraag": "Volgende vraag",
} | {str(aspect): look.ASPECT_NAMES[aspect] for aspect in ASPECTEN}


def results_of_all(settled: Settled, names: Mapping[str, str]) -> list[str]:
    """Draw verdict, score and homes of every building as they were, and return their pand_ids in that order."""
    found = settled.results[settled.results["interventie"] == str(Interventie.OPTOPPEN)].sort_values("rang", na_position="last")
    rows = pd.DataFrame(
        {
            "Gebouw": [names.get(pand_id, f"Pand …{pand_id[-6:]}") for pand_id in found["pand_id"]],
            "Oordeel": [look.OORDEEL[word].label if word in look.OORDEEL else "" for word in found["oordeel"]],
            "Score": [_span(*cells) for cells in zip(found["score_laag"], found["score"], found["score_hoog"], strict=True)],
            "Woningen": [
                _span(*cells) for cells in zip(found["woningen_laag"], found["woningen"], found["woningen_hoog"], strict=True)
            ],
            "Voorselectie": found["voorselectie"].to_numpy(),
        }
    )
    words = "Uitkomsten per gebouw zoals ze waren, voor optoppen."
    st.dataframe(rows.head(MOST_SHOWN), hide_index=True, row_height=38, alt=words)
    return [str(pand_id) for pand_id in found["pand_id"]]


def _span(low: float | None, likely: float | None, high: float | None) -> str:
    if likely is None:
        return numbers.DASH
    return f"{numbers.whole(likely)} ({numbers.span(low or 0, high or 0)})"


def then(scan: Scan) -> None:
    """Draw one building as it was: the sentence, the scores, the homes, the answers and the facts."""
    sentence(scan.story)
    left, right = st.columns(2, gap="large")
    result = scan.results[Interventie.OPTOPPEN]
    with left:
        st.markdown("**Score voor optoppen**")
        parts = [look.chip(look.OORDEEL[result.oordeel])]
        parts.append(look.band_row("Totaal", result.total, color=look.OORDEEL[result.oordeel].color))
        parts += [look.band_row(look.ASPECT_NAMES[aspect], band) for aspect, band in result.aspects.items()]
        st.html("".join(parts))
    with right:
        st.markdown("**Woningen**")
        homes = {kind: scan.results[kind].homes for kind in INTERVENTIES}
        top = max([1.0, *(band.high for band in homes.values() if not math.isnan(band.high))])
        st.html("".join(look.band_row(look.INTERVENTIE_NAMES[kind], band, top=top) for kind, band in homes.items()))
    rows = [
        {
            "Vraag": line.active.criterion.naam,
            "Antwoord": answer_text(line),
            "Notitie": line.answer.note,
            "Hoe zeker": str(line.answer.certainty),
            "Wie": line.answer.author,
            "Wanneer": numbers.moment(line.answer.at),
        }
        for line in result.lines
        if line.answer is not None
    ]
    with st.expander(f"Antwoorden zoals ze waren ({len(rows)})", icon=":material/checklist:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=38, alt="Antwoorden met notitie, wie en wanneer.")
    with st.expander(f"Kenmerken zoals ze waren ({len(scan.facts)})", icon=":material/apartment:"):
        facts_table(scan)


def draw(found: SinceThen, names: Mapping[str, str], rules: Rules) -> None:
    """Draw what differs between then and now: rules, buildings, facts, answers and results."""
    if found.is_same:
        st.success("Er is niets veranderd: regels, kenmerken, antwoorden en uitkomsten zijn gelijk.", icon=":material/check:")
        return
    told = "De regels zijn veranderd" if found.rules_changed else "De regels zijn hetzelfde"
    kinds = [
        ("kenmerk", "kenmerken", found.facts),
        ("antwoord", "antwoorden", found.answers),
        ("uitkomst", "uitkomsten", found.results),
    ]
    counts = ", ".join(f"{numbers.whole(len(rows))} {one if len(rows) == 1 else more}" for one, more, rows in kinds)
    st.markdown(f"**{told}** (toen {numbers.day(found.record.day)}, nu {numbers.day(found.day)}). Anders: {counts}.")
    for label, gone in (("Erbij gekomen", found.added), ("Niet meer in de werkruimte", found.removed)):
        if gone:
            listed = ", ".join(look.plain(names.get(pand_id, pand_id)) for pand_id in gone[:MOST_SHOWN])
            st.markdown(f"**{label}:** {listed}.")
    facts = _rows(found.facts, names, [_fact_name(name) for name in found.facts["name"]])
    draw_differences(facts, "Kenmerken die veranderden.", "Kenmerken")
    answers = _rows(found.answers, names, [_criterion_name(name, rules) for name in found.answers["criterion"]])
    for place, criterion in enumerate(found.answers["criterion"]):
        for column in ("Toen", "Nu"):
            answers.loc[place, column] = _code_label(answers.loc[place, column], criterion, rules)
    draw_differences(answers, "Antwoorden die veranderden.", "Antwoorden")
    draw_differences(result_rows(found.results, names, rules), "Uitkomsten die veranderden.", "Uitkomsten")


def draw_differences(rows: pd.DataFrame, words: str, title: str = "") -> None:
    if rows.empty:
        return
    if title:
        st.markdown(f"**{title}**")
    st.dataframe(rows.head(MOST_SHOWN), hide_index=True, row_height=38, alt=words)
    if len(rows) > MOST_SHOWN:
        st.download_button(
            f"Alle {numbers.whole(len(rows))} rijen als CSV",
            data=lambda: tables.export_rows(rows),
            file_name="verschillen.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"verschil_{title}",
        )


def _rows(frame: pd.DataFrame, names: Mapping[str, str], what: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Gebouw": [names.get(pand_id, f"Pand …{pand_id[-6:]}") for pand_id in frame["pand_id"]],
            "Wat": list(what),
            "Toen": [_value(cell) for cell in frame["old"]],
            "Nu": [_value(cell) for cell in frame["new"]],
        },
        dtype=object,
    )


def result_rows(frame: pd.DataFrame, names: Mapping[str, str], rules: Rules) -> pd.DataFrame:
    what = [
        f"{result_name(name)} · {look.INTERVENTIE_NAMES[Interventie(kind)].lower()}"
        for name, kind in zip(frame["name"], frame["interventie"], strict=True)
    ]
    rows = _rows(frame, names, what)
    asked = (frame["name"] == "volgende_vraag").to_numpy()
    for column in ("Toen", "Nu"):
        rows.loc[asked, column] = [_criterion_name(name, rules) for name in rows.loc[asked, column]]
    return rows


def result_name(name: str) -> str:
    """Return a column of results in words."""
    for ending, word in _BANDS.items():
        if name.endswith(ending) and name.removesuffix(ending) in _RESULTS:
            return f"{_RESULTS[name.removesuffix(ending)]}, {word}"
    return _RESULTS.get(name, name)


def _fact_name(name: str) -> str:
    return FACTS[name].label if name in FACTS else name


def _criterion_name(name: str, rules: Rules) -> str:
    return next((active.criterion.naam for active in rules.criteria if active.id == name), name)


def _code_label(code: str, criterion: str, rules: Rules) -> str:
    known = next((active for active in rules.criteria if active.id == criterion), None)
    return known.choice(code).label if known is not None and code in known.codes else code


def _value(cell: Any) -> str:
    if cell is None:
        return numbers.DASH
    return numbers.value_text(cell if isinstance(cell, str) else float(cell))
