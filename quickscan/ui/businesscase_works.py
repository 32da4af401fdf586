"""Major maintenance (MJOP) on the business case page: whether building and maintenance meet, and which work becomes needless."""

from __future__ import annotations

from datetime import date

import streamlit as st

from quickscan.domain.finance.granting import add_months
from quickscan.domain.finance.inputs import INPUTS
from quickscan.domain.finance.posts import SAVED_WORKS
from quickscan.domain.finance.saved import value_at
from quickscan.ui import businesscase_fields as fields
from quickscan.ui import money, numbers
from quickscan.ui.businesscase_fields import Table

YEAR = "mjop.jaar"
SOON = 2  # years between building and maintenance that a plan can still bridge; our guess, and only a choice of words
ROOF = ("extra.dak_m2", "extra.dak_over_jaren")


def draw(table: Table) -> None:
    """Show how the plan falls beside the maintenance plan, and what that saves."""
    st.subheader("Groot onderhoud", anchor="onderhoud")
    st.markdown(timing(table))
    result = table.worked.result
    if result is not None:
        saved = [step for step in result.steps if step.name.startswith("mjop_") or step.name == "dak"]
        if saved:
            lines = "\n".join(f"- {step.label}: {money.euro(step.amount, near=100)}" for step in saved)
            st.markdown(f"**Wat het plan bespaart, in euro van nu en met btw**\n\n{lines}")
        else:
            st.markdown(
                "Nog niet ingevuld is welk gepland werk vervalt of goedkoper wordt, zoals het dak, de gevel of de steiger."
            )
    with st.container(key="werk_invullen"), st.expander("Onderhoud invullen", icon=":material/construction:"):
        st.caption(
            "Uit het meerjarenonderhoudsplan. Bedragen zijn zonder btw, voor het hele gebouw, in prijzen van nu. "
            "Een besparing telt in het jaar van het onderhoud, en alleen als de bouw dan begonnen kan zijn."
        )
        left, right = st.columns(2, gap="large")
        shown = [YEAR, *ROOF, *(f"mjop.{code}_eur_ex_btw" for code in SAVED_WORKS)]
        for place, key in enumerate(shown):
            with (left, right)[place % 2]:
                fields.number(table, INPUTS[key], place="_werk")


def timing(table: Table) -> str:
    """Return in words whether the building work meets the maintenance."""
    year = value_at(table.worked.tables, YEAR)
    if not year:
        return "Het jaar van groot onderhoud is **onbekend**. Het staat in het meerjarenonderhoudsplan; vul het hieronder in."
    begin = value_at(table.worked.tables, "planning.start_bouw") or table.desk.rules.day
    early, likely, late = (_start(table, begin, end) for end in ("laag", "maanden", "hoog"))
    text = f"Groot onderhoud staat gepland in **{year:.0f}**. "
    planned = "de geplande start" if value_at(table.worked.tables, "planning.start_bouw") else "vandaag"
    reach = f"{early.year}" if early.year == late.year else f"{early.year} tot {late.year}"
    text += f"Gerekend vanaf {planned} en met de vertraging uit de scan start de bouw in **{reach}**. "
    if year < begin.year:
        return f"{text}Het geplande jaar is voorbij: is het werk gedaan, dan valt er niets meer te besparen."
    if likely.year > year:
        return f"{text}Dat is naar verwachting te laat. Haal de bouw naar voren of schuif het onderhoud op."
    if late.year > year:
        return f"{text}Dat past, maar bij de langste vertraging is het onderhoud al gedaan."
    wait = year - likely.year
    if wait > SOON:
        return f"{text}Het onderhoud komt {numbers.whole(wait)} jaar na de start. Haal het naar voren om het samen te doen."
    return f"{text}Dat past: bouw en onderhoud kunnen in één keer."


def _start(table: Table, begin: date, end: str) -> date:
    usual = value_at(table.worked.tables, "planning.vertraging_maanden") or 0.0
    months = value_at(table.worked.tables, f"planning.vertraging_{end}")
    return add_months(begin, float(usual if months is None else months))
