"""The statements about live sessions. Made once: making one anew costs as much as carrying it out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, func, insert, select, update

from quickscan.store.duo import DuoRevealRow
from quickscan.store.session_tables import LINES, SEATS, SESSIONS, STOPS, VOTES
from quickscan.store.tables import BuildingRow


def _select_before_vote() -> Select[Any]:
    """Select all that decides about a vote at once: the seat, the stop, the reveal, and the vote that was there."""
    stop = select(func.count()).where(STOPS.c.code == bindparam("b_code"), STOPS.c.pand_id == bindparam("b_pand"))
    reveal = (
        select(DuoRevealRow.at)
        .join(BuildingRow, BuildingRow.id == DuoRevealRow.building_id)
        .where(BuildingRow.workspace_id == bindparam("b_workspace"), BuildingRow.pand_id == bindparam("b_pand"))
    )
    mine = and_(
        VOTES.c.code == SEATS.c.code,
        VOTES.c.seat == SEATS.c.key,
        VOTES.c.pand_id == bindparam("b_pand"),
        VOTES.c.criterion == bindparam("b_criterion"),
    )
    columns = (SEATS.c.name, SEATS.c.party, VOTES.c.at.label("voted"), VOTES.c.choice, VOTES.c.note)
    return (
        select(*columns, stop.scalar_subquery().label("stop"), reveal.scalar_subquery().label("revealed"))
        .select_from(SEATS.outerjoin(VOTES, mine))
        .where(SEATS.c.code == bindparam("b_code"), SEATS.c.key == bindparam("b_key"))
    )


THIS = (SESSIONS.c.code == bindparam("b_code"), SESSIONS.c.workspace_id == bindparam("b_workspace"))
TICK = select(SESSIONS.c.version, SESSIONS.c.scene, SESSIONS.c.ended_at).where(*THIS)
SESSION = select(SESSIONS).where(*THIS)
LOCKED = SESSION.with_for_update()
OF_WORKSPACE = select(SESSIONS).where(SESSIONS.c.workspace_id == bindparam("b_workspace"))
STOPS_OF_SESSION = select(STOPS).where(STOPS.c.code == bindparam("b_code")).order_by(STOPS.c.place)
SEATS_OF_SESSION = select(SEATS).where(SEATS.c.code == bindparam("b_code")).order_by(SEATS.c.joined_at, SEATS.c.name, SEATS.c.key)
SEAT_BY_WHO = select(SEATS).where(SEATS.c.code == bindparam("b_code"), SEATS.c.who == bindparam("b_who"))
LINES_OF_SESSION = select(LINES).where(LINES.c.code == bindparam("b_code")).order_by(LINES.c.number)
ON_STOP = (VOTES.c.code == bindparam("b_code"), VOTES.c.pand_id == bindparam("b_pand"))
WITH_SEAT = VOTES.join(SEATS, and_(SEATS.c.code == VOTES.c.code, SEATS.c.key == VOTES.c.seat))
_ASKED = (*ON_STOP, SEATS.c.here.is_(True), VOTES.c.criterion.in_(bindparam("b_asked", expanding=True)))
ANSWERED = select(VOTES.c.criterion, func.count()).select_from(WITH_SEAT).where(*_ASKED).group_by(VOTES.c.criterion)
DONE = select(func.count()).select_from(
    select(VOTES.c.seat)
    .select_from(WITH_SEAT)
    .where(*_ASKED)
    .group_by(VOTES.c.seat)
    .having(func.count() == bindparam("b_whole", type_=Integer))
    .subquery()
)
VOTE = (SEATS.c.name, SEATS.c.party, VOTES.c.criterion, VOTES.c.choice, VOTES.c.note, VOTES.c.at)
VOTES_OF_STOP = (
    select(*VOTE).select_from(WITH_SEAT).where(*ON_STOP).order_by(VOTES.c.criterion, SEATS.c.joined_at, SEATS.c.name, SEATS.c.key)
)
OWN_VOTES = (
    select(*VOTE)
    .select_from(WITH_SEAT.join(SESSIONS, SESSIONS.c.code == VOTES.c.code))
    .where(*ON_STOP, *THIS, VOTES.c.seat == bindparam("b_key"))
)
REVEAL = (
    select(DuoRevealRow.author, DuoRevealRow.at)
    .join(BuildingRow, BuildingRow.id == DuoRevealRow.building_id)
    .where(BuildingRow.workspace_id == bindparam("b_workspace"), BuildingRow.pand_id == bindparam("b_pand"))
)
BEFORE_VOTE = _select_before_vote()
INSERT_VOTE = insert(VOTES)
CHANGE_VOTE = (
    update(VOTES)
    .where(*ON_STOP, VOTES.c.criterion == bindparam("b_criterion"), VOTES.c.seat == bindparam("b_key"))
    .values(choice=bindparam("choice"), note=bindparam("note"), at=bindparam("at"))
)
