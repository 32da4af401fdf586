"""The guard around the stores: nothing is read or written for somebody before their right to it was looked up.

`RULES` is the whole of it: which method asks for which right. A method that is not in there is refused, so that what is
new is closed until somebody thought about it; a test wants an entry for every method of every store Protocol.

Who asks is known by the fingerprint of the log-in only. Each call looks up, in one query, whether that log-in still
counts and which seat it has in the workspace; nothing is remembered between calls. Whoever has no seat is told what they
would be told when there were no such workspace. On a laptop there is one user and no guard: the use cases get the stores
themselves.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar, cast

from quickscan.domain.access import MayNotMakeError, NotAllowedError, Right, Seat, SessionEndedError, WrongPartyError
from quickscan.domain.answers import Party
from quickscan.domain.duo import HiddenAnswersError
from quickscan.domain.errors import NotFoundError, QuickscanError
from quickscan.domain.people import Pass, Person
from quickscan.domain.sessions import NotYourSeatError
from quickscan.domain.terms import Herkomst
from quickscan.services.accounts import Accounts
from quickscan.services.authors import Names, tell_names
from quickscan.services.duo import DuoStore
from quickscan.services.feeding import SOURCE
from quickscan.services.finance import CaseStore
from quickscan.services.members import MemberStore
from quickscan.services.planning import PlanStore
from quickscan.services.ports import Deed, LogLine, Store
from quickscan.services.programme import ProgrammeStore
from quickscan.services.session_store import SessionStore

S = TypeVar("S")
_WITH_KEYS = ("read_moment", "read_votes")  # what is settled or answered from them keeps the keys
_OF_A_CHAIR = ("read_seat", "read_own_votes", "save_vote", "leave")  # of a live session: only for who sits there
OF_THE_TOOL = frozenset({SOURCE})  # authors that are no person, and that a use case may give
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a method asks for. `sees`: a party's answers come out; `speaks`: something is said for a party."""

    right: Right
    sees: bool = False
    speaks: bool = False
    mine: bool = False  # about the person who asks, and nobody else


_READ, _LEAD, _MANAGE = Rule(Right.READ), Rule(Right.LEAD), Rule(Right.MANAGE)
RULES: Mapping[type, Mapping[str, Rule]] = {
    Store: {
        "find_workspaces": _READ,
        "get_workspace": _READ,
        "create_workspace": Rule(Right.MAKE),
        "delete_workspace": _MANAGE,
        "read_buildings": _READ,
        "read_building": _READ,
        "read_facts": _READ,
        "read_standing": Rule(Right.READ, sees=True),
        "save_fact": Rule(Right.ANSWER),  # a fact is of the building: both parties may know it
        "read_answer_codes": Rule(Right.READ, sees=True),
        "read_answers": Rule(Right.READ, sees=True),
        "save_answer": Rule(Right.ANSWER, speaks=True),
        "read_history": Rule(Right.READ, sees=True),
        "read_log": Rule(Right.READ, sees=True),
        "read_known": _READ,
        "write_import": _LEAD,  # Right.MAKE when it makes a workspace
        "find_imports": _READ,
        "read_import_changes": _READ,
        "undo_import": _LEAD,
        "save_mapping": _LEAD,
        "read_mapping": _READ,
        "read_moment": _READ,  # gives of a party only what was revealed
        "save_snapshot": _LEAD,
        "find_snapshots": _READ,
        "read_snapshot": _READ,
    },
    DuoStore: {
        "read_stand": _READ,
        "read_revealed": _READ,
        "read_answered": _READ,
        "set_ready": Rule(Right.ANSWER, speaks=True),
        "reveal": _LEAD,
        "save_dissent": _LEAD,
    },
    CaseStore: {
        "read_cases": _READ,
        "write_case": _LEAD,
        "remove_case": _LEAD,
    },
    ProgrammeStore: {
        "read_plan": _READ,
        "write_target": _LEAD,
        "write_project": _LEAD,
        "remove_project": _LEAD,
        "write_evaluation": Rule(Right.ANSWER),  # a lesson is of both: each may write it down
    },
    PlanStore: {
        "read_stamp": _READ,
        "read_settings": _READ,
        "read_actions": _READ,
        "read_history": _READ,
        "write_settings": _LEAD,
        "write_action": Rule(Right.ANSWER),  # whoever does the work says how far it is
    },
    SessionStore: {
        "open_session": _LEAD,
        "find_sessions": _READ,
        "read_tick": _READ,
        "read_board": _READ,
        "read_votes": _LEAD,  # also what is not revealed: the use case makes answers of it and shows nothing
        "read_seat": _READ,
        "read_own_votes": _READ,
        "join": Rule(Right.READ, speaks=True),  # for a party, or to watch
        "beat": _READ,
        "leave": _READ,
        "save_vote": Rule(Right.ANSWER, speaks=True),
        "go_to": _LEAD,
        "change_timer": _LEAD,
        "touch": Rule(Right.ANSWER),
        "add_remark": Rule(Right.ANSWER),
        "add_decision": _LEAD,
        "end": _LEAD,
    },
    MemberStore: {
        "read_members": _READ,
        "change_seat": _MANAGE,
        "remove_member": _MANAGE,
        "leave": Rule(Right.READ, mine=True),
        "read_invitations": _MANAGE,
        "invite": _MANAGE,
        "revoke_invitation": _MANAGE,
    },
}


