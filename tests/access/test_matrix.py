"""Role × object × action: everybody tries everything, on both databases; what is allowed is written here once more, apart
from the table of the guard, in words that can be checked against docs/server.md."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import pandas as pd
import pytest

from quickscan import services
from quickscan.domain.access import AccessError, Role, Seat, SessionEndedError, WrongPartyError
from quickscan.domain.actions import SavedAction
from quickscan.domain.answers import Certainty, Party
from quickscan.domain.duo import HiddenAnswersError
from quickscan.domain.errors import NotFoundError, QuickscanError
from quickscan.domain.facts import Fact
from quickscan.domain.finance.saved import SavedCase
from quickscan.domain.programme.plan import Evaluation, Project, Question, Target
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.schedule.settings import PlanSettings
from quickscan.domain.sessions import Line, LineKind, Session, Stop, Timer
from quickscan.domain.terms import Herkomst, Interventie
from quickscan.services.accounts import PersonStore
from quickscan.services.duo import DuoStore
from quickscan.services.finance import CaseStore
from quickscan.services.guard import RULES, UnguardedError, guarded
from quickscan.services.members import MemberStore
from quickscan.services.planning import PlanStore
from quickscan.services.ports import Deed, ImportBatch, ImportStore, SnapshotRecord, SnapshotStore, Store
from quickscan.services.programme import ProgrammeStore
from quickscan.services.session_store import SessionStore
from tests.access.conftest import MAKER, NOON, PANDEN, House, of_role

ALL, MAKERS = frozenset(Role), frozenset({Role.BEHEERDER})
LEADERS = frozenset({Role.BEHEERDER, Role.REGISSEUR})
SPEAKERS = ALL - {Role.TOESCHOUWER}
FOR_GEMEENTE = frozenset({Role.BEHEERDER, Role.GEMEENTE})  # the beheerder of these tests answers for the gemeente as well
FOR_CORPORATIE = frozenset({Role.CORPORATIE})
PAND = PANDEN[0]


@dataclass(frozen=True)
class Action:
    """One way to ask for something in a workspace, and the roles that get it."""

    protocol: type
    name: str
    roles: frozenset[Role]
    ask: Callable[[Any, str], object]

    def __str__(self) -> str:
        return f"{self.protocol.__name__}.{self.name}"


def say(party: Party) -> Callable[[Any, str], object]:
    return lambda store, where: store.save_answer(
        where,
        PAND,
        "bou.lift",
        choice="ja",
        note="",
        certainty=Certainty.ZEKER,
        author="vervalst",
        party=party,
        at=NOON,
        expected_version=0,
    )


def empty_batch() -> ImportBatch:
    def frame(*names: str) -> pd.DataFrame:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in names})

    return ImportBatch(
        frame("pand_id", "geometry"),
        frame("pand_id", "fact", "source", "value", "label", "day"),
        frame("pand_id", "criterion", "choice"),
        frame("pand_id", "source", "geometry"),
        frame("pand_id", "fact"),
        0,
        0,
        0,
    )


def take_in(store: Any, where: str) -> object:
    known = store.get_workspace(where)
    versions = (known.facts_version, known.answers_version)
    return store.write_import(where, empty_batch(), name="x", files=(), expected=versions, author="vervalst", at=NOON)


def settle(store: Any, where: str) -> object:
    record = SnapshotRecord(where, 0, NOON, "vervalst", None, "", NOON.date(), "f", "r", 2, "c")
    return store.save_snapshot(record, content=b"{}", rulebook=b"{}")


def sit(party: Party | None) -> Callable[[Any, str], object]:
    return lambda store, where: store.join(where, "X", key="k", who="w", name="vervalst", party=party, at=NOON)


def vote(party: Party) -> Callable[[Any, str], object]:
    return lambda store, where: store.save_vote(where, "X", "k", PAND, "bou.lift", choice="ja", note="", party=party, **BY)


LINE = Line(0, LineKind.OPMERKING, None, None, "Zomaar", "", "vervalst", NOON)
STOPS = (Stop(PAND, "A", ("bou.lift",)),)
SESSION = Session("X", "elders", "S", NOON.date(), Interventie.OPTOPPEN, "vervalst", NOON, None, 1, 1, 0, Timer(), STOPS)
FACT = Fact("bouwjaar", 1970.0, Herkomst.ANTWOORD, "vervalst", NOON.date(), "hoog")
CASE = SavedCase(PAND, 1, "Case", {}, locked=False, leading=True, version=0, author="", at=NOON)
LATER = NOON + timedelta(days=1)
TARGET = Target("Programma", 1, 2, Quarter(2026, 1), Quarter(2027, 1), Quarter(2028, 1))
BY = {"author": "vervalst", "at": NOON}
ACTIONS = (
    Action(Store, "get_workspace", ALL, lambda store, where: store.get_workspace(where)),
    Action(Store, "read_buildings", ALL, lambda store, where: store.read_buildings(where)),
    Action(Store, "read_building", ALL, lambda store, where: store.read_building(where, PAND)),
    Action(Store, "read_facts", ALL, lambda store, where: store.read_facts(where, PAND)),
    Action(Store, "save_fact", SPEAKERS, lambda store, where: store.save_fact(where, PAND, FACT, **BY)),
    Action(Store, "read_answer_codes", ALL, lambda store, where: store.read_answer_codes(where, Party.SAMEN)),
    Action(Store, "read_answers", ALL, lambda store, where: store.read_answers(where, PAND, Party.SAMEN)),
    Action(Store, "read_answers", FOR_GEMEENTE, lambda store, where: store.read_answers(where, PAND, Party.GEMEENTE)),
    Action(Store, "read_answers", FOR_CORPORATIE, lambda store, where: store.read_answers(where, PAND, Party.CORPORATIE)),
    Action(Store, "read_standing", ALL, lambda store, where: store.read_standing(where, PAND, Party.SAMEN)),
    Action(Store, "read_standing", FOR_GEMEENTE, lambda store, where: store.read_standing(where, PAND, Party.GEMEENTE)),
    Action(Store, "read_standing", FOR_CORPORATIE, lambda store, where: store.read_standing(where, PAND, Party.CORPORATIE)),
    Action(Store, "save_answer", LEADERS, say(Party.SAMEN)),
    Action(Store, "save_answer", FOR_GEMEENTE, say(Party.GEMEENTE)),
    Action(Store, "save_answer", FOR_CORPORATIE, say(Party.CORPORATIE)),
    Action(Store, "read_history", ALL, lambda store, where: store.read_history(where, PAND, "bou.lift", Party.SAMEN)),
    Action(Store, "read_history", FOR_GEMEENTE, lambda store, where: store.read_history(where, PAND, "bou.lift", Party.GEMEENTE)),
    Action(
        Store, "read_history", FOR_CORPORATIE, lambda store, where: store.read_history(where, PAND, "bou.lift", Party.CORPORATIE)
    ),
    Action(Store, "read_log", ALL, lambda store, where: store.read_log(where)),
    Action(Store, "read_known", ALL, lambda store, where: store.read_known(where)),
    Action(Store, "write_import", LEADERS, take_in),
    Action(Store, "find_imports", ALL, lambda store, where: store.find_imports(where)),
    Action(Store, "read_import_changes", ALL, lambda store, where: store.read_import_changes(where, 1)),
    Action(Store, "undo_import", LEADERS, lambda store, where: store.undo_import(where, **BY)),
    Action(Store, "save_mapping", LEADERS, lambda store, where: store.save_mapping(where, "wij", {"a": None}, **BY)),
    Action(Store, "read_mapping", ALL, lambda store, where: store.read_mapping(where, "wij")),
    Action(Store, "read_moment", ALL, lambda store, where: store.read_moment(where, Party.SAMEN)),
    Action(Store, "save_snapshot", LEADERS, settle),
    Action(Store, "find_snapshots", ALL, lambda store, where: store.find_snapshots(where)),
    Action(Store, "read_snapshot", ALL, lambda store, where: store.read_snapshot(where, 1)),
    Action(DuoStore, "read_stand", ALL, lambda store, where: store.read_stand(where, PAND)),
    Action(DuoStore, "read_revealed", ALL, lambda store, where: store.read_revealed(where)),
    Action(DuoStore, "read_answered", ALL, lambda store, where: store.read_answered(where, PAND)),
    Action(
        DuoStore, "set_ready", FOR_GEMEENTE, lambda store, where: store.set_ready(where, PAND, Party.GEMEENTE, ready=False, **BY)
    ),
    Action(
        DuoStore,
        "set_ready",
        FOR_CORPORATIE,
        lambda store, where: store.set_ready(where, PAND, Party.CORPORATIE, ready=False, **BY),
    ),
    Action(
        DuoStore,
        "save_dissent",
        LEADERS,
        lambda store, where: store.save_dissent(where, PAND, "bou.lift", reason="x", expected_version=0, **BY),
    ),
    Action(CaseStore, "read_cases", ALL, lambda store, where: store.read_cases(where)),
    Action(CaseStore, "write_case", LEADERS, lambda store, where: store.write_case(where, CASE, **BY)),
    Action(
        CaseStore,
        "remove_case",
        LEADERS,
        lambda store, where: store.remove_case(where, PAND, 9, expected_version=1, author="x", at=NOON),
    ),
    Action(ProgrammeStore, "read_plan", ALL, lambda store, where: store.read_plan(where)),
    Action(ProgrammeStore, "write_target", LEADERS, lambda store, where: store.write_target(where, TARGET, **BY)),
    Action(ProgrammeStore, "write_project", LEADERS, lambda store, where: store.write_project(where, Project(1, "Serie"), **BY)),
    Action(
        ProgrammeStore,
        "write_evaluation",
        SPEAKERS,
        lambda store, where: store.write_evaluation(where, Evaluation(1, Question.STOPPEN, "Niets"), **BY),
    ),
    Action(
        ProgrammeStore,
        "remove_project",
        LEADERS,
        lambda store, where: store.remove_project(where, 1, expected_version=1, **BY),
    ),
    Action(PlanStore, "read_stamp", ALL, lambda store, where: store.read_stamp(where)),
    Action(PlanStore, "read_settings", ALL, lambda store, where: store.read_settings(where)),
    Action(PlanStore, "read_actions", ALL, lambda store, where: store.read_actions(where)),
    Action(PlanStore, "read_history", ALL, lambda store, where: store.read_history(where, PAND, "archiefonderzoek")),
    Action(PlanStore, "write_settings", LEADERS, lambda store, where: store.write_settings(where, PAND, PlanSettings(), **BY)),
    Action(
        PlanStore,
        "write_action",
        SPEAKERS,
        lambda store, where: store.write_action(where, SavedAction(PAND, "archiefonderzoek"), **BY),
    ),
    Action(SessionStore, "open_session", LEADERS, lambda store, where: store.open_session(where, SESSION, **BY)),
    Action(SessionStore, "find_sessions", ALL, lambda store, where: store.find_sessions(where)),
    Action(SessionStore, "read_tick", ALL, lambda store, where: store.read_tick(where, "X")),
    Action(SessionStore, "read_board", ALL, lambda store, where: store.read_board(where, "X")),
    Action(SessionStore, "read_votes", LEADERS, lambda store, where: store.read_votes(where, "X", PAND)),
    Action(SessionStore, "read_seat", ALL, lambda store, where: store.read_seat(where, "X", "k")),
    Action(SessionStore, "read_own_votes", ALL, lambda store, where: store.read_own_votes(where, "X", "k", PAND)),
    Action(SessionStore, "join", ALL, sit(None)),
    Action(SessionStore, "join", FOR_GEMEENTE, sit(Party.GEMEENTE)),
    Action(SessionStore, "join", FOR_CORPORATIE, sit(Party.CORPORATIE)),
    Action(SessionStore, "beat", ALL, lambda store, where: store.beat(where, "X", "k", at=NOON, gone_before=NOON)),
    Action(SessionStore, "leave", ALL, lambda store, where: store.leave(where, "X", "k")),
    Action(SessionStore, "save_vote", FOR_GEMEENTE, vote(Party.GEMEENTE)),
    Action(SessionStore, "save_vote", FOR_CORPORATIE, vote(Party.CORPORATIE)),
    Action(SessionStore, "go_to", LEADERS, lambda store, where: store.go_to(where, "X", 0)),
    Action(SessionStore, "change_timer", LEADERS, lambda store, where: store.change_timer(where, "X", lambda timer: timer)),
    Action(SessionStore, "touch", SPEAKERS, lambda store, where: store.touch(where, "X")),
    Action(SessionStore, "add_remark", SPEAKERS, lambda store, where: store.add_remark(where, "X", LINE, form="f")),
    Action(SessionStore, "add_decision", LEADERS, lambda store, where: store.add_decision(where, "X", LINE, form="f")),
    Action(SessionStore, "end", LEADERS, lambda store, where: store.end(where, "X", **BY)),
    Action(MemberStore, "read_members", ALL, lambda store, where: store.read_members(where)),
    Action(MemberStore, "change_seat", MAKERS, lambda store, where: store.change_seat(where, 999, Seat(Role.REGISSEUR), **BY)),
    Action(MemberStore, "remove_member", MAKERS, lambda store, where: store.remove_member(where, 999, **BY)),
    Action(MemberStore, "read_invitations", MAKERS, lambda store, where: store.read_invitations(where)),
    Action(
        MemberStore,
        "invite",
        MAKERS,
        lambda store, where: store.invite(where, Seat(Role.GEMEENTE), fingerprint="f" * 64, expires_at=LATER, **BY),
    ),
    Action(MemberStore, "revoke_invitation", MAKERS, lambda store, where: store.revoke_invitation(where, 1, **BY)),
    # what cannot be undone comes last
    Action(DuoStore, "reveal", LEADERS, lambda store, where: store.reveal(where, PANDEN[1], **BY)),
    Action(Store, "delete_workspace", MAKERS, lambda store, where: store.delete_workspace(where, **BY)),
)
# Not about a workspace that is there; each has a test of its own below.
APART = {(Store, "find_workspaces"), (Store, "create_workspace"), (MemberStore, "leave")}


def stores_of(house: House, subject: str) -> Mapping[type, Any]:
    guard, stores = house.guard(subject), house.stores
    raw = {
        Store: stores.store,
        DuoStore: stores.duos,
        CaseStore: stores.cases,
        ProgrammeStore: stores.programmes,
        PlanStore: stores.plans,
        SessionStore: stores.sessions,
        MemberStore: stores.members,
    }
    return {protocol: guarded(store, protocol, guard) for protocol, store in raw.items()}


def refusal(action: Action, store: Any, where: str) -> QuickscanError | None:
    """Return the refusal; None when it was done, or failed for another reason than a right."""
    try:
        action.ask(store, where)
    except (AccessError, HiddenAnswersError) as error:
        return error
    except NotFoundError as error:
        return error if error.what == "Werkruimte" else None
    except QuickscanError:
        return None
    return None


def test_every_role_gets_what_is_its_own_and_nothing_else(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="quickscan.services.guard")
    tried = refused = 0
    roles = sorted(Role, key=list(Role).index, reverse=True)  # the beheerder, who may delete it all, comes last
    for role in roles:
        stores = stores_of(house, of_role(role))
        for action in ACTIONS:
            caplog.clear()
            error = refusal(action, stores[action.protocol], house.workspace)
            tried += 1
            assert (error is None) == (role in action.roles), f"{role}: {action} gave {error}"
            if error is not None:
                refused += 1
                (line,) = caplog.records
                assert line.fields["what"] == str(action)  # type: ignore[attr-defined]
                assert str(role) in line.fields["role"]  # type: ignore[attr-defined]
                assert not isinstance(error, NotFoundError), f"{role} is inside, so hears why: {action}"
                assert "deelnemer" not in str(line.__dict__)
                assert "vervalst" not in str(line.__dict__)
    print(f"{tried} pogingen van {len(Role)} rollen, {refused} geweigerd en gelogd, 0 lekken")  # noqa: T201 - the figure of this test


@pytest.mark.parametrize("who", ["zoe", "weg", "uitgelogd", "vreemd"])
def test_whoever_is_outside_gets_nothing_and_cannot_tell_that_it_is_there(
    house: House, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Another organisation, somebody who was removed, somebody who logged out, and a log-in that never was."""
    if who == "weg":
        house.let_in(who, Seat(Role.REGISSEUR))
        house.members(MAKER).remove(house.workspace, house.number(who), author="")
    elif who == "uitgelogd":
        house.let_in(who, Seat(Role.BEHEERDER))
        house.accounts.log_out(house.logins[who])
    elif who == "vreemd":
        house.logins[who] = "0" * 64
    before = fingerprint(house)
    stores = stores_of(house, who)
    inside = who in ("uitgelogd", "vreemd")
    for action in ACTIONS:
        caplog.clear()
        error = refusal(action, stores[action.protocol], house.workspace)
        assert isinstance(error, SessionEndedError if inside else NotFoundError), f"{action} gave {error}"
        assert caplog.records
        absent = refusal(action, stores[action.protocol], "bestaat-niet")
        assert str(absent) == str(error).replace(house.workspace, "bestaat-niet")
    assert fingerprint(house) == before


