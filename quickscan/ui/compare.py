"""Two to five buildings side by side: where they differ, and how firm their order is.

A difference is counted in points of the total: the points of the choice times the part of the total that the criterion
decides. What is unknown counts with its expected points, and is called unknown.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from quickscan.domain.explanation import Explanation, Line
from quickscan.domain.robustness import Robustness
from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.story import homes_text, join_nl, tell
from quickscan.domain.terms import ASPECTEN, INTERVENTIES, Blokkade, Interventie, Voorselectie
from quickscan.services.ports import Workspace
from quickscan.services.scans import Scan
from quickscan.ui import look, numbers, state
from quickscan.ui.charts import SEPARATORS
from quickscan.ui.frame import name_of

BUILDING_PAGE = "pages/scan/gebouw.py"
RULES_PAGE = "pages/beheer/regels.py"
PARAM = "vergelijk"
HANDED_OVER = "_vergelijk"  # the portfolio page leaves the selected rows here
KEPT = "_vergelijk_gekozen"
BARS = (
    ("bovenaan", "Staat bovenaan", "", "#7a5af0"),
    ("oordeel", "Houdt hetzelfde oordeel", "/", "#8a93a3"),
)  # readable on light and dark
FEWEST, MOST, START_WITH, FIRST_ROWS = 2, 5, 3, 8
STYLE = """<style>
.qs-compare{width:100%;border-collapse:collapse;table-layout:fixed}
.qs-compare th,.qs-compare td{text-align:left;vertical-align:top;padding:.7rem 1rem .7rem 0;border:0;
 border-bottom:1px solid rgba(128,140,160,.28)}
.qs-compare thead th{font-weight:600}
.qs-compare tbody th{font-weight:400}
.qs-compare .points{white-space:nowrap;font-variant-numeric:tabular-nums}
.qs-compare .small{font-size:.88rem;opacity:.82}
.qs-compare .unknown{font-style:italic;opacity:.82}
@media (max-width:640px){
 .qs-compare,.qs-compare tbody,.qs-compare tr,.qs-compare th,.qs-compare td{display:block;width:auto}
 .qs-compare thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
 .qs-compare tr{border-bottom:1px solid rgba(128,140,160,.45);padding:.6rem 0}
 .qs-compare th,.qs-compare td{border:0;padding:.15rem 0}
 .qs-compare td::before{content:attr(data-name) ": ";font-weight:600}
}
</style>"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion that the buildings answer differently; `points` is the widest gap in the total."""

    active: ActiveCriterion
    points: float
    lines: tuple[Line, ...]


def default_ids(table: pd.DataFrame, count: int = START_WITH) -> list[str]:
    """Return the buildings with the most answers; equal ones by rank."""
    ordered = table.sort_values(["antwoorden", "rang"], ascending=[False, True], na_position="last", kind="stable")
    return [str(pand_id) for pand_id in ordered["pand_id"].head(count)]


def choose_buildings(workspace: Workspace, table: pd.DataFrame) -> list[str]:
    """Let a person choose two to five buildings by name; kept in the URL and in the tab."""
    near = table[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)]
    names = dict(zip(near["pand_id"], near["naam"], strict=True))
    key = f"vergelijk_{workspace.id}"
    handed = st.session_state.pop(HANDED_OVER, None)
    if handed or key not in st.session_state:
        asked = handed or (st.query_params.get(PARAM) or st.session_state.get(KEPT) or "").split(",")
        valid = [pand_id for pand_id in dict.fromkeys(asked) if pand_id in names][:MOST]
        st.session_state[key] = valid or default_ids(near)
    chosen = st.multiselect(
        "Twee tot vijf gebouwen",
        list(names),
        format_func=lambda pand_id: name_of(names[pand_id], pand_id),
        key=key,
        max_selections=MOST,
        placeholder="Zoek een gebouw",
    )
    st.session_state[KEPT] = st.query_params[PARAM] = ",".join(chosen)
    return list(chosen)


def choose_interventie() -> Interventie:
    """Let a person choose what is compared."""
    return st.segmented_control(
        "Manier van toevoegen",
        INTERVENTIES,
        default=Interventie.OPTOPPEN,
        required=True,
        format_func=lambda each: look.INTERVENTIE_NAMES[each],
        key="vergelijk_manier",
    )


def name_apart(scans: Sequence[Scan]) -> list[str]:
    """Return the names; equal ones get the end of their pand_id."""
    return list(look.tell_apart({scan.pand_id: scan.name for scan in scans}).values())


