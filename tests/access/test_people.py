"""Log-ins that end, links that work once, a workspace that keeps a beheerder, and names that can be erased."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from quickscan.domain.access import InvitationError, LastManagerError, Limits, MayNotMakeError, Role, Seat, SessionEndedError
from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import NotFoundError
from quickscan.services.accounts import EVERYBODY, Policy, fingerprint_of_login
from quickscan.services.members import Made
from quickscan.services.ports import Deed
from quickscan.store.tables import Base
from tests.access.conftest import ISSUER, MAKER, NOON, PANDEN, House, make_workspace

LIMITS = Limits()


def claims(house: House, subject: str, **more: object) -> dict[str, object]:
    return {"iss": ISSUER, "sub": subject, "iat": int(house.now.timestamp()), "nonce": "1", "name": subject, **more}


def is_in(house: House, subject: str) -> bool:
    return house.accounts.find(house.logins[subject]) is not None


def test_a_log_in_ends_after_a_while_without_use_and_stays_ended(house: House) -> None:
    said = claims(house, "bo")
    for _ in range(3):  # each visit counts again
        assert house.accounts.enter(said) is not None
        house.pass_by(minutes=LIMITS.idle_minutes - 1)
    assert house.accounts.enter(said) is not None
    house.pass_by(minutes=LIMITS.idle_minutes)
    assert house.accounts.enter(said) is None
    assert house.accounts.enter(said) is None, "the browser still has it; that does not count"


def test_a_log_in_ends_after_its_longest_time_however_busy_somebody_is(house: House) -> None:
    said = claims(house, "bo")
    for _ in range(LIMITS.session_hours * 2):
        assert house.accounts.enter(said) is not None
        house.pass_by(minutes=30)
    assert house.accounts.enter(said) is None
    house.accounts.enter(claims(house, "cas"))  # tidies up what is long over
    assert house.accounts.enter(said) is None, "what is forgotten does not begin anew"


def test_a_log_in_of_long_ago_or_without_a_mark_of_its_own_never_begins(house: House) -> None:
    long_ago = int((house.now - timedelta(hours=LIMITS.session_hours)).timestamp())
    assert house.accounts.enter(claims(house, "bo", iat=long_ago)) is None
    for name in ("iss", "sub", "iat", "nonce"):
        assert house.accounts.enter(claims(house, "bo", **{name: None})) is None
    assert house.accounts.enter(claims(house, "bo", iat="geen getal")) is None
    assert "bo" not in {person.subject for person in house.stores.people.find_people()}


def test_a_log_in_that_says_to_be_of_tomorrow_does_not_last_longer(house: House) -> None:
    tomorrow = claims(house, "bo", iat=int((house.now + timedelta(days=1)).timestamp()))
    assert house.accounts.enter(tomorrow) is not None
    for _ in range(LIMITS.session_hours * 2):
        house.pass_by(minutes=30)
        house.accounts.enter(tomorrow)
    assert house.accounts.enter(tomorrow) is None


def test_logging_out_ends_this_log_in_and_everywhere_ends_all(house: House) -> None:
    here, there = house.log_in("bo", nonce="a"), house.log_in("bo", nonce="b")
    other = house.log_in("cas")
    house.accounts.log_out(here)
    assert [house.accounts.find(one) is not None for one in (here, there, other)] == [False, True, True]
    here = house.log_in("bo", nonce="c")
    found = house.accounts.find(here)
    assert found is not None
    house.accounts.log_out_everywhere(found.person)
    assert [house.accounts.find(one) is not None for one in (here, there, other)] == [False, False, True]
    with pytest.raises(SessionEndedError):
        house.accounts.accept("x", here)


def test_being_there_costs_a_write_a_minute_and_not_one_a_click(house: House) -> None:
    said = claims(house, "bo")
    seen = set()
    for _ in range(50):
        found = house.accounts.enter(said)
        assert found is not None
        seen.add(found.seen_at)
        house.pass_by(seconds=2)
    assert len(seen) == 2


def test_who_comes_back_is_the_same_person_also_with_another_name(house: House) -> None:
    number = house.enter_number("bo", name="Bo Jansen")
    assert house.enter_number("bo", name="Bo de Vries", nonce="2") == number
    assert house.stores.people.find_names([number]) == {number: "Bo de Vries"}
    assert house.enter_number("bo", iss="https://een.andere.dienst", nonce="3") != number


def test_an_address_that_was_not_verified_makes_nobody_the_first(house: House) -> None:
    policy = Policy(first=frozenset({"ada@gemeente.test"}))
    for told, leads in ((True, True), (None, True), (False, False), ("false", False)):
        extra = {} if told is None else {"email_verified": told}
        house.log_in("dief", nonce=str(told), email="ada@gemeente.test", **extra)
        found = house.accounts.find(house.logins["dief"])
        assert found is not None
        assert policy.leads(found.person) is leads
        assert policy.may_make(found.person) is leads
        assert Policy(makers=EVERYBODY).may_make(found.person)


def invite(house: House, seat: Seat = Seat(Role.CORPORATIE)) -> Made:  # noqa: B008 - it cannot change
    return house.members(MAKER).invite(house.workspace, seat, author="")


def test_a_link_works_once_for_one_person(house: House) -> None:
    made = invite(house)
    seen = house.accounts.look_at(made.secret)
    assert seen is not None
    assert (seen.number, seen.place, seen.seat) == (made.invitation.number, "Zuidwest", Seat(Role.CORPORATIE))
    house.log_in("bo")
    house.log_in("cas")
    assert house.accounts.accept(made.secret, house.logins["bo"]).workspace_id == house.workspace
    for again in ("bo", "cas"):
        with pytest.raises(InvitationError):
            house.accounts.accept(made.secret, house.logins[again])
    assert house.accounts.look_at(made.secret) is None
    found = house.accounts.find(house.logins["bo"], house.workspace)
    assert found is not None
    assert found.seat == Seat(Role.CORPORATIE)


def test_a_link_does_not_work_too_late_when_withdrawn_or_when_guessed(house: House) -> None:
    house.log_in("bo")
    withdrawn, late = invite(house), invite(house)
    house.members(MAKER).revoke(house.workspace, withdrawn.invitation.number, author="")
    house.pass_by(days=LIMITS.invitation_days)
    house.log_in("bo", nonce="2")
    fine_then = late.secret
    for secret in (withdrawn.secret, fine_then, late.secret[:-1] + "x", ""):
        assert house.accounts.look_at(secret) is None
        with pytest.raises(InvitationError):
            house.accounts.accept(secret, house.logins["bo"])
    with pytest.raises(NotFoundError):  # nor of a workspace of somebody else
        house.stores.members.revoke_invitation(house.elsewhere, late.invitation.number, author="x", at=NOON)


def test_only_the_fingerprint_of_a_link_and_a_log_in_is_kept(house: House) -> None:
    made, login = invite(house), house.log_in("bo", nonce="geheime-nonce")
    kept = dump(house)
    assert made.secret not in kept
    assert "geheime-nonce" not in kept
    assert login in kept


def test_of_two_people_with_one_link_at_the_same_moment_one_gets_in(house: House) -> None:
    made = invite(house)
    people = ["bo", "cas", "dirk", "els"]
    for person in people:
        house.log_in(person)
    outcomes = at_once(lambda person=person: house.accounts.accept(made.secret, house.logins[person]) for person in people)  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in outcomes) == ["Invitation", *["InvitationError"] * 3]


def test_the_last_beheerder_cannot_go_and_cannot_become_something_else(house: House) -> None:
    me, members = house.number(MAKER), house.members(MAKER)
    for go in (
        lambda: members.leave(house.workspace, me, author=""),
        lambda: members.remove(house.workspace, me, author=""),
        lambda: members.change(house.workspace, me, Seat(Role.REGISSEUR), author=""),
        lambda: house.stores.people.erase_person(me, author="beheer", at=NOON),
    ):
        with pytest.raises(LastManagerError):
            go()
    members.change(house.workspace, house.number("regisseur"), Seat(Role.BEHEERDER), author="")
    members.leave(house.workspace, me, author="")
    with pytest.raises(NotFoundError):
        house.store(MAKER).get_workspace(house.workspace)


def test_of_two_beheerders_that_leave_at_the_same_moment_one_stays(house: House) -> None:
    house.let_in("bo", Seat(Role.BEHEERDER))
    numbers = [house.number(MAKER), house.number("bo")]
    leave = house.stores.members.leave
    outcomes = at_once(lambda n=number: leave(house.workspace, n, author="x", at=NOON) for number in numbers)  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in outcomes) == ["LastManagerError", "NoneType"]


def at_once(works: object) -> list[object]:
    """Do everything at the same moment and return what came of each."""
    todo = list(works)  # type: ignore[call-overload]
    start, outcomes = threading.Barrier(len(todo)), []

    def do(work: Callable[[], object]) -> None:
        start.wait(30)
        try:
            outcomes.append(work())
        except Exception as error:  # noqa: BLE001 - it is looked at
            outcomes.append(error)

    threads = [threading.Thread(target=do, args=(work,)) for work in todo]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_every_change_of_who_is_in_stands_in_the_log(house: House) -> None:
    bo = house.let_in_number("bo", Seat(Role.GEMEENTE))
    house.members(MAKER).change(house.workspace, bo, Seat(Role.REGISSEUR, Party.GEMEENTE), author="")
    house.members(MAKER).remove(house.workspace, bo, author="")
    withdrawn = invite(house)
    house.members(MAKER).revoke(house.workspace, withdrawn.invitation.number, author="")
    lines = [line for line in house.store(MAKER).read_log(house.workspace) if line.name == "Bo" or line.what.startswith("uit")]
    told = [(line.what, line.author, line.name, line.old, line.new) for line in lines[:6]]
    number = str(withdrawn.invitation.number)
    assert told[:5] == [
        (Deed.UITNODIGING_WEG, "Ada", number, "corporatie", None),
        (Deed.UITNODIGING, "Ada", number, None, "corporatie"),
        (Deed.LID_WEG, "Ada", "Bo", "regisseur, ook voor gemeente", None),
        (Deed.ROL, "Ada", "Bo", "gemeente", "regisseur, ook voor gemeente"),
        (Deed.LID, "Bo", "Bo", None, "gemeente"),
    ]


def test_who_is_invited_for_an_organisation_makes_workspaces_for_it(house: House) -> None:
    house.log_in("bo")
    with pytest.raises(MayNotMakeError):
        house.accounts.add_organisation("Gemeente Zuid", house.logins["bo"])
    organisation = house.accounts.add_organisation(" Gemeente Zuid ", house.logins[MAKER])
    assert house.accounts.add_organisation("Gemeente Zuid", house.logins[MAKER]) == organisation
    made = house.accounts.invite_to(organisation, house.logins[MAKER])
    house.accounts.accept(made.secret, house.logins["bo"])
    workspace = make_workspace(house.store("bo"), "Zuid")
    with house.engine.connect() as connection:
        homes = connection.execute(text("SELECT workspace_id, organisation_id FROM workspace_home")).all()
    assert [tuple(row) for row in homes] == [(workspace, organisation.id)]


def work(house: House) -> int:
    """Let somebody leave a trace everywhere a person can, and return their number."""
    number = house.let_in_number("bo", Seat(Role.REGISSEUR, Party.GEMEENTE), name="Bo Jansen", email="bo.jansen@woonstad.test")
    store = house.store("bo")
    for party in (Party.SAMEN, Party.GEMEENTE):
        for version, choice in enumerate(("ja", "nee")):
            said = {"choice": choice, "note": "gezien", "certainty": Certainty.ZEKER, "author": "", "party": party, "at": NOON}
            store.save_answer(house.workspace, PANDEN[0], "bou.lift", expected_version=version, **said)  # type: ignore[arg-type]
    house.members("bo")
    house.stores.duos.reveal(house.workspace, PANDEN[0], author=f"deelnemer:{number}", at=NOON)
    return number


def test_an_erased_name_is_nowhere_and_what_was_said_stays(house: House) -> None:
    number = work(house)
    reader = house.store("toeschouwer")
    before = reader.read_answers(house.workspace, PANDEN[0], Party.SAMEN)
    assert {answer.author for answer in before.values()} == {"Bo Jansen"}
    log, said = dump(house, "audit_log"), dump(house, "answer_history", "answer")

    house.stores.people.erase_person(number, author="beheer", at=NOON)
    kept = dump(house)
    for word in ("Bo Jansen", "bo.jansen", "woonstad"):
        assert word not in kept
    assert dump(house, "audit_log").startswith(log), "the log only grew"
    assert dump(house, "answer_history", "answer") == said
    reader = house.store("toeschouwer")
    after = reader.read_answers(house.workspace, PANDEN[0], Party.SAMEN)
    assert {name: answer.choice for name, answer in after.items()} == {name: answer.choice for name, answer in before.items()}
    former = f"voormalig deelnemer {number}"
    assert {answer.author for answer in after.values()} == {former}
    history = reader.read_history(house.workspace, PANDEN[0], "bou.lift", Party.SAMEN)
    assert {answer.author for answer in history} == {former}
    assert {line.author for line in reader.read_log(house.workspace, pand_id=PANDEN[0])} == {former}
    assert not is_in(house, "bo")
    with pytest.raises(NotFoundError):
        house.stores.people.export_person(number)
    assert house.enter_number("bo", nonce="9") > number, "coming back is coming anew"


def test_an_export_holds_everything_of_one_person_and_nothing_of_another(house: House) -> None:
    number = work(house)
    house.let_in("cas", Seat(Role.GEMEENTE))
    found = house.stores.people.export_person(number)
    said = json.dumps({name: [dict(row) for row in rows] for name, rows in found.items()}, default=str)
    assert "Bo Jansen" in said
    assert len(found["antwoorden"]) == 4
    assert {row["role"] for row in found["werkruimten"]} == {"regisseur"}
    assert len(found["logboek"]) == 6  # four answers, a reveal, and becoming a member
    assert len(found["inlogsessies"]) == 1
    assert "Cas" not in said
    assert "Ada" not in said


def test_the_second_writer_hears_the_name_of_the_first(house: House) -> None:
    from quickscan.domain.errors import StaleAnswerError  # noqa: PLC0415 - for this test

    said = {"note": "", "certainty": Certainty.ZEKER, "author": "", "party": Party.SAMEN, "at": NOON, "expected_version": 0}
    house.store("regisseur").save_answer(house.workspace, PANDEN[0], "bou.lift", choice="ja", **said)  # type: ignore[arg-type]
    with pytest.raises(StaleAnswerError, match="gewijzigd door Regisseur in") as caught:
        house.store(MAKER).save_answer(house.workspace, PANDEN[0], "bou.lift", choice="nee", **said)  # type: ignore[arg-type]
    assert caught.value.author == "Regisseur"


def dump(house: House, *tables: str) -> str:
    """Return everything that is kept, as text."""
    with house.engine.connect() as connection:
        return "\n".join(
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            if not tables or table.name in tables
            for row in connection.execute(select(*table.c))
        )


def test_a_log_in_is_known_by_all_four_of_its_marks() -> None:
    usual = {"iss": "a", "sub": "b", "iat": 1, "nonce": "c"}
    others = [{**usual, name: "anders"} for name in usual]
    assert len({fingerprint_of_login(one) for one in (usual, *others)}) == 5