def fingerprint(house: House) -> str:
    """Return all that a workspace holds, to see that nothing changed."""
    store, where = house.stores.store, house.workspace
    log = [line.number for line in store.read_log(where)]
    return repr((store.get_workspace(where), log, house.stores.members.read_members(where)))


def test_what_is_signed_is_who_is_logged_in_and_not_what_the_page_says(house: House) -> None:
    store = house.store("corporatie")
    answer = say(Party.CORPORATIE)(store, house.workspace)
    assert answer.author == "Corporatie"  # type: ignore[attr-defined]
    store.save_fact(house.workspace, PAND, FACT, **BY)
    assert store.read_facts(house.workspace, PAND)[0].source_label == "Corporatie"
    kept = house.stores.store.read_history(house.workspace, PAND, "bou.lift", Party.CORPORATIE)
    assert [one.author for one in kept] == [f"deelnemer:{house.number('corporatie')}"]
    authors = {line.author for line in house.stores.store.read_log(house.workspace)}
    assert "vervalst" not in authors
    assert "Corporatie" not in authors


def test_hidden_answers_come_out_nowhere_until_they_are_open(house: House) -> None:
    where, secret = house.workspace, "geheim van de corporatie"
    raw = house.stores.store
    for party in (Party.GEMEENTE, Party.CORPORATIE):
        said = {"choice": "ja", "note": f"geheim van de {party}", "certainty": Certainty.ZEKER, "author": "x", "at": NOON}
        for pand_id in PANDEN:
            raw.save_answer(where, pand_id, "bou.lift", party=party, expected_version=0, **said)  # type: ignore[arg-type]

    def everything(subject: str, pand_id: str) -> str:
        """Return all that somebody can read, asking for the answers of the corporatie wherever that can be asked."""
        store, found = house.store(subject), []
        for read in (
            lambda: store.read_answers(where, pand_id, Party.CORPORATIE),
            lambda: store.read_history(where, pand_id, "bou.lift", Party.CORPORATIE),
            lambda: store.read_answer_codes(where, Party.CORPORATIE),
            lambda: store.read_moment(where, Party.CORPORATIE).answers.to_dict("records"),
            lambda: store.read_log(where),
            lambda: store.read_log(where, pand_id=pand_id),
            lambda: store.read_known(where),
            lambda: store.read_buildings(where).to_dict("records"),
        ):
            try:
                found.append(repr(read()))
            except HiddenAnswersError:
                found.append("verborgen")
        return "\n".join(found)

    for role in Role:
        for pand_id in PANDEN:
            seen = everything(of_role(role), pand_id)
            assert (secret in seen) == (role is Role.CORPORATIE), role
            own = house.store(of_role(role)).read_answer_codes(where, Party.CORPORATIE)
            assert len(own) == (2 if role is Role.CORPORATIE else 0)
            assert house.store(of_role(role)).read_moment(where, Party.CORPORATIE).answers.empty, "what is settled is for all"
    house.stores.duos.set_ready(where, PANDEN[1], Party.CORPORATIE, ready=True, author="x", at=NOON)
    for role in Role:  # that a party is ready is for all to know
        assert Deed.KLAAR in {line.what for line in house.store(of_role(role)).read_log(where)}
    house.stores.duos.reveal(where, PANDEN[0], author="x", at=NOON)
    for role in Role:
        assert secret in everything(of_role(role), PANDEN[0])
        codes = house.store(of_role(role)).read_answer_codes(where, Party.CORPORATIE)
        assert set(codes["pand_id"]) == (set(PANDEN) if role is Role.CORPORATIE else {PANDEN[0]})
        moment = house.store(of_role(role)).read_moment(where, Party.CORPORATIE).answers
        assert set(moment["pand_id"]) == {PANDEN[0]}
        hidden = house.store(of_role(role)).read_log(where, pand_id=PANDEN[1])
        assert any(line.note == secret for line in hidden) == (role is Role.CORPORATIE)