def draw_card(scan: Scan, name: str, interventie: Interventie) -> None:
    """Draw one building: verdict, homes, bands, sentence, and what stands in the way."""
    result = scan.results[interventie]
    style = look.OORDEEL[result.oordeel]
    with st.container(border=True, height="stretch"):
        st.subheader(look.plain(name), anchor=False)
        st.html(look.chip(style))
        st.markdown(homes_words(result))
        rows = look.band_row("Totaal", result.total, color=style.color)
        rows += "".join(look.band_row(each.capitalize(), result.aspects[each]) for each in ASPECTEN if each in result.aspects)
        st.html(rows)
        st.markdown(tell(result))
        for line in result.blockers:
            st.markdown(blocker_words(line))
        if not result.blockers:
            st.caption("Geen blokkade bekend.")
        st.space("stretch")
        link = {state.BUILDING: scan.pand_id}
        st.page_link(BUILDING_PAGE, label="Open het gebouw", icon=":material/apartment:", query_params=link)


def homes_words(result: Explanation) -> str:
    """Return the homes with their range, and below it how much is known."""
    known = f"{numbers.percent(result.total.coverage)} bekend"
    low, likely, high = result.homes.low, result.homes.likely, result.homes.high
    if math.isnan(likely):
        return f"**Aantal onbekend**  \n{known}"
    reach = "" if round(low) == round(high) else f" ({numbers.span(low, high)})"
    return f"**{homes_text(likely)}**{reach}  \n{known}"


def blocker_words(line: Line) -> str:
    """Return what stops the plan, or what it needs first."""
    if line.choice is None:
        return ""
    if line.choice.blokkade is Blokkade.HARD:
        return f":material/block: **Stopt het plan:** {line.choice.label}."
    return f":material/warning: **Voorwaarde:** {line.choice.voorwaarde or line.choice.label}."


def find_differences(results: Sequence[Explanation]) -> list[Difference]:
    """Return where the choices differ, the widest gap in points of the total first."""
    found = []
    for lines in zip(*(result.lines for result in results), strict=True):
        if len({line.choice.code if line.choice else None for line in lines}) > 1:
            likely = [line.contribution.likely for line in lines]
            found.append(Difference(lines[0].active, max(likely) - min(likely), lines))
    return sorted(found, key=lambda difference: (-difference.points, difference.active.id))


def differences_html(differences: Sequence[Difference], names: Sequence[str]) -> str:
    """Return the differences as a table; on a phone every row becomes a block."""
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    rows = "".join(_difference_row(difference, names) for difference in differences)
    return f'<table class="qs-compare"><thead><tr><th scope="col">Criterium</th>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _difference_row(difference: Difference, names: Sequence[str]) -> str:
    rule = difference.active.criterion
    cells = "".join(
        f'<td data-name="{html.escape(name)}">{_choice_text(line)}</td>'
        for name, line in zip(names, difference.lines, strict=True)
    )
    return (
        f'<tr><th scope="row"><b>{html.escape(rule.naam)}</b><div class="small">{html.escape(look.ASPECT_NAMES[rule.aspect])}, '
        f'scheelt <span class="points">{numbers.decimal(difference.points)} punten</span></div></th>{cells}</tr>'
    )


def _choice_text(line: Line) -> str:
    if line.choice is None:
        return '<span class="unknown">? onbekend</span>'
    return f'{html.escape(line.choice.label)} <span class="small points">{numbers.decimal(line.choice.punten)} punten</span>'


def draw_differences(results: Sequence[Explanation], names: Sequence[str]) -> None:
    """Draw the differences, the widest first, and say how much is the same."""
    differences = find_differences(results)
    if not differences:
        st.info("Bij elk criterium hebben deze gebouwen hetzelfde antwoord.", icon=":material/equal:")
        return
    st.caption("‘Scheelt’ telt in punten van het totaal, van 0 tot 100. Onbekend telt met de verwachte punten.")
    st.html(STYLE + differences_html(differences[:FIRST_ROWS], names))
    rest = differences[FIRST_ROWS:]
    if rest:
        with st.expander(f"Nog {len(rest)} kleinere verschillen"):
            st.html(differences_html(rest, names))
    same = len(results[0].lines) - len(differences)
    st.caption(f"Bij {same} andere criteria is het antwoord gelijk, of voor alle gebouwen onbekend.")


