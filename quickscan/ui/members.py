"""The members of a workspace on the screen: the list, another role, an invitation, and leaving.

Each button only asks; whether it happens is decided behind it. What came of it is said on the run that follows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from quickscan.domain.access import Right, Role, Seat
from quickscan.domain.answers import Party
from quickscan.domain.errors import QuickscanError
from quickscan.domain.people import Member
from quickscan.services.members import Made
from quickscan.ui import account, look, numbers, state
from quickscan.ui.frame import Desk
from quickscan.wiring import public_address

ROLES: dict[Role, str] = {
    Role.BEHEERDER: "doet alles, ook leden uitnodigen en de werkruimte verwijderen",
    Role.REGISSEUR: "leest in, onthult, legt samen vast",
    Role.GEMEENTE: "antwoordt voor de gemeente",
    Role.CORPORATIE: "antwoordt voor de corporatie",
    Role.TOESCHOUWER: "kijkt mee",
}
PARTY_NAMES: dict[Party | None, str] = {None: "Alleen voor samen", Party.GEMEENTE: "Gemeente", Party.CORPORATIE: "Corporatie"}
_TOLD, _MADE = "_leden_gezegd", "_leden_link"


def show_told() -> None:
    """Say once what came of the last click."""
    told = st.session_state.pop(_TOLD, None)
    if told:
        text, went_well = told
        (st.success if went_well else st.warning)(look.plain(text), icon=":material/check:" if went_well else ":material/block:")


def draw_list(desk: Desk, people: Sequence[Member], *, mine: int) -> None:
    """Draw everybody; who may, changes roles here."""
    st.subheader(f"{len(people)} {'lid' if len(people) == 1 else 'leden'}", anchor=False)
    for member in people:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"lid_{member.number}"):
            you = " (jij)" if member.number == mine else ""
            email = f" · {look.plain(member.email)}" if member.email else ""
            st.markdown(
                f"**{look.plain(member.name)}**{you}  \n:small[{seat_words(member.seat)}{email}]",
                width="stretch",
            )
            if account.may(Right.MANAGE):
                with st.popover("Wijzig", icon=":material/edit:"):
                    _draw_change(desk, member)


def _draw_change(desk: Desk, member: Member) -> None:
    key = f"{member.number}_{member.seat.role}_{member.seat.party}"
    seat = choose_seat(key, member.seat)
    with st.container(horizontal=True):
        st.button("Bewaar", type="primary", key=f"rol_bewaar_{key}", on_click=_change, args=(desk, member, seat))
        st.button("Haal uit de werkruimte", key=f"lid_weg_{key}", on_click=_remove, args=(desk, member))


def choose_seat(key: str, seat: Seat) -> Seat:
    """Draw the choice of a role, and for who leads also for whom they answer apart."""
    role = st.selectbox(
        "Rol",
        list(Role),
        index=list(Role).index(seat.role),
        format_func=lambda one: f"{str(one).capitalize()}: {ROLES[one]}",
        key=f"rol_{key}",
    )
    party = None
    if role in (Role.BEHEERDER, Role.REGISSEUR):
        party = st.selectbox(
            "Antwoordt apart ook voor",
            list(PARTY_NAMES),
            index=list(PARTY_NAMES).index(seat.party),
            format_func=lambda one: PARTY_NAMES[one],
            key=f"partij_{key}",
            help="Met z'n tweeën kan de een beheerder zijn en ook voor de eigen partij antwoorden.",
        )
    return Seat(role or Role.TOESCHOUWER, party)


def seat_words(seat: Seat) -> str:
    """Return a role in words."""
    return f"{str(seat.role).capitalize()}, ook voor de {seat.party}" if seat.party else str(seat.role).capitalize()


def draw_leave(desk: Desk, mine: int) -> None:
    """Draw the way out of the workspace."""
    with st.popover("Verlaat deze werkruimte", icon=":material/logout:"):
        st.write("Je antwoorden blijven staan. Terugkomen kan alleen met een nieuwe uitnodiging.")
        st.button("Ja, ik ga eruit", key="verlaat", on_click=_leave, args=(desk, mine))


def draw_invite(desk: Desk) -> None:
    """Draw how to invite somebody, the new link, and the links that still work."""
    st.subheader("Iemand uitnodigen", anchor=False)
    seat = choose_seat("uitnodiging", Seat(Role.CORPORATIE))
    st.button("Maak een link", type="primary", icon=":material/link:", on_click=_invite, args=(desk, seat))
    made: Made | None = st.session_state.get(_MADE)
    if made is not None and made.invitation.workspace_id == desk.portfolio.id:
        draw_link(made)
    still = desk.services.members.invitations(desk.portfolio.id)
    if still:
        st.markdown("**Links die nog werken**")
    for one in still:
        with st.container(horizontal=True, vertical_alignment="center", key=f"link_{one.number}"):
            words = seat_words(one.seat) if one.seat else ""
            st.markdown(f"{words}  \n:small[van {look.plain(one.author)}, tot {numbers.moment(one.expires_at)}]")
            st.button("Trek in", key=f"trek_in_{one.number}", on_click=_revoke, args=(desk, one.number))


def draw_link(made: Made) -> None:
    """Draw a new link, to copy: it cannot be shown again."""
    st.code(link_of(made), language=None, wrap_lines=True)
    st.caption(
        f"Kopieer de link nu; later is hij niet meer te zien. Hij werkt één keer, "
        f"tot {numbers.moment(made.invitation.expires_at)}."
    )


def link_of(made: Made) -> str:
    return f"{public_address()}/uitnodiging?code={made.secret}"


def draw_roles() -> None:
    """Say what the roles are, for who cannot change them."""
    st.subheader("Rollen", anchor=False)
    st.markdown("\n".join(f"- **{str(role).capitalize()}** {words}" for role, words in ROLES.items()))
    st.caption("Een andere rol? Vraag een beheerder.")


def _do(work: Callable[[], object], told: str) -> object | None:
    try:
        made = work()
    except QuickscanError as error:
        st.session_state[_TOLD] = (str(error), False)
        return None
    st.session_state[_TOLD] = (told, True)
    return made


def _change(desk: Desk, member: Member, seat: Seat) -> None:
    change = desk.services.members.change
    _do(
        lambda: change(desk.portfolio.id, member.number, seat, author=desk.author),
        f"{member.name} is nu {seat_words(seat).lower()}.",
    )


def _remove(desk: Desk, member: Member) -> None:
    remove = desk.services.members.remove
    _do(lambda: remove(desk.portfolio.id, member.number, author=desk.author), f"{member.name} kan niet meer in deze werkruimte.")


def _leave(desk: Desk, mine: int) -> None:
    leave = desk.services.members.leave
    _do(lambda: leave(desk.portfolio.id, mine, author=desk.author), "Je bent uit de werkruimte.")
    if st.session_state[_TOLD][1]:
        state.remember(state.WORKSPACE, None)


def _invite(desk: Desk, seat: Seat) -> None:
    invite = desk.services.members.invite
    st.session_state[_MADE] = _do(lambda: invite(desk.portfolio.id, seat, author=desk.author), "De link is gemaakt.")


def _revoke(desk: Desk, number: int) -> None:
    st.session_state.pop(_MADE, None)
    revoke = desk.services.members.revoke
    _do(lambda: revoke(desk.portfolio.id, number, author=desk.author), "De link werkt niet meer.")
