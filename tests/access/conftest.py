"""People with every role in a workspace, somebody of another organisation, and a clock that a test can turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import URL, Engine

from quickscan.domain.access import Role, Seat
from quickscan.domain.answers import Party
from quickscan.services.accounts import Accounts, Policy, fingerprint_of_login
from quickscan.services.guard import Guard, guarded
from quickscan.services.members import Members, MemberStore
from quickscan.services.ports import Store
from quickscan.wiring import Stores, open_stores
from tests.store.conftest import empty_postgres_url, postgres_server, postgres_template, postgres_url, sqlite_url, url

__all__ = ["empty_postgres_url", "postgres_server", "postgres_template", "postgres_url", "sqlite_url", "url"]

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PANDEN = ["0518000000000001", "0518000000000002"]
ISSUER = "https://inloggen.test"
MAKER = "ada"  # beheerder, and for the gemeente too


@dataclass
class House:
    """A server with people. `log_in` gives the fingerprint by which the guard knows somebody."""

    stores: Stores
    now: datetime = NOON
    workspace: str = ""
    elsewhere: str = ""
    logins: dict[str, str] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    @property
    def accounts(self) -> Accounts:
        policy = Policy(first=frozenset({"ada@gemeente.test", "zoe"}))
        return Accounts(self.stores.people, policy, self.clock)

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)

    def log_in(self, subject: str, *, nonce: str = "1", **claims: object) -> str:
        said = {
            "iss": ISSUER,
            "sub": subject,
            "iat": int(self.now.timestamp()),
            "nonce": nonce,
            "name": subject.capitalize(),
            "email": f"{subject}@gemeente.test",
            **claims,
        }
        self.accounts.enter(said)
        self.logins[subject] = fingerprint_of_login(said)
        return self.logins[subject]

    def number(self, subject: str) -> int:
        found = self.accounts.find(self.logins[subject])
        assert found is not None
        return found.person.number

    def guard(self, subject: str) -> Guard:
        return Guard(self.accounts, self.stores.duos, self.logins[subject])

    def store(self, subject: str) -> Store:
        return guarded(self.stores.store, Store, self.guard(subject))

    def members(self, subject: str) -> Members:
        return Members(guarded(self.stores.members, MemberStore, self.guard(subject)), clock=self.clock)

    @property
    def engine(self) -> Engine:
        engine: Engine = self.stores.store.engine  # type: ignore[attr-defined]
        return engine

    def enter_number(self, subject: str, **said: object) -> int:
        self.log_in(subject, **said)  # type: ignore[arg-type]
        return self.number(subject)

    def let_in_number(self, subject: str, seat: Seat, **said: object) -> int:
        self.let_in(subject, seat, **said)
        return self.number(subject)

    def let_in(self, subject: str, seat: Seat, *, by: str = MAKER, **said: object) -> None:
        self.log_in(subject, **said)  # type: ignore[arg-type]
        made = self.members(by).invite(self.workspace, seat, author="")
        self.accounts.accept(made.secret, self.logins[subject])


def make_workspace(store: Store, name: str) -> str:
    frame = pd.DataFrame({"pand_id": PANDEN, "bouwjaar": [1965.0, 1972.0]})
    return store.create_workspace(name, frame, {}, fictional=False, author="wie dan ook", at=NOON).id


def fill(house: House) -> House:
    """Let everybody in: a workspace with all roles, and one of somebody else."""
    house.log_in(MAKER)
    house.workspace = make_workspace(house.store(MAKER), "Zuidwest")
    house.members(MAKER).change(house.workspace, house.number(MAKER), Seat(Role.BEHEERDER, Party.GEMEENTE), author="")
    for role in Role:
        if role is not Role.BEHEERDER:
            house.let_in(str(role), Seat(role))
    house.log_in("zoe")  # of another organisation
    house.elsewhere = make_workspace(house.store("zoe"), "Noordoost")
    return house


@pytest.fixture
def house(url: URL) -> Iterator[House]:
    stores = open_stores(url.render_as_string(hide_password=False))
    yield fill(House(stores))
    stores.store.close()  # type: ignore[attr-defined]


def of_role(role: Role) -> str:
    """Return who has a role."""
    return MAKER if role is Role.BEHEERDER else str(role)
