"""Look buildings up in public registers, as far as somebody switched that on.

A place is a pand with what the others need to find it: a point and the ids of its homes. A piece is what one register
says about one place. All pieces of one register become one Intake, which goes through the same preview as a file: a
look-up never changes anything by itself. One register that fails does not stop the others: it is a problem in Dutch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from quickscan.domain.errors import LookupFailedError, QuickscanError
from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.domain.intake import Intake

MOST_PANDEN = 50  # the registers ask not to be used for bulk; more comes as a file
AT_A_TIME = 4
MOST_FAILURES = 3  # in a row; then a register is left alone
_BY_FILE = "Lees voor meer panden een bestand in, zoals de BAG-download van PDOK."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A building that may be the one somebody typed. `point` is in RD New."""

    label: str
    pand_ids: tuple[str, ...]
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A pand, where it is (RD New) and which homes are in it; the last two only when the BAG told."""

    pand_id: str
    point: tuple[float, float] | None = None
    homes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What one register said about one pand, and on which day. `note` is what a person should know about it.

    Without content there is only the note.
    """

    pand_id: str
    content: Any
    day: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class LookupOutcome:
    """One Intake a register, in the order to import them; and in Dutch what failed and what is good to know."""

    intakes: tuple[tuple[str, Intake], ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Register(Protocol):
    """One public register."""

    @property
    def label(self) -> str:
        """Return its name for people."""

    @property
    def needs_place(self) -> bool:
        """Tell whether it can only be asked with what the BAG says about the pand."""

    def fetch(self, place: Place) -> Piece | None:
        """Return what it says about one pand, None when it does not know it; raises LookupFailedError."""

    def read(self, pieces: Sequence[Piece]) -> Intake:
        """Return one Intake out of all pieces."""


class BuildingRegister(Register, Protocol):
    """The register of buildings itself: it is asked first, and its pieces give the others their place."""

    def find_place(self, piece: Piece) -> Place:
        """Return the place a piece is about."""


class AddressBook(Protocol):
    """Finds buildings by what people type."""

    def find(self, text: str) -> Sequence[Candidate]:
        """Return the buildings at an address or with an id; raises LookupFailedError when there is none."""


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Lookups:
    """The use case. Without an address book and registers it is switched off, and every call says so.

    `remarks` are told with every outcome, such as a register that is left out for want of a key.
    """

    addresses: AddressBook | None = None
    buildings: BuildingRegister | None = None
    others: Sequence[Register] = ()
    remarks: tuple[str, ...] = ()
    switch_on: str = "Zet opzoeken aan"

    @property
    def on(self) -> bool:
        """Tell whether looking up is switched on."""
        return self.addresses is not None and self.buildings is not None

    def find(self, text: str) -> Sequence[Candidate]:
        """Return the buildings that somebody may mean, for that person to choose from."""
        if self.addresses is None:
            raise self._switched_off()
        return self.addresses.find(text)

    def collect(self, pand_ids: Iterable[str], *, on_progress: Progress | None = None) -> LookupOutcome:
        """Ask every register about some panden, a few questions at a time.

        `on_progress` hears (done, all) after each answer, in the caller's own thread; raising in it stops the rest.
        """
        if self.buildings is None:
            raise self._switched_off()
        wanted = _check_ids(pand_ids)
        round_of = _Round(len(wanted) * (1 + len(self.others)), on_progress)
        first = round_of.ask(self.buildings, [Place(pand_id) for pand_id in wanted])
        found = {piece.pand_id: self.buildings.find_place(piece) for piece in first}
        asked: dict[str, list[Piece]] = {self.buildings.label: first}
        for register in self.others:
            places = [found.get(pand_id, Place(pand_id)) for pand_id in wanted]
            asked[register.label] = round_of.ask(register, [p for p in places if p.pand_id in found or not register.needs_place])
            if register.needs_place and (without := len(wanted) - len(found)):
                round_of.problems.append(f"{register.label}: niet opgezocht bij {_count(without)}, want de BAG gaf ze niet.")
        return round_of.finish((self.buildings, *self.others), asked, self.remarks)

    def _switched_off(self) -> LookupFailedError:
        advice = f"{self.switch_on}, vul de gegevens zelf in, of lees een bestand in."
        return LookupFailedError("Opzoeken", "opzoeken staat uit, er gaat niets naar buiten", advice)


class _Round:
    """One call of collect: what went wrong, what is worth knowing, and how far it is."""

    def __init__(self, total: int, on_progress: Progress | None) -> None:
        self.problems: list[str] = []
        self._total, self._done, self._on_progress = total, 0, on_progress

    def ask(self, register: Register, places: Sequence[Place]) -> list[Piece]:
        """Return the pieces of one register, in the order of the places."""
        pieces: dict[str, Piece] = {}
        failures: dict[str, list[str]] = {}
        unknown: list[str] = []
        waiting = iter(places)
        in_a_row = 0
        with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="opzoeken") as pool:
            running = _start(pool, register, waiting, AT_A_TIME)
            try:
                while running:
                    ready, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in ready:
                        place = running.pop(future)
                        try:
                            piece = future.result()
                        except LookupFailedError as error:
                            failures.setdefault(str(error), []).append(place.pand_id)
                            in_a_row += 1
                        else:
                            in_a_row = 0
                            if piece is None:
                                unknown.append(place.pand_id)
                            else:
                                pieces[place.pand_id] = piece
                        self._step()
                    if in_a_row < MOST_FAILURES:
                        running |= _start(pool, register, waiting, len(ready))
            finally:
                pool.shutdown(cancel_futures=True)
        self._tell(register, failures, unknown, left=len(list(waiting)))
        return [pieces[place.pand_id] for place in places if place.pand_id in pieces]

    def finish(self, registers: Sequence[Register], asked: Mapping[str, list[Piece]], remarks: Iterable[str]) -> LookupOutcome:
        """Read the pieces of each register into an Intake. A pand that is refused is a problem; the rest goes on."""
        intakes, notes = [], list(remarks)
        for register in registers:
            notes += [f"{register.label}: {note}." for note in _differ(asked[register.label])]
            pieces = [piece for piece in asked[register.label] if piece.content is not None]
            if not pieces:
                continue
            try:
                intake = register.read(pieces)
            except QuickscanError as error:
                self.problems.append(f"{register.label}: het antwoord is niet te gebruiken. {error}")
                continue
            for fault in intake.errors:
                place = "" if fault.row is None else f" pand {pieces[fault.row - 1].pand_id}:"
                self.problems.append(f"{register.label}:{place} {fault.problem}. {fault.advice}")
            if len(intake.buildings):
                notices = tuple(fault for fault in intake.faults if fault.notice)
                intakes.append((register.label, replace(intake, faults=notices)))
        if self._on_progress:
            self._on_progress(self._total, self._total)
        return LookupOutcome(tuple(intakes), tuple(self.problems), tuple(notes))

    def _step(self) -> None:
        self._done += 1
        if self._on_progress:
            self._on_progress(self._done, self._total)

    def _tell(self, register: Register, failures: Mapping[str, list[str]], unknown: list[str], *, left: int) -> None:
        for sentence, ids in failures.items():
            self.problems.append(f"{sentence} (bij {_name(ids)})")
        if unknown:
            self.problems.append(f"{register.label}: niet bekend: {_name(unknown)}.")
        if left:
            self.problems.append(f"{register.label}: gestopt na {MOST_FAILURES} fouten; {_count(left)} niet opgezocht.")


