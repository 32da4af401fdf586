"""Everything that is kept between reruns, on small versioned keys. Rights are checked before, never in here.

A frame is never a key: Streamlit samples large frames and misses edits. After a save the version rises, so nobody
clears anything.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.domain.robustness import Robustness
from quickscan.domain.rules import Rules
from quickscan.domain.sessions import Board
from quickscan.domain.terms import Interventie, Voorselectie
from quickscan.services.lookups import Lookups
from quickscan.services.ports import Workspace
from quickscan.wiring import Services, demo_wanted, make_demo, make_qr, make_services, open_lookups, rules_on, today

if TYPE_CHECKING:  # shapely and pyproj are for who opens the map
    import shapely

    from quickscan.ui import map3d


@st.cache_resource(show_spinner=False)
def services() -> Services:
    """Return the use cases, on one engine for the whole process."""
    return make_services()


@st.cache_resource(show_spinner=False)
def lookups() -> Lookups:
    """Return the look-ups in public registers, switched on or off."""
    return open_lookups()


_frozen = 0  # how many modules there were when what is imported was last taken out of the garbage collector


def freeze_imports() -> None:
    """Take what is imported out of the garbage collector: Streamlit collects all generations after every run.

    Pages import what they need when they are first opened, so this looks on every run, and does something on a few.
    """
    global _frozen  # noqa: PLW0603 - as the collector, it is of the whole process
    if len(sys.modules) != _frozen:
        _frozen = len(sys.modules)
        gc.collect()
        gc.freeze()


@lru_cache(maxsize=16)
def rules(day: date) -> Rules:
    """Return the rules in force on a day; read-only, so one copy serves all."""
    return rules_on(day)


def screened(workspace: Workspace, rules_in_force: Rules, interventie: Interventie = Interventie.OPTOPPEN) -> pd.DataFrame:
    """Return the screened portfolio of a workspace as it is now."""
    return _screened(
        workspace.id,
        workspace.facts_version,
        workspace.answers_version,
        rules_in_force.fingerprint,
        rules_in_force.day,
        interventie,
    )


@st.cache_data(show_spinner="Gebouwen doorrekenen …", max_entries=24)
def _screened(
    workspace_id: str, facts_version: int, answers_version: int, fingerprint: str, day: date, interventie: Interventie
) -> pd.DataFrame:
    return services().portfolios.screen(workspace_id, rules(day), interventie=interventie)


def in_reach(workspace: Workspace, rules_in_force: Rules) -> Mapping[str, str]:
    """Return pand_id → naam of the buildings in reach, the most promising first; facts decide, not answers."""
    return _in_reach(workspace.id, workspace.facts_version, rules_in_force.fingerprint, rules_in_force.day)


@st.cache_resource(show_spinner="Gebouwen ophalen …", max_entries=24)  # read only: no copy for each rerun
def _in_reach(workspace_id: str, facts_version: int, fingerprint: str, day: date) -> Mapping[str, str]:
    table = services().portfolios.screen(workspace_id, rules(day))
    near = table[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)].sort_values("rang", na_position="last")
    return MappingProxyType(dict(zip(near["pand_id"].tolist(), near["naam"].tolist(), strict=True)))


def picture(workspace: Workspace, rules_in_force: Rules, choice: map3d.Choice) -> map3d.Picture:
    """Return the map of a workspace as it is now; the same bytes on every rerun, so nothing is sent twice."""
    return _picture(
        workspace.id,
        workspace.facts_version,
        workspace.answers_version,
        rules_in_force.fingerprint,
        rules_in_force.day,
        choice,
        fictional=workspace.fictional,
    )


@st.cache_data(show_spinner="Kaart tekenen …", max_entries=12)
def _picture(
    workspace_id: str,
    facts_version: int,
    answers_version: int,
    fingerprint: str,
    day: date,
    choice: map3d.Choice,
    *,
    fictional: bool,
) -> map3d.Picture:
    from quickscan.ui import map3d  # noqa: PLC0415 - see above

    table = _screened(workspace_id, facts_version, answers_version, fingerprint, day, Interventie.OPTOPPEN)
    buildings = services().portfolios.buildings(workspace_id)
    around = surroundings() if fictional else None
    return map3d.make_picture(buildings, table, rules(day), choice, surroundings=around)


@st.cache_resource(show_spinner=False)
def surroundings() -> map3d.Surroundings | None:
    """Return the water, green and streets of the fictional neighbourhood."""
    around: map3d.Surroundings | None = getattr(make_demo(rules_on()), "background", None)
    return around


def robustness(workspace: Workspace, rules_in_force: Rules, pand_ids: tuple[str, ...], interventie: Interventie) -> Robustness:
    """Return how firm the order of a few buildings is, with one at the top."""
    return _robustness(
        workspace.id,
        workspace.facts_version,
        workspace.answers_version,
        rules_in_force.fingerprint,
        rules_in_force.day,
        pand_ids,
        interventie,
    )


@st.cache_data(show_spinner="Wegingen trekken …", max_entries=24)
def _robustness(
    workspace_id: str,
    facts_version: int,
    answers_version: int,
    fingerprint: str,
    day: date,
    pand_ids: tuple[str, ...],
    interventie: Interventie,
) -> Robustness:
    return services().portfolios.robustness(workspace_id, pand_ids, rules(day), interventie=interventie, best=1)


@st.cache_resource(show_spinner=False, max_entries=64)  # read only: one copy for all screens of a session
def board(workspace_id: str, code: str, version: int) -> Board:
    """Return what the screens of a live session show at a version; read once for all of them."""
    return services().sessions.board(workspace_id, code)


@st.cache_data(show_spinner=False, max_entries=64)
def qr_svg(address: str) -> str:
    """Return the QR code that leads to an address."""
    return make_qr(address)


@st.cache_data(show_spinner=False, max_entries=4)
def hero_svg(fingerprint: str, day: date, *, dark: bool) -> str:
    """Return the drawing of the fictional neighbourhood under these rules, for the start page."""
    del fingerprint  # part of the key: other rules, other colours
    from quickscan.domain.screening import screen_buildings  # noqa: PLC0415 - only the start page draws this
    from quickscan.ui import drawing  # noqa: PLC0415 - the same

    demo = make_demo(rules(day))
    table = screen_buildings(demo.buildings, rules(day), questions=False)
    return drawing.neighbourhood_svg(demo.buildings, table, rules(day), surroundings=surroundings(), dark=dark)


@st.cache_resource(show_spinner=False)
def prepare_demo() -> None:
    """Make the fictional neighbourhood when the app was started with it; once per process, after the page is drawn."""
    if demo_wanted():
        with contextlib.suppress(QuickscanError):  # a full disk is told where somebody does something, not here
            portfolios = services().portfolios
            if not portfolios.list_workspaces():
                portfolios.open_demo(rules(today()), author="voorbeeld")


@st.cache_resource(show_spinner=False, max_entries=8)
def outlines(workspace_id: str, facts_version: int) -> tuple[shapely.STRtree, dict[str, int]]:
    """Return all outlines of a workspace in a search tree, and the place of each pand_id in it."""
    import shapely  # noqa: PLC0415 - for who opens a building

    frame = services().portfolios.buildings(workspace_id)
    found = frame["geometry"].astype("object")
    shapes = shapely.from_wkb(found.where(found.notna(), None).to_numpy(dtype=object))
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    ids = frame["pand_id"].to_numpy(dtype=object)[known]
    return shapely.STRtree(shapes[known]), {str(pand_id): place for place, pand_id in enumerate(ids)}