class UnguardedError(RuntimeError):
    """A method of a store that nobody said a right for. This is a mistake of ours, not of a person."""


@dataclass(frozen=True)
class Guard:
    """Looks up what one log-in may do. `duos` is the store itself: what is open is decided by it."""

    accounts: Accounts
    duos: DuoStore
    fingerprint: str
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", Names(self.accounts.store.find_names))

    def admit(self, right: Right, workspace_id: str | None, what: str) -> Pass:
        """Return who asks; raises SessionEndedError, NotFoundError and NotAllowedError, and writes a line for each.

        Without a workspace it is only asked who this is.
        """
        found = self.accounts.find(self.fingerprint, workspace_id)
        if found is None:
            raise self.deny(what, "sessie", None, SessionEndedError())
        if right is Right.MAKE:
            if not self.accounts.policy.may_make(found.person):
                raise self.deny(what, "maken", None, MayNotMakeError())
        elif workspace_id is not None:
            if found.seat is None:
                outside = NotFoundError("Werkruimte", workspace_id, advice="Kies een andere werkruimte.")
                raise self.deny(what, "buitenstaander", None, outside)
            if right not in found.seat.rights:
                raise self.deny(what, "rol", found.seat, NotAllowedError(right, found.seat.role))
        return found

    def deny(self, what: str, why: str, seat: Seat | None, error: QuickscanError) -> QuickscanError:
        """Write that somebody was refused, without a word about the person, and return the error to raise."""
        fields = {"what": what, "why": why, "role": None if seat is None else str(seat.role)}
        _log.warning("Toegang geweigerd", extra={"fields": fields})
        return error


def guarded(store: S, protocol: Any, guard: Guard, *, by_rule: bool = False) -> S:
    """Return a store that asks the guard first; `protocol` is the one it meets, with an entry in `RULES`.

    `by_rule` is for what the tool itself says for both parties, once both said the same.
    """
    return cast(S, _Guarded(store, protocol, guard, by_rule=by_rule))


