"""Everything that is kept between reruns, on small versioned keys. Rights are checked before, never in here.

A frame is never a key: Streamlit samples large frames and misses edits. After a save the version rises, so nobody
clears anything.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.domain.robustness import Robustness
from quickscan.domain.rules import Rules
from quickscan.domain.sessions import Board as SessionBoard
from quickscan.domain.terms import Interventie, Oordeel, Voorselectie
from quickscan.services.accounts import Accounts, fingerprint_of_login
from quickscan.services.authors import Names, tell_names
from quickscan.services.lookups import Lookups
from quickscan.services.planning import Board, Planned
from quickscan.services.ports import Workspace
from quickscan.wiring import (
    Services,
    Stores,
    demo_wanted,
    is_shared,
    join_services,
    make_demo,
    make_qr,
    open_accounts,
    open_lookups,
    open_stores,
    rules_on,
    today,
)

if TYPE_CHECKING:  # shapely and pyproj are for who opens the map
    import shapely

    from quickscan.domain.strategy.big5 import Complexes
    from quickscan.domain.strategy.families import Families
    from quickscan.ui import map3d


MOST_ON_BOARD = 200  # buildings that get there by their verdict alone


@st.cache_resource(show_spinner=False)
def stores() -> Stores:
    """Return what is kept, on one engine for the whole process. Pages get `services`, which ask the guard first."""
    return open_stores()


@st.cache_resource(show_spinner=False)
def unguarded() -> Services:
    """Return the use cases without a guard: for a laptop, and for what is worked out in here after the rights were asked."""
    return join_services(stores())


@st.cache_resource(show_spinner=False)
def accounts() -> Accounts:
    """Return the use cases around people and their log-ins, on a server."""
    return open_accounts(stores())


def services() -> Services:
    """Return the use cases of whoever is at the screen; without a log-in that counts, a server refuses each of them."""
    if not is_shared():
        return unguarded()
    return join_services(stores(), fingerprint=fingerprint_of_login(st.user.to_dict()))


@st.cache_resource(show_spinner=False)
def lookups() -> Lookups:
    """Return the look-ups in public registers, switched on or off."""
    return open_lookups()


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
    return unguarded().portfolios.screen(workspace_id, rules(day), interventie=interventie)


def in_reach(workspace: Workspace, rules_in_force: Rules) -> Mapping[str, str]:
    """Return pand_id → naam of the buildings in reach, the most promising first; facts decide, not answers."""
    return _in_reach(workspace.id, workspace.facts_version, rules_in_force.fingerprint, rules_in_force.day)


@st.cache_resource(show_spinner="Gebouwen ophalen …", max_entries=24)  # read only: no copy for each rerun
def _in_reach(workspace_id: str, facts_version: int, fingerprint: str, day: date) -> Mapping[str, str]:
    table = unguarded().portfolios.screen(workspace_id, rules(day))
    near = table[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK)].sort_values("rang", na_position="last")
    return MappingProxyType(dict(zip(near["pand_id"].tolist(), near["naam"].tolist(), strict=True)))


def complex_codes(workspace: Workspace) -> Mapping[str, str]:
    """Return pand_id → complex_code, of the panden that are not the only one of their complex."""
    return _complex_codes(workspace.id, workspace.facts_version)


@st.cache_resource(show_spinner=False, max_entries=24)
def _complex_codes(workspace_id: str, facts_version: int) -> Mapping[str, str]:
    return MappingProxyType(unguarded().finance.complexes(workspace_id))


def planned(workspace: Workspace, rules_in_force: Rules, pand_id: str) -> Planned:
    """Return the plan and the actions of a building as they are now; raises NotFoundError."""
    return _planned(
        workspace.id,
        workspace.facts_version,
        workspace.answers_version,
        services().planning.stamp(workspace.id),
        rules_in_force.fingerprint,
        rules_in_force.day,
        pand_id,
    )


@st.cache_resource(show_spinner=False, max_entries=256)  # read only: no copy for each rerun
def _planned(
    workspace_id: str,
    facts_version: int,
    answers_version: int,
    stamp: tuple[int, int],
    fingerprint: str,
    day: date,
    pand_id: str,
) -> Planned:
    scan = unguarded().scans.look(workspace_id, pand_id, rules(day), interventies=(Interventie.OPTOPPEN,))
    return unguarded().planning.look(workspace_id, scan, rules(day), today=day)


def board(workspace: Workspace, rules_in_force: Rules) -> Board:
    """Return the work of the buildings that people go on with: kansrijk, or with a kept plan or action."""
    return _board(
        workspace.id,
        workspace.facts_version,
        workspace.answers_version,
        services().planning.stamp(workspace.id),
        rules_in_force.fingerprint,
        rules_in_force.day,
    )


@st.cache_resource(show_spinner="Acties verzamelen …", max_entries=12)
def _board(
    workspace_id: str, facts_version: int, answers_version: int, stamp: tuple[int, int], fingerprint: str, day: date
) -> Board:
    table = _screened(workspace_id, facts_version, answers_version, fingerprint, day, Interventie.OPTOPPEN)
    good = table["oordeel"].astype(str).isin([str(Oordeel.KANSRIJK), str(Oordeel.KANSRIJK_MITS)]) & (table["antwoorden"] > 0)
    near = table[good].sort_values("rang", na_position="last").head(MOST_ON_BOARD)
    return unguarded().planning.board(workspace_id, near["pand_id"].astype(str).tolist(), rules(day), today=day)


def names(workspace: Workspace) -> Mapping[str, str]:
    """Return pand_id → naam of all buildings."""
    return _names(workspace.id, workspace.facts_version)


@st.cache_resource(show_spinner="Gebouwen ophalen …", max_entries=24)  # read only: no copy for each rerun
def _names(workspace_id: str, facts_version: int) -> Mapping[str, str]:
    return MappingProxyType(unguarded().portfolios.names(workspace_id))


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
    buildings = unguarded().portfolios.buildings(workspace_id)
    around = surroundings() if fictional else None
    return map3d.make_picture(buildings, table, rules(day), choice, surroundings=around)


@st.cache_resource(show_spinner=False)
def surroundings() -> map3d.Surroundings | None:
    """Return the water, green and streets of the fictional neighbourhood."""
    around: map3d.Surroundings | None = getattr(make_demo(rules_on()), "background", None)
    return around


def families(workspace: Workspace, rules_in_force: Rules, features: tuple[str, ...]) -> Families:
    """Return the building families of a workspace as it is now."""
    return _families(*_key(workspace, rules_in_force), features)


@st.cache_resource(show_spinner="Families maken …", max_entries=24)  # read only: no copy for each rerun
def _families(
    workspace_id: str, facts_version: int, answers_version: int, fingerprint: str, day: date, features: tuple[str, ...]
) -> Families:
    table = _screened(workspace_id, facts_version, answers_version, fingerprint, day, Interventie.OPTOPPEN)
    return unguarded().strategy.families(workspace_id, table, rules(day), features=features)


def family_picture(workspace: Workspace, rules_in_force: Rules, features: tuple[str, ...], *, dark: bool) -> map3d.Picture:
    """Return the map of the largest families; the same bytes on every rerun."""
    return _family_picture(*_key(workspace, rules_in_force), features, dark=dark, fictional=workspace.fictional)


@st.cache_data(show_spinner="Kaart tekenen …", max_entries=12)
def _family_picture(
    workspace_id: str,
    facts_version: int,
    answers_version: int,
    fingerprint: str,
    day: date,
    features: tuple[str, ...],
    *,
    dark: bool,
    fictional: bool,
) -> map3d.Picture:
    from quickscan.ui import families as drawn  # noqa: PLC0415 - shapely and pyproj are for who opens a map
    from quickscan.ui import map3d  # noqa: PLC0415 - the same

    key = (workspace_id, facts_version, answers_version, fingerprint, day)
    found = _families(*key, features)
    shown = drawn.styles(found.table)
    places = np.where(found.place < len(shown), found.place, -1)
    table = _screened(*key, Interventie.OPTOPPEN).assign(**{drawn.COLUMN: places})
    choice = map3d.Choice(drawn.COLUMN, dark=dark, styles=shown)
    around = surroundings() if fictional else None
    return map3d.make_picture(unguarded().portfolios.buildings(workspace_id), table, rules(day), choice, surroundings=around)


def complexes(workspace: Workspace, rules_in_force: Rules) -> Complexes:
    """Return the five routes for every complex of a workspace as it is now."""
    return _complexes(*_key(workspace, rules_in_force))


@st.cache_resource(show_spinner="Routes vergelijken …", max_entries=12)  # read only
def _complexes(workspace_id: str, facts_version: int, answers_version: int, fingerprint: str, day: date) -> Complexes:
    table = _screened(workspace_id, facts_version, answers_version, fingerprint, day, Interventie.OPTOPPEN)
    return unguarded().strategy.complexes(workspace_id, table, rules(day))


def _key(workspace: Workspace, rules_in_force: Rules) -> tuple[str, int, int, str, date]:
    return (
        workspace.id,
        workspace.facts_version,
        workspace.answers_version,
        rules_in_force.fingerprint,
        rules_in_force.day,
    )


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
    return unguarded().portfolios.robustness(workspace_id, pand_ids, rules(day), interventie=interventie, best=1)


@st.cache_resource(show_spinner=False, max_entries=64)  # read only: one copy for all screens of a session
def session_board(workspace_id: str, code: str, version: int) -> SessionBoard:
    """Return what the screens of a live session show at a version, which the caller asked for; read once for all of them."""
    found = unguarded().sessions.board(workspace_id, code)
    return tell_names(found, Names(stores().people.find_names)) if is_shared() else found


@lru_cache(maxsize=64)
def session_wall(workspace_id: str, code: str, version: int, seconds: int | None) -> str:
    """Return what moves on a large screen at a version, with so many seconds on the clock; written once for all of them."""
    from quickscan.ui import session_wall as wall  # noqa: PLC0415 - only a live session draws this

    board = session_board(workspace_id, code, version)
    return wall.whole(board, rules(board.session.day), seconds)


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
    if demo_wanted() and not is_shared():
        with contextlib.suppress(QuickscanError):  # a full disk is told where somebody does something, not here
            portfolios = unguarded().portfolios
            if not portfolios.list_workspaces():
                portfolios.open_demo(rules(today()), author="voorbeeld")


@st.cache_resource(show_spinner=False, max_entries=8)
def outlines(workspace_id: str, facts_version: int) -> tuple[shapely.STRtree, dict[str, int]]:
    """Return all outlines of a workspace in a search tree, and the place of each pand_id in it."""
    import shapely  # noqa: PLC0415 - for who opens a building

    frame = unguarded().portfolios.buildings(workspace_id)
    found = frame["geometry"].astype("object")
    shapes = shapely.from_wkb(found.where(found.notna(), None).to_numpy(dtype=object))
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    ids = frame["pand_id"].to_numpy(dtype=object)[known]
    return shapely.STRtree(shapes[known]), {str(pand_id): place for place, pand_id in enumerate(ids)}
