"""Whatever a register answers, as long as it is JSON: the outcome is a building, or a sentence; never a crash."""

from __future__ import annotations

import contextlib
import copy
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from quickscan.domain.errors import LookupFailedError
from quickscan.domain.facts import check_buildings
from quickscan.lookups.cache import AnswerCache
from quickscan.lookups.client import Client, parse_answer
from quickscan.lookups.opening import open_lookups
from quickscan.lookups.registers import Service
from quickscan.services.lookups import Lookups
from tests.lookups.conftest import Clock
from tests.lookups.register_server import EEN, KEY, TWEE, World

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [[], {}, [[]], [None], {"a": []}, "0" * 16, "=1+1", "<b>", "9" * 400, 10**400, -(10**18), -99999999, "\ud800"]
    ),
)
PARTS = ("/ls", "/bag/collections/pand", "/bag/collections/verblijfsobject", "/3d", "/ep", "/cbs")
Spoil = tuple[str, int, Any]  # which register, which place in its answer, and what to put there
SPOILS = st.tuples(st.sampled_from(PARTS), st.integers(0, 10_000), JUNK)


def _find_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in children for place in _find_places(child, (*path, key)))]


def _put(value: Any, place: tuple[Any, ...], junk: Any) -> Any:
    if not place:
        return junk
    spoiled = copy.deepcopy(value)
    inner = spoiled
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk
    return spoiled


class _StrangeClient(Client):
    """Asks the little world without a network, and spoils one answer of one register."""

    def __init__(self, cache: AnswerCache, spoil: Spoil) -> None:
        clock = Clock()
        super().__init__(cache, now=clock.now, sleep=clock.sleep, monotonic=clock.monotonic)
        self._spoil, self._world = spoil, World()

    def fetch(
        self,
        service: Service,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        del headers
        answer = self._world.answer(urlsplit(service.address).path + path, parameters or {}, KEY)
        part, number, junk = self._spoil
        if part not in service.address + path or answer is None:
            return answer
        places = _find_places(answer)
        return parse_answer(service, json.dumps(_put(answer, places[number % len(places)], junk)).encode())


def _open(folder: Path, spoil: Spoil) -> Lookups:
    names = {"LOCATIESERVER": "ls", "BAG": "bag", "3DBAG": "3d", "EP_ONLINE": "ep", "CBS": "cbs"}
    environment = {f"QUICKSCAN_OPZOEKEN_{name}": f"https://proef.example/{path}" for name, path in names.items()}
    environment |= {"QUICKSCAN_OPZOEKEN": "1", "QUICKSCAN_EP_ONLINE_SLEUTEL": KEY}
    client = _StrangeClient(AnswerCache(folder), spoil)
    return open_lookups(environment, folder, now=Clock().now, make_client=lambda _: client)


@given(SPOILS)
@settings(max_examples=60)
def test_collecting_survives_any_json(spoil: Spoil) -> None:
    with tempfile.TemporaryDirectory() as folder:
        outcome = _open(Path(folder), spoil).collect([EEN, TWEE])
    assert all(intake.errors == () and check_buildings(intake.buildings) == [] for _, intake in outcome.intakes)
    assert all(set(intake.buildings["pand_id"]) <= {EEN, TWEE} for _, intake in outcome.intakes)


@given(SPOILS, st.sampled_from(["1234AB 1", EEN, "Verzonnen Laan 5, Nergenshuizen"]))
@settings(max_examples=60)
def test_finding_survives_any_json(spoil: Spoil, typed: str) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(LookupFailedError):
        assert _open(Path(folder), spoil).find(typed)