class _Guarded:
    def __init__(self, store: object, protocol: type, guard: Guard, *, by_rule: bool) -> None:
        self._store, self._protocol, self._guard, self._by_rule = store, protocol, guard, by_rule

    def __getattr__(self, name: str) -> Callable[..., Any]:
        rule = RULES.get(self._protocol, {}).get(name)
        if rule is None:
            raise UnguardedError(f"{self._protocol.__name__}.{name} has no right in quickscan.services.guard")
        return lambda *args, **kwargs: self._call(name, rule, args, kwargs)

    def _call(self, name: str, rule: Rule, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        bound = _signature(self._protocol, name).bind(None, *args, **kwargs)
        given = bound.arguments
        workspace_id = _find_workspace_id(given)
        if name == "write_import" and workspace_id is None:
            rule = Rule(Right.MAKE)
        if workspace_id is None and rule.right is not Right.MAKE and name != "find_workspaces":
            raise NotFoundError("Werkruimte", "", advice="Kies een werkruimte.")
        admitted = self._guard.admit(rule.right, workspace_id, f"{self._protocol.__name__}.{name}")
        self._check_party(name, rule, given, admitted)
        self._check_chair(name, given, admitted)
        self._sign(name, given, admitted.person)
        try:
            result = getattr(self._store, name)(*bound.args[1:], **bound.kwargs)
        except QuickscanError as error:
            raise self._guard.names.tell_in(error) from error.__cause__
        if rule.sees and admitted.seat is not None:
            result = self._leave_out_hidden(given, admitted.seat, result)
        return result if name in _WITH_KEYS else tell_names(result, self._guard.names)

    def _check_party(self, name: str, rule: Rule, given: dict[str, Any], admitted: Pass) -> None:
        what, seat, party = f"{self._protocol.__name__}.{name}", admitted.seat, given.get("party")
        if name == "find_workspaces":
            mine = set(self._guard.accounts.store.find_workspaces_of(admitted.person.number))
            asked = given.get("among")
            given["among"] = mine if asked is None else mine & set(asked)
        if seat is None:
            return
        if rule.mine and given["number"] != admitted.person.number:
            raise self._guard.deny(what, "ander", seat, NotAllowedError(Right.MANAGE, seat.role))
        watches = party is None and rule.right is Right.READ
        if rule.speaks and not self._by_rule and not watches and party not in seat.speaks_for:
            raise self._guard.deny(what, "partij", seat, WrongPartyError(Party(str(party)), seat.role))
        if rule.sees and not self._by_rule and "pand_id" in given and party not in (None, Party.SAMEN, seat.own):
            stand = self._guard.duos.read_stand(given["workspace_id"], given["pand_id"])
            if stand.revealed is None:
                raise self._guard.deny(what, "verborgen", seat, HiddenAnswersError(Party(str(party))))

    def _check_chair(self, name: str, given: Mapping[str, Any], admitted: Pass) -> None:
        if self._protocol is SessionStore and name in _OF_A_CHAIR:
            chair = self._store.read_seat(given["workspace_id"], given["code"], given["key"])  # type: ignore[attr-defined]
            if chair.name != admitted.person.key:
                raise self._guard.deny(f"SessionStore.{name}", "plek", admitted.seat, NotYourSeatError())

    def _leave_out_hidden(self, given: Mapping[str, Any], seat: Seat, result: Any) -> Any:
        """Return the answers without those of another party in buildings that are not revealed."""
        if isinstance(result, Sequence) and result and isinstance(result[0], LogLine):
            apart = [line for line in result if line.party not in (None, Party.SAMEN, seat.own) and line.what != Deed.KLAAR]
            if not apart:
                return result
            opened = self._guard.duos.read_revealed(given["workspace_id"])
            return [line for line in result if line not in apart or line.pand_id in opened]
        if "pand_id" not in given and given.get("party") not in (None, Party.SAMEN, seat.own):
            opened = self._guard.duos.read_revealed(given["workspace_id"])
            return result[result["pand_id"].isin(list(opened))].reset_index(drop=True)
        return result

    def _sign(self, name: str, given: dict[str, Any], person: Person) -> None:
        """Put the person's own key where an author stands, whatever the page gave."""
        if name == "read_log":  # here it is whose lines are wanted
            if given.get("author") is not None:
                given["author"] = person.key if given["author"] == person.name else self._guard.names.key_of(given["author"])
        elif name == "join":
            given["who"] = given["name"] = person.key
        elif self._by_rule and given.get("author") != person.name:
            return  # the tool says for whom
        elif "author" in given and given["author"] not in OF_THE_TOOL:
            given["author"] = person.key
            if name == "save_fact" and given["fact"].source is Herkomst.ANTWOORD:
                given["fact"] = replace(given["fact"], source_label=person.key)
            if name == "open_session":
                given["session"] = replace(given["session"], opened_by=person.key)
        elif "line" in given:
            given["line"] = replace(given["line"], author=person.key)
        elif "record" in given:
            given["record"] = replace(given["record"], author=person.key)


def _find_workspace_id(given: Mapping[str, Any]) -> str | None:
    if "record" in given:  # a snapshot says itself where it belongs
        return str(given["record"].workspace_id)
    found = given.get("workspace_id")
    return None if found is None else str(found)


@cache
def _signature(protocol: type, name: str) -> inspect.Signature:
    return inspect.signature(getattr(protocol, name))
