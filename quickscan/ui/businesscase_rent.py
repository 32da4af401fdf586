"""The highest rent by huurpunten on the business case page: the home, its points part by part, and what was not counted."""

from __future__ import annotations

from typing import Any

import streamlit as st

from quickscan.domain.dwellings import UNIT_SIZES
from quickscan.domain.errors import QuickscanError
from quickscan.domain.finance.rentpoints import KIND_NAMES, LABELS, NUMBERS, TABLE, USUAL_KIND, TypicalHome
from quickscan.domain.finance.saved import value_at
from quickscan.services.finance import Worked
from quickscan.ui import businesscase_fields as fields
from quickscan.ui import look, money, numbers
from quickscan.ui.businesscase_fields import Counted, Table
from quickscan.ui.businesscase_tables import money_table
from quickscan.ui.frame import Desk

RENT = "woning.huur_eur_per_maand"
LEFT_OUT = (
    "Geteld met het open pakket woningwaardering. Dat kent het stelsel van 2026; op een andere peildatum vul je de huur zelf in. "
    "Niet geteld: gedeelde ruimten, parkeerplekken, zorg- en extra voorzieningen in keuken en bad. De indeling van de woning is "
    "een **aanname**. De opslag voor nieuwbouw zit erin als de bouw vóór 2028 start."
)


def count(desk: Desk, worked: Worked) -> Counted | None:
    """Return the points of a case's home, None when nobody asked for them. The first time takes a second or two."""
    if TABLE not in worked.saved.tables:
        return None
    try:
        with st.spinner("Huurpunten tellen …"):
            home, points = desk.services.finance.count_points(worked.tables, desk.rules)
    except QuickscanError as error:
        return Counted(None, None, str(error))
    return Counted(home, points)


def draw(table: Table) -> None:
    """Show the highest rent of the typical home, with the form that tells what home that is."""
    st.subheader("Huurpunten en hoogste huur", anchor="huurpunten")
    counted = table.counted
    if counted is None:
        st.markdown(
            "Nog niet geteld. De huurpunten bepalen de hoogste huur van een woning, ook onder de grens van de soort huur."
        )
    elif counted.points is None or counted.home is None:
        st.warning(look.plain(counted.problem), icon=":material/edit:")
    else:
        _outcome(table, counted)
    _form(table)


def _outcome(table: Table, counted: Counted) -> None:
    home, points = counted.home, counted.points
    assert home is not None  # noqa: S101 - the caller looked
    assert points is not None  # noqa: S101
    rent = table.values.get(RENT, 0.0)
    room = points.highest_rent - rent
    against = f"{money.cents(abs(room))} {'onder' if room >= 0 else 'boven'} die grens"
    st.markdown(
        f"Een {KIND_NAMES[home.kind]} van {numbers.decimal(home.area_m2)} m² met label {home.label} komt op "
        f"**{numbers.whole(points.points)} huurpunten**. De hoogste huur is dan **{money.cents(points.highest_rent)}** per maand"
        f"{_surcharge(points.surcharge)}. De case rekent met {money.cents(rent)}: {against}."
    )
    fields.warn_rent(table, RENT)
    rows = [[name, numbers.decimal(number, 2)] for name, number in points.parts]
    with st.popover("Punten per onderdeel", type="tertiary", icon=":material/list:"):
        money_table(["Onderdeel", "Punten"], [*rows, ["Samen, afgerond", numbers.whole(points.points)]], label="Huurpunten")
    if home.woz_eur is None:
        st.caption(
            "Zonder WOZ-waarde telt de laagste die de wet kent; de uitkomst is dan aan de voorzichtige kant." + _existing(table)
        )
    st.caption(LEFT_OUT)


def _surcharge(share: float) -> str:
    return f", met {numbers.whole(share * 100)} % opslag voor nieuwbouw" if share else ""


def _existing(table: Table) -> str:
    worth = table.worked.start.woz
    return f" De bestaande woningen zijn gemiddeld {money.euro(worth, near=1000)} waard." if worth else ""


def _form(table: Table) -> None:
    given: dict[str, Any] = {**table.worked.start.suggested.get(TABLE, {}), **table.worked.saved.tables.get(TABLE, {})}
    counted = TABLE in table.worked.saved.tables
    kinds = list(UNIT_SIZES)
    with (
        st.container(key="woning_punten"),
        st.expander("Woning voor de huurpunten", icon=":material/calculate:", expanded=False),
        st.form(table.key(f"huurpunten_{sorted(given.items())}"), border=False),
    ):
        left, right = st.columns(2, gap="large")
        kind = left.selectbox(
            money.fact_label("woningtype"),
            kinds,
            index=kinds.index(given.get("woningtype", USUAL_KIND)),
            format_func=KIND_NAMES.__getitem__,
        )
        usual = _usual(table)
        chosen = given.get("energielabel", usual.label)
        label = right.selectbox(money.fact_label("energielabel"), LABELS, index=LABELS.index(chosen))
        holders = {
            "oppervlakte_m2": f"kengetal van het type, {numbers.decimal(usual.area_m2)} (aanname)",
            "woz_eur": "niet ingevuld: laagste van de wet",
            "buitenruimte_m2": f"{numbers.decimal(usual.outdoor_m2)} (aanname)",
        }
        typed = {
            name: (left, right)[place % 2].text_input(
                money.fact_label(name),
                value=numbers.decimal(given[name], 2) if name in given else "",
                placeholder=holders[name],
            )
            for place, name in enumerate(NUMBERS)
        }
        sent = st.form_submit_button(
            "Tel opnieuw" if counted else "Tel de huurpunten", icon=":material/calculate:", disabled=table.worked.saved.locked
        )
    if sent:
        read = {name: money.parse(text) for name, text in typed.items() if text.strip()}
        wrong = [money.fact_label(name) for name, number in read.items() if number is None]
        made: dict[str, Any] = {"woningtype": kind, **{name: number for name, number in read.items() if number is not None}}
        if label != usual.label:
            made["energielabel"] = label
        if wrong:
            st.error(f"Dit is geen getal: {', '.join(wrong)}. Schrijf bijvoorbeeld 52 of 210.000.", icon=":material/error:")
        elif fields.save(table, {TABLE: made}):
            st.rerun()
    fields.tell_fault(table, TABLE)


def _usual(table: Table) -> TypicalHome:
    """Return the home as it is when only its kind is given."""
    kind = value_at(table.worked.tables, f"{TABLE}.woningtype") or value_at(table.worked.start.suggested, f"{TABLE}.woningtype")
    home: TypicalHome = table.desk.services.finance.usual_home({TABLE: {"woningtype": kind or USUAL_KIND}}, table.desk.rules)
    return home