def test_the_list_holds_only_ones_own_workspaces(house: House) -> None:
    every = [house.workspace, house.elsewhere]
    for role in Role:
        store = house.store(of_role(role))
        assert [one.id for one in store.find_workspaces()] == [house.workspace]
        assert [one.id for one in store.find_workspaces(among=every)] == [house.workspace]
    assert [one.id for one in house.store("zoe").find_workspaces()] == [house.elsewhere]
    house.log_in("nieuw")
    assert list(house.store("nieuw").find_workspaces(among=every)) == []


def test_a_workspace_is_made_by_who_may_and_is_theirs_at_once(house: House) -> None:
    with pytest.raises(AccessError, match="Vraag de beheerder"):
        house.store("regisseur").create_workspace("X", pd.DataFrame({"pand_id": PANDEN}), {}, fictional=False, **BY)
    with pytest.raises(AccessError, match="Vraag de beheerder"):
        house.store("regisseur").write_import(None, empty_batch(), name="X", files=(), expected=(0, 0), **BY)
    made = house.store("zoe").write_import(None, empty_batch(), name="X", files=(), expected=(0, 0), **BY)
    (member,) = house.stores.members.read_members(made.workspace_id)
    assert (member.number, member.seat) == (house.number("zoe"), Seat(Role.BEHEERDER))