def robustness_frame(robustness: Robustness, names: Sequence[str]) -> pd.DataFrame:
    """Return per building the share of draws, in %, in which it is first and in which its verdict stays."""
    return pd.DataFrame(
        {
            "Gebouw": list(names),
            "Staat bovenaan": [numbers.percent(share * 100) for share in robustness.first],
            "Houdt hetzelfde oordeel": [numbers.percent(share * 100) for share in robustness.same_verdict],
            "bovenaan": robustness.first * 100,
            "oordeel": robustness.same_verdict * 100,
        }
    )


def tell_robustness(frame: pd.DataFrame, results: Sequence[Explanation]) -> list[str]:
    """Return how firm the order and the verdicts are, in sentences."""
    now = max(range(len(results)), key=lambda place: results[place].total.likely)
    ahead = frame.iloc[now]
    always = ahead["bovenaan"] == 100  # noqa: PLR2004 - all of them
    said = [f"In **{'alle' if always else ahead['Staat bovenaan'] + ' van de'}** wegingen blijft **{ahead['Gebouw']}** bovenaan."]
    rivals = [row for place, row in enumerate(frame.to_dict("records")) if place != now and row["bovenaan"] > 0]
    if rivals:
        said.append(f"Anders staat {join_nl([row['Gebouw'] + ' (' + row['Staat bovenaan'] + ')' for row in rivals])} bovenaan.")
    weakest = frame.loc[frame["oordeel"].idxmin()]
    if weakest["oordeel"] == 100:  # noqa: PLR2004 - all of them
        said.append("Elk oordeel blijft in alle wegingen gelijk.")
    else:
        share = weakest["Houdt hetzelfde oordeel"]
        said.append(f"Het oordeel over **{weakest['Gebouw']}** hangt het meest van de weging af: in {share} blijft het gelijk.")
    return said


def robustness_figure(frame: pd.DataFrame) -> dict[str, Any]:
    """Return two bars per building as a Plotly figure; hatching tells them apart without colour."""
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": label,
            "y": frame["Gebouw"].tolist(),
            "x": frame[column].tolist(),
            "text": frame[label].tolist(),
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": color, "cornerradius": 3, "pattern": {"shape": shape, "fillmode": "overlay"}},
            "hovertemplate": f"%{{y}}<br>{label}: %{{text}}<extra></extra>",
        }
        for column, label, shape, color in BARS
    ]
    layout = {
        "barmode": "group",
        "bargap": 0.34,
        "bargroupgap": 0.12,
        "separators": SEPARATORS,
        "height": 70 + 84 * len(frame),
        "font": {"size": 15},
        "margin": {"l": 0, "r": 40, "t": 10, "b": 10},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 14}},
        "xaxis": {"range": [0, 112], "visible": False, "fixedrange": True},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "automargin": True, "ticksuffix": "  ", "tickfont": {"size": 15}},
    }
    return {"data": bars, "layout": layout}


def draw_robustness(robustness: Robustness, results: Sequence[Explanation], names: Sequence[str], rules: Rules) -> None:
    """Draw how firm the order is: sentences, bars, the same numbers as a table, and how they were made."""
    frame = robustness_frame(robustness, names)
    shown = frame.assign(Gebouw=[look.plain(name) for name in names])  # sentences and tables read names as Markdown
    st.markdown(" ".join(tell_robustness(shown, results)))
    alone = tell_robustness(frame, results)[0].replace("*", "")
    st.plotly_chart(robustness_figure(frame), key="robuustheid", config={"displayModeBar": False}, alt=alone)
    with st.expander("Dezelfde cijfers als tabel, en hoe ze zijn gemaakt"):
        st.table(shown[["Gebouw", "Staat bovenaan", "Houdt hetzelfde oordeel"]], hide_index=True, border="horizontal")
        st.markdown(how_words(robustness, rules))
        wanted: Mapping[str, str] = {"regels_deel": "Getallen", "regels_zoek": "robuustheid"}
        st.page_link(RULES_PAGE, label="Bekijk deze instellingen in de regels", icon=":material/menu_book:", query_params=wanted)


def how_words(robustness: Robustness, rules: Rules) -> str:
    """Say which weights were drawn and which numbers decide that."""
    spread = numbers.decimal(rules.parameter("robuustheid.concentratie").likely)
    return (
        f"De weging is niet zeker. Daarom trekken we {numbers.whole(robustness.draws)} keer andere gewichten, rond die van de "
        "normenset: binnen elk aspect voor de criteria, en voor de vier aspecten samen. De antwoorden blijven gelijk. "
        f"Hoe dicht de gewichten bij het uitgangspunt blijven, is een aanname (getal {spread}). "
        "De trekking is vast: wie het opnieuw doet, krijgt dezelfde cijfers."
    )
