"""The start page's pieces: the picture, the workspaces to resume, and the way it works in four steps."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from quickscan.domain.rules import Rules
from quickscan.services.ports import Workspace
from quickscan.ui import cache, frame, look, numbers, state

STEPS = (
    (
        ":material/upload_file:",
        "Gebouwen erin",
        "Een lijst van de corporatie of de panden uit de BAG. Registers zeggen al welke in beeld zijn.",
    ),
    (
        ":material/checklist:",
        "Vragen langs",
        "De vraag die het meest uitmaakt komt eerst. Weet niemand het, dan blijft de band breed.",
    ),
    (
        ":material/insights:",
        "Oordeel met band",
        "Aantal woningen, vier aspecten, wat blokkeert en wat versnelt. Elk getal opent naar zijn bron.",
    ),
    (":material/task_alt:", "Wat nu te doen", "De voorwaarden, de acties en de volgende vraag. Op de kaart en naast elkaar."),
)
PICTURE = "Een fictieve naoorlogse wijk van boven: grijze flats in het groen, met gekleurde nieuwe lagen op een aantal daken."


def draw(rules: Rules) -> None:
    """Draw the fictional neighbourhood with its new layers."""
    dark = st.context.theme.type == "dark"
    st.image(cache.hero_svg(rules.fingerprint, rules.day, dark=dark), width="stretch", alt=PICTURE)
    st.caption("De voorbeeldwijk, fictief: grijs is wat er staat, kleur is wat erbij kan.")


def resume(workspaces: Sequence[Workspace]) -> None:
    """Show the workspaces, the latest first, with how far each is."""
    columns = st.columns(3)
    for place, workspace in enumerate(workspaces[:6]):
        with columns[place % 3], st.container(border=True):
            mark = " :violet-badge[fictief]" if workspace.fictional else ""
            st.markdown(f"**{look.plain(workspace.name)}**{mark}")
            st.caption(f"{numbers.whole(workspace.buildings)} gebouwen · {numbers.whole(workspace.answers)} antwoorden")
            if st.button("Ga verder", key=f"verder_{workspace.id}", icon=":material/arrow_forward:"):
                frame.enter(workspace.id)
                state.go("pages/scan/portefeuille.py")


def steps() -> None:
    """Explain the tool in four short steps."""
    for column, (icon, title, text) in zip(st.columns(4), STEPS, strict=True):
        column.markdown(f"{icon} **{title}**\n\n{text}")
