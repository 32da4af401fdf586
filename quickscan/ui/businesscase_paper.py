"""What a business case needs on paper and not on the screen: every number with its origin in one table.

On the screen the same numbers are fields, a group at a time; the style sheet shows this table in print only.
"""

from __future__ import annotations

import html

import streamlit as st

from quickscan.domain.finance.filling import Assumption
from quickscan.domain.finance.inputs import INPUTS, SEGMENTS
from quickscan.ui import money, numbers
from quickscan.ui.businesscase_fields import Table
from quickscan.ui.businesscase_groups import SHARING_NAMES

ORIGINS = {"zaak": "deze case of de quick scan", "werkruimte": "uitgangspunt van de werkruimte"}
HEAD = ("Uitgangspunt", "Waarde", "Standaard", "Herkomst")


def assumptions(table: Table) -> None:
    """Write every number that counts, with what the rulebook says and where it comes from."""
    rows = "".join(_row(each) for each in table.assumptions.values())
    top = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    about = (
        f"Peildatum {numbers.day(table.desk.rules.day)}, normenset {table.desk.rules.fingerprint}, "
        f"case {table.worked.saved.name}, versie {table.worked.saved.version}."
    )
    st.html(
        f'<div class="alleen-papier geldtabel"><p>{html.escape(about)}</p><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(each: Assumption) -> str:
    spec = INPUTS.get(each.key)
    if isinstance(each.value, str) or spec is None:
        segment = SEGMENTS.get(str(each.value))
        name = "Soort huur" if segment else "Lift en verduurzaming tellen"
        value = segment.label if segment else SHARING_NAMES.get(str(each.value), str(each.value))
        usual = ""
    else:
        name = spec.label
        value = "per jaar" if isinstance(each.value, tuple) else money.with_unit(spec, each.value)
        usual = "" if each.standard is None else money.with_unit(spec, each.standard)
    cells = (value, usual, _origin(each))
    return f'<tr><th scope="row">{html.escape(name)}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def _origin(each: Assumption) -> str:
    if each.origin in ORIGINS:
        return ORIGINS[each.origin]
    if each.origin != "normenset" or not each.source:
        same = INPUTS[each.key].same_as if each.key in INPUTS else None
        return f"zelfde als {INPUTS[same].label.lower()}" if same else each.origin
    guess = "aanname. " if each.assumed else ""
    return f"{guess}{each.source}{', ' + each.article if each.article else ''}"
