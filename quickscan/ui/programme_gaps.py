"""What a programme lacks, and which buildings could fill it best, with why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quickscan.domain.programme.alternatives import Alternatives, find_alternatives
from quickscan.domain.programme.curve import Gap, find_slip_gap, find_target_gap
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.story import join_nl
from quickscan.domain.strategy.families import FEATURES
from quickscan.domain.terms import Oordeel
from quickscan.ui import cache, look, numbers
from quickscan.ui.families import homes
from quickscan.ui.programme import Office
from quickscan.ui.programme_forms import HANDED_OVER
from quickscan.ui.widetable import wide_table

SLIPPED, SHORT = "Wat verschoof", "Wat het doel mist"
SHOWN = 12


def choose_gap(office: Office) -> Gap | None:
    """Let a person choose which gap to fill, when there are two; return None when there is none."""
    gaps = {SLIPPED: find_slip_gap(office.curve), SHORT: find_target_gap(office.curve, office.plan.target)}
    open_ = {name: gap for name, gap in gaps.items() if gap is not None}
    if not open_:
        return None
    chosen = st.segmented_control(
        "Vul aan", list(open_), default=next(iter(open_)), required=True, key="aanvullen", label_visibility="collapsed"
    )
    return open_[str(chosen)]


def gap_words(gap: Gap) -> str:
    """Return what is missed, as a sentence."""
    when = f"Eind **{gap.quarter.label}**"
    if gap.against == "het doel":
        return f"{when} is er **{homes(gap.homes)}** te weinig gepland voor het laagste doel."
    verb = "komt" if round(gap.homes) == 1 else "komen"
    return f"{when} {verb} er door verschuiven **{homes(gap.homes)}** minder dan eerst gepland."


def alternative_words(found: Alternatives) -> str:
    """Return what fills the gap, as a sentence."""
    chosen = found.chosen
    if chosen.empty:
        return "Er is geen gebouw in beeld dat nog niet in een project zit. Lees meer gebouwen in, of kijk naar de andere routes."
    names = join_nl([look.plain(str(name)) for name in chosen["naam"]])
    text = f"Het best passen **{names}**: samen waarschijnlijk **{homes(found.fills)}**."
    if found.fills < found.gap.homes:
        text += f" Dat is minder dan nodig: er blijven {homes(found.gap.homes - found.fills)} over."
    late = chosen[~chosen["op_tijd"].astype(bool)]
    if len(late):
        first: Quarter = min(chosen["klaar"])
        text += (
            f" Op tijd voor {found.gap.quarter.label} lukt in het gewone tempo niet: op zijn vroegst zijn ze klaar in "
            f"{first.label}. Ze halen het dus later in."
        )
    return text


def why(row: pd.Series, gap: Gap) -> str:
    """Return why a building stands where it stands."""
    parts = [f"oordeel {look.OORDEEL[Oordeel(row['oordeel'])].word}"]
    if row["oordeel"] in (Oordeel.KANSRIJK, Oordeel.KANSRIJK_MITS):
        parts.append("de haalbaarheid is al bekeken")
    if row["familie"]:
        parts.append(f"zelfde familie als {row['familie']}")
    parts.append(f"op tijd voor {gap.quarter.label}" if row["op_tijd"] else f"te laat voor {gap.quarter.label}")
    return ", ".join(parts)


def draw_gaps(office: Office) -> None:
    """Draw the gap, the sentence on what fills it, and the candidates with why."""
    st.subheader("Alternatieven", anchor=False)
    gap = choose_gap(office)
    if gap is None:
        st.info("Er is geen gat: niets is verschoven en het doel is gedekt, of er is nog geen doel.", icon=":material/task_alt:")
        return
    families = cache.families(office.desk.portfolio, office.desk.rules, tuple(FEATURES)).place
    found = find_alternatives(office.screened, office.plan, gap, office.now, office.desk.rules, families=families)
    st.markdown(f"{gap_words(gap)} {alternative_words(found)}")
    if found.table.empty:
        return
    rows = found.table.head(max(SHOWN, int(found.table["gekozen"].to_numpy().nonzero()[0].max(initial=0)) + 1))
    shown = pd.DataFrame(
        {
            "Gebouw": rows["naam"],
            "Keuze": ["✓ vult het gat" if chosen else "– niet nodig" for chosen in rows["gekozen"]],
            "Woningen": [
                f"{numbers.whole(likely)} ({numbers.span(low, high)})"
                for low, likely, high in zip(rows["woningen_laag"], rows["woningen"], rows["woningen_hoog"], strict=True)
            ],
            "Vroegst klaar": [quarter.label for quarter in rows["klaar"]],
            "Waarom": [why(row, gap) for row in (rows.iloc[place] for place in range(len(rows)))],
        }
    )
    st.html(wide_table(shown, label="Gebouwen die het gat kunnen vullen, met de reden"))
    chosen = found.chosen
    if (
        len(chosen)
        and office.may_change
        and st.button("Maak hier een project van", icon=":material/add:", key="maak_alternatief")
    ):
        st.session_state[HANDED_OVER] = (str(chosen["naam"].iloc[0]), tuple(str(pand_id) for pand_id in chosen["pand_id"]))
        st.rerun()
    st.caption(
        "De volgorde: eerst wie op tijd kan zijn, dan het oordeel, dan of het een familie is van een project dat al loopt, dan "
        "de verwachte woningen. Het tempo is dat van de normenset en is een aanname."
    )