def _start(
    pool: ThreadPoolExecutor, register: Register, waiting: Iterator[Place], count: int
) -> dict[Future[Piece | None], Place]:
    """Start the next few questions; no more are under way than the pool has hands, so that stopping is quick."""
    started = {}
    for _, place in zip(range(count), waiting, strict=False):
        started[pool.submit(register.fetch, place)] = place
    return started


def _differ(pieces: Sequence[Piece]) -> list[str]:
    return list(dict.fromkeys(piece.note for piece in pieces if piece.note))


def _check_ids(pand_ids: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(pand_ids))
    wrong = [pand_id for pand_id in wanted if not re.fullmatch(rf"[0-9]{{{PAND_ID_LENGTH}}}", pand_id)]
    if wrong:
        advice = "Geef de 16 cijfers van het pand in de BAG."
        raise LookupFailedError("Opzoeken", f"'{wrong[0]}' is geen pand-id", advice)
    if len(wanted) > MOST_PANDEN:
        problem = f"{len(wanted)} panden is te veel, hooguit {MOST_PANDEN} tegelijk"
        raise LookupFailedError("Opzoeken", problem, _BY_FILE)
    return wanted


def _count(panden: int) -> str:
    return "1 pand" if panden == 1 else f"{panden} panden"


def _name(pand_ids: Sequence[str]) -> str:
    return f"pand {pand_ids[0]}" if len(pand_ids) == 1 else _count(len(pand_ids))