def test_leaving_is_for_oneself(house: House) -> None:
    store = stores_of(house, "gemeente")[MemberStore]
    with pytest.raises(AccessError):
        store.leave(house.workspace, house.number("corporatie"), **BY)
    store.leave(house.workspace, house.number("gemeente"), **BY)
    with pytest.raises(NotFoundError):
        store.read_members(house.workspace)


def test_a_role_counts_from_the_next_call_on(house: House) -> None:
    store = house.store("regisseur")  # what a page holds on to while its buttons are on the screen
    say(Party.SAMEN)(store, house.workspace)
    house.members(MAKER).change(house.workspace, house.number("regisseur"), Seat(Role.CORPORATIE), author="")
    with pytest.raises(WrongPartyError):
        say(Party.SAMEN)(store, house.workspace)


def store_protocols() -> set[type]:
    """Every Protocol of the services that is a store."""
    found = set()
    for module in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
        for _, one in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if one.__name__.endswith("Store") and Protocol in one.__mro__:
                found.add(one)
    return found


def methods(protocol: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(protocol, inspect.isfunction) if not name.startswith("_")}


def test_every_method_of_every_store_has_a_right_and_a_line_in_the_matrix() -> None:
    parts = {ImportStore, SnapshotStore}  # of Store
    assert store_protocols() - parts - {PersonStore} == set(RULES), "a new store needs its rights in quickscan.services.guard"
    for protocol, rules in RULES.items():
        assert methods(protocol) == set(rules), protocol
    asked = {(action.protocol, action.name) for action in ACTIONS} | APART
    assert asked == {(protocol, name) for protocol, rules in RULES.items() for name in rules}


def test_a_method_without_a_right_is_refused(house: House) -> None:
    with pytest.raises(UnguardedError):
        house.store(MAKER).close()  # type: ignore[attr-defined]
    with pytest.raises(UnguardedError):
        guarded(house.stores.store, PersonStore, house.guard(MAKER)).find_people()
