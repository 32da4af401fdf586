"""The peer of the Quick scan page: the same widgets, containers and amount of text, and no logic, data or database.

Run by `benchmarks.answer` with `streamlit run`. A click on a choice counts one up, so that as on the real page the next
question has other buttons. `benchmarks.answer` checks that both pages send about as many elements and bytes.
"""

# ruff: noqa: E501 - the markup is as long as that of the real page
from __future__ import annotations

import streamlit as st

from benchmarks.peer_frame import run

ASPECTS = ("Planologisch-juridisch", "Bouwtechnisch", "Financieel", "Organisatorisch")
HOUSES = [f"Voorbeeldhof {number % 7} · {100_000 + number}" for number in range(76)]
QUESTIONS = [f"Criterium nummer {number}" for number in range(48)]
CHOICES = ("Ja, het past", "Nee, hoger dan het plan: afwijken is nodig", "Nee, een grens van rijk of provincie houdt het tegen")
TEXT = (
    "**Wat.** Het omgevingsplan noemt voor elke plek een hoogste bouwhoogte. De nieuwe lagen en de tussenlaag voor leidingen "
    "tellen samen mee.\n\n**Waarom.** Past de hoogte, dan is een van de grootste hobbels weg. Past hij niet, dan is een "
    "afwijking van het plan nodig.\n\n**Waar.** Kijk in het loket bij Regels op de kaart. Vraag bij twijfel het team van de gemeente."
)
BAND = (
    '<div style="margin:.15rem 0 .55rem 0"><div style="display:flex;justify-content:space-between;gap:.5rem;font-variant-numeric:'
    'tabular-nums"><span>{name}</span><span><b>{value}</b> (28–96)</span></div><div role="img" aria-label="waarschijnlijk {value}, '
    'laag 28, hoog 96" style="position:relative;height:1.15rem;margin:.1rem 0"><div style="position:absolute;left:0;right:0;top:25%;'
    'height:50%;border-radius:4px;background:rgba(138,147,163,.22)"></div><div style="position:absolute;top:25%;height:50%;background:'
    '#5f6775;left:27.7%;width:68.2%;opacity:.4;border-radius:0 4px 4px 0"></div><div style="position:absolute;top:25%;height:50%;'
    'background:#5f6775;left:0;width:27.7%;border-radius:4px 0 0 4px"></div><div style="position:absolute;top:0;height:100%;left:'
    'calc(61.8% - 3px);width:5px;border-radius:2px;background:#5f6775"></div></div></div>'
)
BAR = (
    '<div style="flex:1 1 8rem;min-width:7.5rem"><div style="display:flex;justify-content:space-between;gap:.4rem;font-size:.92rem">'
    '<span>{name}</span><b>3/13</b></div><div style="height:.45rem;border-radius:.3rem;background:rgba(138,147,163,.25)"><div '
    'style="width:{value}%;height:100%;border-radius:.3rem;background:#5115ef"></div></div></div>'
)


def count_up() -> None:
    """Go to the next question."""
    st.session_state["count"] = st.session_state.get("count", 0) + 1


def page() -> None:
    """Draw what the Quick scan page draws."""
    count = st.session_state.get("count", 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Vorige", icon=":material/arrow_back:", on_click=lambda: None)
        with st.container(width=420):
            st.selectbox(
                "Gebouw",
                HOUSES,
                index=53,
                format_func=str,
                key="gebouw",
                label_visibility="collapsed",
                placeholder="Zoek een gebouw",
            )
        st.button("Volgende", icon=":material/arrow_forward:", icon_position="right", on_click=lambda: None)
        kinds = ["Optoppen", "Aanplakken", "Uitplinten"]
        st.segmented_control(
            "Ingreep",
            kinds,
            default=kinds[0],
            required=True,
            format_func=str,
            key="ingreep",
            bind="query-params",
            label_visibility="collapsed",
        )
    bars = "".join(BAR.format(name=name, value=count % 100) for name in ASPECTS)
    st.html(
        f'<h1 style="font-size:1.05rem;font-weight:600;padding:0;margin:0">Quick scan van een voorbeeld</h1><div>{bars}</div>'
    )
    left, right = st.columns([5, 3], gap="large")
    with right, st.container(border=True, key="paneel"):
        chip = '<span style="display:inline-block;background:#5f6775;color:#fff;border-radius:999px">? onvoldoende bekend</span>'
        big = f'<p style="margin:.4rem 0"><span style="font-size:2.4rem;font-weight:700">{count}</span> woningen (0 tot 7)</p>'
        st.html(chip + big + BAND.format(name="Totaal", value=count % 100))
        st.html(chip + big + "".join(BAND.format(name=name, value=count % 100) for name in ("Totaal", *ASPECTS, *ASPECTS[:2])))
        st.markdown("**17 %** bekend van wat ertoe doet")
        st.markdown("**Nog 13 vragen die ertoe doen**")
        with st.container(horizontal=True):
            st.button("Bekijk het hele gebouw", icon=":material/apartment:")
            st.toggle("Sneltoetsen 0–9", value=True, key="sneltoetsen", persist_state="session")
    with left:
        orders = ["Beste vraag eerst", *ASPECTS, "Kenmerken"]
        st.pills(
            "Volgorde",
            orders,
            default=orders[0],
            required=True,
            format_func=str,
            key="volgorde",
            bind="query-params",
            label_visibility="collapsed",
        )
        if count:
            st.markdown(f":material/cloud_done: Bewaard 12:34 · Criterium {count}: Ja · score 62 (28–96) → **63 (29–96)**")
        question(count)


def question(count: int) -> None:
    """Draw a question with its choices, and the ways on."""
    st.header("Past de nieuwe hoogte binnen de hoogte die het omgevingsplan toestaat?", anchor=False)
    with st.expander("Wat betekent dit, waarom telt het, waar is het te vinden?", icon=":material/help:"):
        st.markdown(TEXT)
        st.caption(f"Moeite: vanachter het bureau te vinden. Bron: {TEXT[:100]}")
    with st.container(key="keuzes", gap="small"):
        for number, label in enumerate(CHOICES, start=1):
            key = f"keuze_{count}_{number}"
            st.button(label, key=key, width="stretch", wrap=True, shortcut=str(number), on_click=count_up)
        st.button("Weet ik niet", key=f"keuze_{count}_0", width="stretch", wrap=True, shortcut="0", on_click=count_up)
    left, right = st.columns([3, 2])
    left.text_input("Notitie", key=f"notitie_{count}", max_chars=500, placeholder="Waar komt dit vandaan? Geen namen.")
    right.selectbox("Hoe zeker?", ["Zeker", "Redelijk zeker", "Inschatting"], index=1, key=f"zeker_{count}")
    with st.container(horizontal=True):
        st.button("Vorige vraag", icon=":material/undo:", disabled=not count, on_click=lambda: None)
        st.button("Overslaan", icon=":material/redo:", on_click=lambda: None, shortcut="S")
        st.button("Maak ongedaan", icon=":material/undo:", help=TEXT[:70], on_click=lambda: None)
        with st.popover("Alle vragen", icon=":material/list:"):
            for place, name in enumerate(QUESTIONS):
                if not place % 12:
                    st.markdown(f"**{ASPECTS[place // 12]}** · 10 van 13 bekend")
                icon = ":material/check_circle:" if place < count else ":material/radio_button_unchecked:"
                st.button(name, key=f"spring_{place}", icon=icon, type="tertiary", on_click=lambda: None)


run(page)
