"""The frame of every page: who looks at which workspace, on which day; the title, and the way out when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.errors import NotFoundError
from quickscan.domain.rules import Rules
from quickscan.domain.terms import INTERVENTIES, Interventie
from quickscan.services.ports import Workspace
from quickscan.ui import account, cache, errors, look, state
from quickscan.wiring import Services, today

START = "pages/scan/start.py"
IMPORT = "pages/werk/inlezen.py"
NOTE = "_melding"
LISTED = "_werkruimten"  # what the sidebar read in this run, so that the page need not read it again


@dataclass(frozen=True)
class Desk:
    """What a page works with. `workspace` is None only on pages that do without."""

    services: Services
    rules: Rules
    author: str
    workspace: Workspace | None

    @property
    def portfolio(self) -> Workspace:
        """The workspace, for pages that were opened with one."""
        if self.workspace is None:  # pragma: no cover - open_page stops before this
            raise NotFoundError("Werkruimte", "", advice="Kies een werkruimte.")
        return self.workspace

    def screened(self, interventie: Interventie = Interventie.OPTOPPEN) -> pd.DataFrame:
        """Return the portfolio as it scores now."""
        return cache.screened(self.portfolio, self.rules, interventie)


def open_page(title: str, *, needs_workspace: bool = True, heading: bool = True) -> Desk:
    """Open a page: check what may be seen, find the workspace, draw the title. Every page starts with this."""
    with errors.shown():
        services = cache.services()
        chosen = day()
        rules = cache.rules(chosen)
        workspace = _workspace(services)
    if heading:
        st.title(title, anchor=False)
    if needs_workspace and workspace is None:
        _offer_workspaces(services, rules)
        st.stop()
    if workspace is not None:
        state.remember(state.WORKSPACE, workspace.id)
    return Desk(services, rules, account.author(), workspace)


def day() -> date:
    """Return the reference date chosen in the sidebar."""
    chosen = st.session_state.get(state.DAY)
    return chosen if isinstance(chosen, date) else today()


def _workspace(services: Services) -> Workspace | None:
    wanted = state.recall(state.WORKSPACE)
    if wanted is None:
        return None
    listed: dict[str, Workspace] = st.session_state.pop(LISTED, {})
    if wanted in listed:
        return listed[wanted]
    try:
        return services.portfolios.get(wanted)
    except NotFoundError:
        state.remember(state.WORKSPACE, None)
        st.warning("Deze werkruimte bestaat niet (meer). Kies hieronder een andere.", icon=":material/folder_off:")
        return None


def _offer_workspaces(services: Services, rules: Rules) -> None:
    st.write("Kies eerst gebouwen om naar te kijken.")
    if not account.may(Right.MAKE):
        st.write("De werkruimten waar je bij kunt, staan op de startpagina en in de zijbalk.")
        return
    with st.container(horizontal=True):
        if st.button("Bekijk de voorbeeldwijk", type="primary", icon=":material/holiday_village:"):
            enter(services.portfolios.open_demo(rules, author=account.author()).id)
            st.rerun()
        if st.button("Begin met eigen gebouwen", icon=":material/upload_file:"):
            state.go(IMPORT)


def enter(workspace_id: str) -> None:
    """Go on with another workspace; the building that was looked at is let go."""
    state.remember(state.WORKSPACE, workspace_id)
    state.remember(state.BUILDING, None)


def choose_building(desk: Desk, names: Mapping[str, str]) -> str:
    """Let a person pick one of the buildings (pand_id → naam), and return its pand_id; kept in the URL.

    A building out of reach can be opened by its address, and is then one of the choices.
    """
    current = state.recall(state.BUILDING)
    note = st.session_state.pop(NOTE, None)
    if note:
        st.warning(look.plain(note), icon=":material/search_off:")
    if current is not None and current not in names:
        other = desk.services.scans.find_name(desk.portfolio.id, current)
        if other is None:
            # Shown on the next run: this one starts over with another building.
            st.session_state[NOTE] = f"Pand {current} staat niet in deze werkruimte. Dit is een ander gebouw."
        else:
            names = {current: other, **names}
    ids = list(names)
    if not ids:
        st.info("In deze werkruimte staat geen gebouw dat binnen bereik is.", icon=":material/info:")
        st.stop()
    place = ids.index(current) if current is not None and current in names else 0
    key = f"gebouw_{desk.portfolio.id}_{ids[place]}"
    chosen = st.selectbox(
        "Gebouw",
        ids,
        index=place,
        format_func=lambda pand_id: name_of(names[pand_id], pand_id),
        key=key,
        label_visibility="collapsed",
        placeholder="Zoek een gebouw",
    )
    if chosen != state.recall(state.BUILDING):
        state.remember(state.BUILDING, chosen)
        st.rerun()
    return str(chosen)


def choose_interventie() -> Interventie:
    """Let a person choose between optoppen, aanplakken and uitplinten; kept in the URL."""
    chosen = st.segmented_control(
        "Ingreep",
        [str(kind) for kind in INTERVENTIES],
        default=str(INTERVENTIES[0]),
        required=True,
        format_func=lambda kind: look.INTERVENTIE_NAMES[kind],
        key="ingreep",
        bind="query-params",
        label_visibility="collapsed",
    )
    return Interventie(chosen)


def name_of(name: str, pand_id: str) -> str:
    """Return a name that tells two buildings apart: the end of the pand_id is added, unless it is the name."""
    return name if pand_id[-6:] in name else f"{name} · {pand_id[-6:]}"
