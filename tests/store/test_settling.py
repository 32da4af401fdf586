"""Looking back and settling, on both databases: restore, undo, and snapshots that come out the same years later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from quickscan.demo.portfolio import make_demo
from quickscan.domain.answers import Party
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.domain.rules import Overlay, Rulebook, Rules, UnknownRuleError
from quickscan.domain.terms import Interventie
from quickscan.rulebook.loader import load_national
from quickscan.services.journal import Journal
from quickscan.services.portfolios import Portfolios
from quickscan.services.ports import Deed, Workspace
from quickscan.services.scans import Scans
from quickscan.services.snapshots import Snapshots
from quickscan.store.duo import DuoTables
from quickscan.store.repository import SqlStore
from tests.conftest import PEILDATUM
from tests.store.conftest import NOON, make_pand_id, save
from tests.store.replay import look, replay

DAK = "bou.dak"


class Desk:
    """One building, and a person who answers about its roof."""

    def __init__(self, store: SqlStore, workspace: Workspace, rules: Rules) -> None:
        self.store, self.where, self.rules, self.minute = store, workspace.id, rules, 0
        self.scans = Scans(store, lambda: NOON + timedelta(minutes=self.minute))

    def answer(self, choice: str | None, *, author: str = "Ada", note: str = "", criterion: str = DAK) -> int:
        self.minute += 1
        now = self.store.read_answers(self.where, make_pand_id(), Party.SAMEN).get(criterion)
        saved = self.scans.answer(
            self.where,
            make_pand_id(),
            criterion,
            choice=choice,
            rules=self.rules,
            author=author,
            note=note,
            expected_version=now.version if now else 0,
        )
        return saved.version

    def restore(self, version: int, *, expected: int, author: str = "Bo") -> str | None:
        options = {"rules": self.rules, "author": author, "reason": "toch", "expected_version": expected}
        return self.scans.restore(self.where, make_pand_id(), DAK, version, **options).choice  # type: ignore[arg-type]

    def undo(self, author: str = "Ada") -> tuple[str, str | None]:
        self.minute += 1
        _, answer = self.scans.undo_last(self.where, author=author)
        return answer.criterion, answer.choice

    def choices(self) -> list[str | None]:
        return [answer.choice for answer in reversed(self.scans.history(self.where, make_pand_id(), DAK))]


@pytest.fixture
def desk(store: SqlStore, workspace: Workspace, rules: Rules) -> Desk:
    return Desk(store, workspace, rules)


@pytest.fixture
def codes(rules: Rules) -> tuple[str, ...]:
    return rules.criterion(DAK).codes


def test_an_earlier_version_comes_back_as_a_new_one(desk: Desk, codes: tuple[str, ...]) -> None:
    desk.answer(codes[0], note="eerst")
    desk.answer(codes[1])
    assert desk.restore(1, expected=2) == codes[0]
    assert desk.choices() == [codes[0], codes[1], codes[0]]
    kept = desk.store.read_answers(desk.where, make_pand_id(), Party.SAMEN)[DAK]
    assert (kept.version, kept.note, kept.author) == (3, "eerst", "Bo")
    assert desk.store.read_log(desk.where)[0].detail["reason"] == "versie 1 hersteld: toch"


def test_restoring_is_refused_when_it_is_late_unknown_or_not_in_force(
    desk: Desk, workspace: Workspace, codes: tuple[str, ...]
) -> None:
    save(desk.store, workspace, "afgeschaft", criterion=DAK)
    desk.answer(codes[0])
    with pytest.raises(UnknownRuleError):
        desk.restore(1, expected=2)
    with pytest.raises(NotFoundError, match="Versie '9'"):
        desk.restore(9, expected=2)
    desk.answer(codes[1])
    with pytest.raises(StaleAnswerError):
        desk.restore(2, expected=2)
    assert desk.choices() == ["afgeschaft", codes[0], codes[1]]


def test_undo_takes_back_ones_own_answers_one_by_one(desk: Desk, codes: tuple[str, ...]) -> None:
    desk.answer(codes[0])
    desk.answer(codes[1])
    desk.answer(
        "ja" if "ja" in desk.rules.criterion("bou.lift").codes else desk.rules.criterion("bou.lift").codes[0],
        criterion="bou.lift",
    )
    assert desk.undo() == ("bou.lift", None)
    assert desk.undo() == (DAK, codes[0])
    assert desk.undo() == (DAK, None)
    with pytest.raises(NotFoundError, match="geen eigen antwoord"):
        desk.undo()
    assert desk.choices() == [codes[0], codes[1], codes[0], None]
    desk.answer(codes[1])  # and after it one may simply go on
    assert desk.undo() == (DAK, None)


def test_undo_leaves_what_somebody_else_answered(desk: Desk, codes: tuple[str, ...]) -> None:
    desk.answer(codes[0], author="Ada")
    desk.answer(codes[1], author="Bo")
    with pytest.raises(StaleAnswerError, match="door Bo"):
        desk.undo("Ada")
    with pytest.raises(NotFoundError):
        desk.undo("Cas")
    assert desk.undo("Bo") == (DAK, codes[0])


def test_a_first_do_not_know_is_nothing_to_take_back(desk: Desk) -> None:
    desk.answer(None)
    with pytest.raises(NotFoundError):
        desk.undo()


def test_undo_at_one_building_leaves_the_others(desk: Desk, workspace: Workspace, codes: tuple[str, ...]) -> None:
    desk.answer(codes[0])
    save(desk.store, workspace, codes[1], criterion=DAK, pand_id=make_pand_id(1))
    assert desk.scans.undo_last(desk.where, author="Ada", pand_id=make_pand_id())[0] == make_pand_id()
    assert desk.store.read_answers(desk.where, make_pand_id(1), Party.SAMEN)[DAK].choice == codes[1]


def test_the_log_leaves_out_what_another_party_answered_until_it_is_revealed(desk: Desk, workspace: Workspace) -> None:
    duo = DuoTables(desk.store.engine)
    journal, where = Journal(desk.store, duo), (workspace.id, make_pand_id())
    save(desk.store, workspace, party=Party.GEMEENTE)
    save(desk.store, workspace, party=Party.GEMEENTE, pand_id=make_pand_id(1))
    save(desk.store, workspace, party=Party.SAMEN)
    duo.set_ready(*where, Party.GEMEENTE, ready=True, author="Ada", at=NOON)

    def seen(viewer: Party) -> list[tuple[str | None, str]]:
        return [(line.party, line.what) for line in journal.read(workspace.id, viewer=viewer)]

    always = [("gemeente", Deed.KLAAR), ("samen", Deed.ANTWOORD), (None, Deed.WERKRUIMTE)]
    assert seen(Party.SAMEN) == seen(Party.CORPORATIE) == always
    assert len(seen(Party.GEMEENTE)) == 5
    duo.reveal(*where, author="Ada", at=NOON)
    assert [party for party, what in seen(Party.CORPORATIE) if what == Deed.ANTWOORD] == ["samen", "gemeente"]
    assert [line.author for line in journal.read(workspace.id, viewer=Party.SAMEN, author="Ada", what=Deed.ONTHULLEN)] == ["Ada"]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_national()


@pytest.fixture
def street(store: SqlStore, rules: Rules) -> Workspace:
    """The fictional neighbourhood, as it is at the start."""
    return Portfolios(store, make_demo, lambda: NOON).open_demo(rules, author="Ada")


def change_rules(book: Rulebook) -> Rulebook:
    """Return the rulebook with the weight of every version of every criterion doubled."""
    versions = [
        [version.model_copy(update={"gewicht": version.gewicht * 2 + 1}) for version in one.versies] for one in book.criteria
    ]
    criteria = [one.model_copy(update={"versies": tuple(new)}) for one, new in zip(book.criteria, versions, strict=True)]
    return book.model_copy(update={"criteria": tuple(criteria)})


@pytest.mark.parametrize("whole", [True, False])
def test_a_snapshot_comes_out_the_same_and_can_be_laid_beside_now(
    store: SqlStore, street: Workspace, book: Rulebook, rules: Rules, *, whole: bool
) -> None:
    snapshots, scans = Snapshots(store, lambda: NOON), Scans(store, lambda: NOON)
    table = Portfolios(store, make_demo).screen(street.id, rules)
    pand_id = str(table.sort_values("rang")["pand_id"].iloc[0])
    record = snapshots.settle(street.id, book, PEILDATUM, author="Ada", pand_id=None if whole else pand_id, note="  Besluit 12  ")
    assert (record.number, record.note, record.day, record.fingerprint) == (1, "Besluit 12", PEILDATUM, rules.fingerprint)
    assert record.buildings == (street.buildings if whole else 1)
    assert snapshots.verify(street.id, 1).holds
    assert snapshots.compare(street.id, 1, book, PEILDATUM).is_same

    settled = snapshots.read(street.id, 1)
    mine = settled.results[(settled.results["pand_id"] == pand_id) & (settled.results["interventie"] == Interventie.OPTOPPEN)]
    shown = table[table["pand_id"] == pand_id]
    assert mine["score"].item() == shown["score"].item()
    assert mine["woningen"].item() == shown["woningen"].item()

    before, then = scans.look(street.id, pand_id, rules), snapshots.look(street.id, 1, pand_id)
    assert (then.story, then.facts, then.answers, then.name) == (before.story, before.facts, before.answers, before.name)
    assert hashlib.sha256(snapshots.export(street.id, 1)).hexdigest() == record.checksum

    scans.save_fact(street.id, pand_id, "bouwjaar", 1999, author="Bo")
    asked = rules.criterion(DAK)
    stored = store.read_answers(street.id, pand_id, Party.SAMEN).get(DAK)
    other = next(code for code in asked.codes if stored is None or code != stored.choice)
    scans.answer(
        street.id, pand_id, DAK, choice=other, rules=rules, author="Bo", expected_version=stored.version if stored else 0
    )
    since = snapshots.compare(street.id, 1, change_rules(book), PEILDATUM + timedelta(days=1), overlay=Overlay())
    assert since.rules_changed
    assert since.facts[["pand_id", "name", "new"]].to_numpy().tolist() == [[pand_id, "bouwjaar", 1999.0]]
    assert since.answers[["pand_id", "criterion", "new"]].to_numpy().tolist() == [[pand_id, DAK, other]]
    assert "score" in set(since.results["name"])
    assert (set(since.results["pand_id"]) == {pand_id}) is not whole
    assert snapshots.verify(street.id, 1).holds, "what was settled does not move"
    assert snapshots.look(street.id, 1, pand_id).story == before.story != scans.look(street.id, pand_id, rules).story
    assert snapshots.settle(street.id, book, PEILDATUM, author="Bo").number == 2
    assert [one.number for one in snapshots.history(street.id)] == [2, 1]
    assert [line.author for line in store.read_log(street.id, what=Deed.VASTSTELLEN)] == ["Bo", "Ada"]


def test_a_snapshot_with_weights_of_the_workspace_is_worked_out_with_them(
    store: SqlStore, street: Workspace, book: Rulebook
) -> None:
    snapshots, overlay = Snapshots(store, lambda: NOON), Overlay(gewichten={DAK: 99.0})
    snapshots.settle(street.id, book, PEILDATUM, author="Ada", overlay=overlay)
    assert snapshots.verify(street.id, 1).holds
    assert snapshots.compare(street.id, 1, book, PEILDATUM, overlay=overlay).is_same
    assert not snapshots.compare(street.id, 1, book, PEILDATUM).results.empty


def test_a_snapshot_of_old_rules_holds_after_the_rules_changed(store: SqlStore, street: Workspace, book: Rulebook) -> None:
    old, day = change_rules(book), date(2026, 3, 1)
    snapshots = Snapshots(store, lambda: NOON)
    record = snapshots.settle(street.id, old, day, author="Ada")
    assert snapshots.verify(street.id, record.number).holds
    assert snapshots.compare(street.id, record.number, book, PEILDATUM).rules_changed


def test_a_snapshot_that_was_tampered_with_is_found_out(
    sqlite_url: object, opened: Callable[..., SqlStore], book: Rulebook
) -> None:
    store = opened(sqlite_url)
    made = Portfolios(store, make_demo, lambda: NOON).open_demo(load_national().on(PEILDATUM), author="Ada")
    snapshots = Snapshots(store, lambda: NOON)
    snapshots.settle(made.id, book, PEILDATUM, author="Ada")
    other = hashlib.sha256(b"anders").hexdigest()
    with store.engine.begin() as connection:  # somebody with the file in his hands
        connection.execute(text("DROP TRIGGER snapshot_no_update"))
        connection.execute(text("UPDATE snapshot SET checksum = :other"), {"other": other})
    verdict = snapshots.verify(made.id, 1)
    assert (verdict.holds, verdict.is_untouched, len(verdict.different)) == (False, False, 0)


def test_a_building_that_came_or_went_is_told(store: SqlStore, workspace: Workspace, book: Rulebook) -> None:
    snapshots = Snapshots(store, lambda: NOON)
    snapshots.settle(workspace.id, book, PEILDATUM, author="Ada")
    snapshots.settle(workspace.id, book, PEILDATUM, author="Ada", pand_id=make_pand_id())
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE building SET pand_id = '0518000000000099' WHERE position = 0"))
    since = snapshots.compare(workspace.id, 1, book, PEILDATUM)
    assert (since.added, since.removed) == (("0518000000000099",), (make_pand_id(),))
    alone = snapshots.compare(workspace.id, 2, book, PEILDATUM)
    assert (alone.added, alone.removed) == ((), (make_pand_id(),))


def test_a_snapshot_that_is_not_there_is_not_found(store: SqlStore, workspace: Workspace, book: Rulebook) -> None:
    snapshots = Snapshots(store)
    for ask in (snapshots.read, snapshots.verify):
        with pytest.raises(NotFoundError, match="Vaststelling '7'"):
            ask(workspace.id, 7)
    snapshots.settle(workspace.id, book, PEILDATUM, author="Ada", pand_id=make_pand_id())
    with pytest.raises(NotFoundError, match="deze vaststelling"):
        snapshots.look(workspace.id, 1, make_pand_id(1))
    with pytest.raises(NotFoundError):
        snapshots.settle(workspace.id, book, PEILDATUM, author="Ada", pand_id="weg")


JUMPS = (0, -3_600, -7_200, 86_400, -86_400 * 400, 1, 86_400 * 800)  # seconds by which somebody sets the clock


def test_a_clock_that_jumps_loses_nothing_and_changes_no_order(
    store: SqlStore, workspace: Workspace, rules: Rules, codes: tuple[str, ...]
) -> None:
    moments = iter([NOON + timedelta(seconds=jump) for jump in JUMPS] * 2)
    scans = Scans(store, lambda: next(moments))
    for seen in range(len(JUMPS)):
        code = codes[seen % 2]
        scans.answer(workspace.id, make_pand_id(), DAK, choice=code, rules=rules, author="Ada", expected_version=seen)
    history = scans.history(workspace.id, make_pand_id(), DAK)
    assert [answer.version for answer in history] == list(range(len(JUMPS), 0, -1))
    assert [answer.at for answer in reversed(history)] == [NOON + timedelta(seconds=jump) for jump in JUMPS]
    lines = store.read_log(workspace.id, what=Deed.ANTWOORD)
    assert [line.detail["version"] for line in lines] == [answer.version for answer in history]
    assert scans.undo_last(workspace.id, author="Ada")[1].choice == history[1].choice
    with pytest.raises(StaleAnswerError):
        scans.answer(workspace.id, make_pand_id(), DAK, choice=codes[0], rules=rules, author="Bo", expected_version=1)
    assert replay(store) == look(store)


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_the_night_in_which_the_clock_goes_back_keeps_its_order(store: SqlStore, workspace: Workspace, hour: int) -> None:
    """Half past two comes twice in Amsterdam on 25 October 2026; kept is UTC, in which it does not."""
    night = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    save(store, workspace, at=night.astimezone(ZoneInfo("Europe/Amsterdam")))
    (kept,) = store.read_answers(workspace.id, make_pand_id(), Party.SAMEN).values()
    assert (kept.at, kept.at.utcoffset()) == (night, timedelta(0))
