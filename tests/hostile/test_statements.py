"""Whatever somebody types or puts in an address is kept or looked for as text: no statement of theirs is ever carried out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, inspect, select

from quickscan.domain.answers import Party
from quickscan.domain.errors import NotFoundError, QuickscanError
from quickscan.domain.rules import Rules, UnknownRuleError
from quickscan.services.duo import Duo
from quickscan.services.journal import Journal
from quickscan.services.portfolios import Portfolios
from quickscan.services.ports import Deed
from quickscan.services.scans import Scans
from quickscan.services.snapshots import Snapshots
from quickscan.store.copies import Base
from quickscan.store.duo import DuoTables
from quickscan.store.repository import SqlStore
from tests.hostile.statements import make_statements
from tests.store.conftest import (  # noqa: F401 - the databases, as the tests of the store have them
    empty_postgres_url,
    make_buildings,
    make_pand_id,
    make_workspace,
    opened,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_url,
    store,
    url,
)
from tests.store.replay import look, replay


def count(store: SqlStore) -> dict[str, int]:  # noqa: F811 - the fixture above
    """Return every table that is there, with its rows."""
    with store.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        assert there == {*Base.metadata.tables, "alembic_version"}
        tables = [Base.metadata.tables[name] for name in there & set(Base.metadata.tables)]
        return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def test_at_least_two_hundred_kinds_are_tried() -> None:
    assert len(make_statements()) >= 200


def test_a_statement_in_a_text_is_kept_as_text(store: SqlStore, rules: Rules) -> None:  # noqa: F811
    made = make_workspace(store, make_buildings(1))
    scans, journal = Scans(store), Journal(store, DuoTables(store.engine))
    pand_id, code = make_pand_id(), rules.criterion("bou.lift").codes
    for number, words in enumerate(make_statements()):
        answer = scans.answer(
            made.id,
            pand_id,
            "bou.lift",
            choice=code[number % 2],
            rules=rules,
            author=words,
            note=words,
            expected_version=number,
        )
        assert (answer.note, answer.author) == (words.strip(), words)
        scans.save_fact(made.id, pand_id, "naam", words, author=words)
        (line,) = journal.read(made.id, viewer=Party.SAMEN, author=words, what=Deed.FEIT)
        assert (line.new, line.author) == (words.strip(), words)
    tried = len(make_statements())
    found = count(store)
    assert (found["answer"], found["answer_history"], found["audit_log"]) == (1, tried, 1 + 2 * tried)
    history = [answer.note for answer in scans.history(made.id, pand_id, "bou.lift")]
    assert history == [words.strip() for words in reversed(make_statements())]
    assert replay(store) == look(store)


def test_a_statement_in_place_of_a_name_finds_nothing_and_changes_nothing(store: SqlStore, rules: Rules) -> None:  # noqa: F811
    made = make_workspace(store, make_buildings(2))
    scans = Scans(store)
    duo, portfolios, snapshots = Duo(DuoTables(store.engine), scans), Portfolios(store, lambda _: None), Snapshots(store)  # type: ignore[arg-type, return-value]
    before, kept = count(store), look(store)
    for words in make_statements():
        asks: tuple[Callable[[], object], ...] = (
            lambda words=words: portfolios.get(words),
            lambda words=words: scans.look(words, make_pand_id(), rules),
            lambda words=words: scans.look(made.id, words, rules),
            lambda words=words: duo.stand(made.id, words),
            lambda words=words: snapshots.history(words),
            lambda words=words: scans.answer(
                made.id, words, "bou.lift", choice=None, rules=rules, author="x", expected_version=0
            ),
        )
        for ask in asks:
            with pytest.raises(NotFoundError):
                ask()
        with pytest.raises(UnknownRuleError):
            scans.answer(made.id, make_pand_id(), words, choice=None, rules=rules, author="x", expected_version=0)
        with pytest.raises(QuickscanError):
            scans.save_fact(made.id, make_pand_id(), words, "x", author="x")
        assert scans.find_name(made.id, words) is None
        assert scans.history(made.id, make_pand_id(), words) == []
    assert count(store) == before
    assert look(store) == kept
