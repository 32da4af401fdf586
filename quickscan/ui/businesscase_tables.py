"""The tables of the business case page: scenarios and steps side by side, alternatives, and the kept cases of a building."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from quickscan.domain.finance.case import CaseResult
from quickscan.domain.finance.inputs import INPUTS
from quickscan.ui import money, numbers
from quickscan.ui.businesscase_fields import Table


def money_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, label: str) -> None:
    """Draw a small table as HTML: it prints, it is read aloud, and on a phone it scrolls by itself."""
    top = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="geldtabel" role="region" tabindex="0" aria-label="{html.escape(label)}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def scenarios(result: CaseResult) -> None:
    """Show the scenarios of this case side by side, with what each step adds."""
    st.subheader("Scenario's naast elkaar", anchor="scenarios")
    each = result.scenarios
    if not each:
        return
    steps = ["", *(_added(steps) for steps in result.between)]
    rows = [
        ["NCW per nieuwe woning", *(money.euro(float(one.worth.per_home[0, 0]), near=100) for one in each)],
        ["NCW van het hele plan", *(money.euro(float(one.worth.total[0, 0]), near=1000) for one in each)],
        ["Investering met btw", *(money.euro(one.investment, near=1000) for one in each)],
    ]
    if len(each) > 1:
        rows.append(["Deze stap erbij", *steps])
        money_table(["", *(capital(one.name) for one in each)], rows, label="Scenario's naast elkaar")
    else:
        money_table(["", capital(each[0].name)], rows, label="Scenario")
        st.caption("Zet hierboven verduurzamen, een lift, aanplakken of uitplinten aan om scenario's naast elkaar te zien.")


def _added(steps: Sequence[object]) -> str:
    return money.euro(sum(float(getattr(step, "amount", 0.0)) for step in steps), near=1000)


def sensitivity(result: CaseResult) -> None:
    """Show what the outcome per home becomes when one number takes a step down or up."""
    st.subheader("Als één getal anders wordt", anchor="gevoeligheid")
    now = float(result.base.per_home[0])
    rows = []
    for swing in result.table:
        spec = INPUTS[swing.key]
        cells = [f"{money.euro(at, near=100)} ({_moved(at - now)})" for at in (swing.at_low, swing.at_high)]
        low, high = (money.with_unit(spec, number) for number in (swing.low, swing.high))
        rows.append([swing.label.split(",")[0], low, cells[0], high, cells[1]])
    money_table(["Getal", "Lager", "NCW per woning", "Hoger", "NCW per woning"], rows, label="Gevoeligheid")
    st.caption(f"Nu is de NCW {money.euro(now, near=100)} per nieuwe woning. Tussen haakjes het verschil daarmee.")


def _moved(difference: float) -> str:
    if not np.isfinite(difference) or round(difference / 100) == 0:
        return "gelijk"
    return f"{'+' if difference > 0 else ''}{money.euro(difference, near=100)}"


def alternatives(result: CaseResult) -> None:
    """Show the ways to go on with the existing building, over the same years."""
    if not result.alternatives:
        return
    st.subheader("En als er niet wordt opgetopt?", anchor=False)
    rows = [
        [
            capital(each.name),
            numbers.whole(each.homes),
            money.euro(each.costs, near=1000),
            money.euro(each.income, near=1000),
            money.euro(each.result, near=1000),
            money.euro(each.per_home_per_year, near=10),
        ]
        for each in result.alternatives
    ]
    head = ["Weg", "Woningen", "Kosten", "Opbrengsten", "Over", "Kosten per woning per jaar"]
    money_table(head, rows, label="Alternatieven voor het gebouw dat er staat")
    st.caption(
        "Bestaande woningen tellen hier mee, over dezelfde jaren, in euro van nu. Veel van deze kengetallen zijn een aanname."
    )


def name_case(name: str, *, leading: bool, locked: bool) -> str:
    """Return what a case is called, with what it is."""
    marks = [word for word, holds in (("telt voor de scan", leading), ("vast", locked)) if holds]
    return f"{name} ({', '.join(marks)})" if marks else name


def compare_cases(table: Table) -> None:
    """Show the kept cases of this building side by side."""
    if len(table.worked.cases) < 2:  # noqa: PLR2004 - one case has nothing beside it
        return
    desk = table.desk
    st.subheader("Cases van dit gebouw", anchor=False)
    rows = []
    for case in table.worked.cases:
        other = desk.services.finance.look(desk.portfolio.id, table.scan, desk.rules, number=case.number)
        base = other.result.base if other.result else None
        rows.append(
            [
                name_case(case.name, leading=case.leading, locked=case.locked),
                numbers.whole(float(base.homes[0])) if base else numbers.DASH,
                money.euro(float(base.per_home[0]), near=100) if base else "niet compleet",
                money.euro(float(base.total[0]), near=1000) if base else numbers.DASH,
                money.chance(float(other.result.spread.closes[0])) if other.result else numbers.DASH,
                ", ".join(_differences(case.tables)) or "niets",
            ]
        )
    head = ["Case", "Nieuwe woningen", "NCW per woning", "NCW van het plan", "Kans", "Wijkt af in"]
    money_table(head, rows, label="Cases van dit gebouw")


def _differences(tables: object) -> list[str]:
    found = []
    for section, part in dict(tables if isinstance(tables, dict) else {}).items():
        if isinstance(part, dict) and not part:
            found.append(section.replace("_", "-"))
        elif isinstance(part, dict):
            found += [INPUTS[key].label.split(",")[0].lower() for name in part if (key := f"{section}.{name}") in INPUTS]
    return found[:6]


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
