"""Live sessions: open one, join it, vote apart, follow the building everybody looks at, reveal, and write down what was decided.

All screens ask one thing again and again: `tick`, one row by its key. Only when its version moved do they read a `board`.
A board says how many voted and never who or what, until the reveal; then each party's votes become that party's answers,
as `services.duo` keeps them, when more than half of those who chose agree. A divided party has no answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from quickscan.domain.answers import Answer, Party
from quickscan.domain.disagreement import Side
from quickscan.domain.duo import PARTIES, AlreadyRevealedError
from quickscan.domain.errors import NotFoundError, StaleAnswerError
from quickscan.domain.explanation import count_that_matter
from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.session_summary import Contrast, Finding, Summary
from quickscan.domain.sessions import (
    CODE_LENGTH,
    CODE_SIGNS,
    LONGEST_NAME,
    LONGEST_TEXT,
    Board,
    Course,
    IncompleteError,
    Line,
    LineKind,
    NoSuchSessionError,
    Seat,
    Session,
    Stop,
    Tally,
    Tick,
    Timer,
    Vote,
    count_votes,
    read_code,
)
from quickscan.domain.story import tell
from quickscan.domain.terms import Interventie
from quickscan.services.duo import Duo, Item
from quickscan.services.portfolios import Clock, utc_now
from quickscan.services.scans import Scans
from quickscan.services.session_store import CodeBook, SessionStore

BEAT_EVERY_S, GONE_AFTER_S = 15, 45  # a sign of life from every screen; who misses two is not here any more
MOST_STOPS = 30
UNKNOWN = "weet ik niet"


def draw_code() -> str:
    """Return a new code that nobody can guess."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def draw_key() -> str:
    """Return a new secret for a seat."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True)
class Sessions:
    """Use cases of a live session."""

    store: SessionStore
    codes: CodeBook
    scans: Scans
    duo: Duo
    by_rule: Scans | None = None  # says for a party what its votes came to, where a person may not say that
    clock: Clock = utc_now
    make_code: Callable[[], str] = draw_code

    def open(
        self,
        workspace_id: str,
        pand_ids: Sequence[str],
        rules: Rules,
        *,
        interventie: Interventie,
        author: str,
        title: str = "",
        criteria: Sequence[str] = (),
        most: int | None = None,
    ) -> str:
        """Open a session along these buildings, in this order, and return its code.

        The questions are the `criteria`, or else the open ones that matter, `most` at most per building. Raises
        IncompleteError, NotFoundError, UnknownRuleError, and SessionOpenError when this workspace has one open.
        """
        chosen = list(dict.fromkeys(pand_ids))
        if not 0 < len(chosen) <= MOST_STOPS:
            raise IncompleteError("Er zijn geen, of te veel, gebouwen gekozen", f"Kies er 1 tot en met {MOST_STOPS}.")
        for name in criteria:
            rules.criterion(name)
        stops = tuple(self._make_stop(workspace_id, pand_id, rules, interventie, criteria, most) for pand_id in chosen)
        now = self.clock()
        while True:
            code = self.make_code()
            named = title.strip()[:LONGEST_NAME] or "Werksessie"
            session = Session(
                code,
                workspace_id,
                named,
                rules.day,
                interventie,
                author,
                now,
                None,
                version=1,
                scene=1,
                place=0,
                timer=Timer(),
                stops=stops,
            )
            if self.store.open_session(workspace_id, session, author=author, at=now):
                return code

    def _make_stop(
        self, workspace_id: str, pand_id: str, rules: Rules, interventie: Interventie, criteria: Sequence[str], most: int | None
    ) -> Stop:
        scan = self.scans.look(workspace_id, pand_id, rules, interventies=(interventie,))
        result = scan.results[interventie]
        applicable = {line.active.id for line in result.lines}
        if criteria:
            return Stop(pand_id, scan.name, tuple(name for name in criteria if name in applicable))
        questions = result.questions[: count_that_matter(result, rules)][:most]
        return Stop(pand_id, scan.name, tuple(question.active.id for question in questions))

    def find_workspace(self, code: str) -> str:
        """Return the workspace of a session; raises NoSuchSessionError."""
        found = self.codes.find_code(read_code(code))
        if found is None:
            raise NoSuchSessionError(code.strip()[:LONGEST_NAME])
        return found

    def list_sessions(self, workspace_id: str) -> Sequence[Session]:
        """Return the sessions of a workspace, the newest first."""
        return self.store.find_sessions(workspace_id)

    def tick(self, workspace_id: str, code: str) -> Tick:
        """Return the counter that every screen looks at; raises NotFoundError."""
        return self.store.read_tick(workspace_id, code)

    def board(self, workspace_id: str, code: str) -> Board:
        """Return what all screens show; raises NotFoundError."""
        return self.store.read_board(workspace_id, code)

    def seat(self, workspace_id: str, code: str, key: str) -> Seat:
        """Return a seat; raises NotYourSeatError."""
        return self.store.read_seat(workspace_id, code, key)

    def join(self, workspace_id: str, code: str, *, name: str, party: Party | None, member: str | None = None) -> Seat:
        """Give somebody a seat and return it. The same `member`, or without log-in the same name and party, gets the same.

        Raises IncompleteError when a name is missing, and SessionEndedError.
        """
        key, shown = draw_key(), " ".join(name.split())[:LONGEST_NAME]
        if not shown and party is not None:
            raise IncompleteError("Er is nog geen naam ingevuld", "Vul een naam in, dan weten de anderen wie er meedoet.")
        who = member or (f"{party or 'kijkt'}:{shown.casefold()}" if shown else key)
        return self.store.join(workspace_id, code, key=key, who=who, name=shown or "toeschouwer", party=party, at=self.clock())

    def beat(self, workspace_id: str, code: str, key: str) -> None:
        """Give a sign of life; every screen does so once in BEAT_EVERY_S."""
        now = self.clock()
        self.store.beat(workspace_id, code, key, at=now, gone_before=now - timedelta(seconds=GONE_AFTER_S))

    def leave(self, workspace_id: str, code: str, key: str) -> None:
        """Give up a seat; the votes stay, and joining again gives the seat back."""
        self.store.leave(workspace_id, code, key)

    def own_votes(self, workspace_id: str, code: str, key: str, pand_id: str) -> Mapping[str, Vote]:
        """Return what somebody voted so far on a building."""
        return self.store.read_own_votes(workspace_id, code, key, pand_id)

    def vote(
        self,
        workspace_id: str,
        code: str,
        seat: Seat,
        pand_id: str,
        criterion: str,
        *,
        choice: str | None,
        rules: Rules,
        note: str = "",
    ) -> Vote:
        """Keep what somebody says apart; None is "weet ik niet".

        Raises UnknownRuleError, AlreadyRevealedError, SessionEndedError, and NotYourSeatError for who only watches.
        """
        active = rules.criterion(criterion)
        if choice is not None:
            active.choice(choice)
        try:
            return self.store.save_vote(
                workspace_id,
                code,
                seat.key,
                pand_id,
                criterion,
                choice=choice,
                note=note.strip()[:LONGEST_TEXT],
                party=seat.party or Party.SAMEN,
                author=seat.name,
                at=self.clock(),
            )
        except AlreadyRevealedError:
            self.store.touch(workspace_id, code)  # it was revealed outside the session: let all screens see that
            raise

    def go_to(self, workspace_id: str, code: str, place: int) -> None:
        """Take everybody to another building."""
        self.store.go_to(workspace_id, code, place)

    def start_timer(self, workspace_id: str, code: str, minutes: float) -> Timer:
        return self.store.change_timer(workspace_id, code, lambda timer: timer.start(minutes, self.clock()))

    def pause_timer(self, workspace_id: str, code: str) -> Timer:
        return self.store.change_timer(workspace_id, code, lambda timer: timer.pause(self.clock()))

    def resume_timer(self, workspace_id: str, code: str) -> Timer:
        return self.store.change_timer(workspace_id, code, lambda timer: timer.resume(self.clock()))

    def add_minute(self, workspace_id: str, code: str) -> Timer:
        return self.store.change_timer(workspace_id, code, lambda timer: timer.add_minute(self.clock()))

    def stop_timer(self, workspace_id: str, code: str) -> Timer:
        return self.store.change_timer(workspace_id, code, lambda _: Timer())

    def seconds_left(self, timer: Timer) -> int | None:
        """Return what a clock shows now; None when it is not set."""
        return timer.seconds_left(self.clock())

    def reveal(self, workspace_id: str, code: str, rules: Rules, *, author: str) -> None:
        """Make the votes on the current building the answers of each party, and open them.

        Each step is saved by itself; what was cut short is taken up by doing it again.
        """
        pand_id = self.store.read_board(workspace_id, code).session.current.pand_id
        if self.duo.stand(workspace_id, pand_id).revealed is None:
            self._answer_for_parties(workspace_id, code, pand_id, rules)
            self.duo.reveal(workspace_id, pand_id, rules, viewer=Party.SAMEN, author=author)
            if self._answer_for_parties(workspace_id, code, pand_id, rules):  # somebody voted in between
                self.duo.take_over_same(workspace_id, pand_id, rules, author=author)
        self.store.touch(workspace_id, code)

    def _answer_for_parties(self, workspace_id: str, code: str, pand_id: str, rules: Rules) -> int:
        """Save what the parties voted as their answers, and return how many answers changed."""
        votes, changed = self.store.read_votes(workspace_id, code, pand_id), 0
        for party in PARTIES:
            before = (self.by_rule or self.scans).store.read_answers(workspace_id, pand_id, party)
            for criterion in dict.fromkeys(vote.criterion for vote in votes if vote.party is party):
                tally, known = count_votes(votes, party, criterion), before.get(criterion)
                changed += self._answer_for(workspace_id, pand_id, rules.criterion(criterion), party, tally, known, rules)
        return changed

    def _answer_for(
        self,
        workspace_id: str,
        pand_id: str,
        active: ActiveCriterion,
        party: Party,
        tally: Tally,
        known: Answer | None,
        rules: Rules,
    ) -> bool:
        note = describe_votes(tally, active)
        if known is not None and (known.choice, known.note) == (tally.choice, note):
            return False
        one = len(tally.votes) == 1
        try:
            (self.by_rule or self.scans).answer(
                workspace_id,
                pand_id,
                active.id,
                choice=tally.choice,
                rules=rules,
                author=tally.votes[0].name if one else f"{len(tally.votes)} van de {party}",
                expected_version=known.version if known else 0,
                note=note,
                party=party,
            )
        except StaleAnswerError:  # that party answered outside the session in this very moment: that stands
            return False
        return True

    def remark(self, workspace_id: str, code: str, *, text: str, pand_id: str | None, author: str, form: str) -> Line:
        """Put a remark on the parking lot; raises IncompleteError and SessionEndedError."""
        line = self._make_line(LineKind.OPMERKING, text, pand_id, author)
        return self.store.add_remark(workspace_id, code, line, form=form)

    def decide(
        self,
        workspace_id: str,
        code: str,
        *,
        text: str,
        pand_id: str | None,
        author: str,
        form: str,
        course: Course | None = None,
        owner: str = "",
    ) -> Line:
        """Write down a decision, what it means for the building, and who takes it on; raises as `remark` does."""
        words = text if text.strip() or course is None else course.capitalize()
        line = self._make_line(LineKind.BESLUIT, words, pand_id, author, course=course, owner=owner)
        return self.store.add_decision(workspace_id, code, line, form=form)

    def _make_line(
        self, kind: LineKind, text: str, pand_id: str | None, author: str, *, course: Course | None = None, owner: str = ""
    ) -> Line:
        words = text.strip()[:LONGEST_TEXT]
        if not words:
            raise IncompleteError(f"{'Het' if kind is LineKind.BESLUIT else 'De'} {kind} is leeg", "Schrijf één zin.")
        return Line(0, kind, pand_id, course, words, owner.strip()[:LONGEST_NAME], author, self.clock())

    def end(self, workspace_id: str, code: str, *, author: str) -> None:
        """Close a session; what was saved stays, and can be read in the summary."""
        self.store.end(workspace_id, code, author=author, at=self.clock())

    def summarise(self, workspace_id: str, code: str, rules: Rules) -> Summary:
        """Return per building what came out, and what was said and decided; also while the session is still open."""
        board = self.store.read_board(workspace_id, code)
        findings = tuple(self._find(board, stop, rules) for stop in board.session.stops)
        return Summary(board, findings, tuple(line for line in board.lines if line.pand_id is None))

    def _find(self, board: Board, stop: Stop, rules: Rules) -> Finding:
        session = board.session
        lines = tuple(line for line in board.lines if line.pand_id == stop.pand_id)
        try:
            scan = self.scans.look(session.workspace_id, stop.pand_id, rules, interventies=(session.interventie,))
            is_open = self.duo.stand(session.workspace_id, stop.pand_id).revealed is not None
            items = self.duo.meet(session.workspace_id, stop.pand_id, rules, session.interventie).items if is_open else ()
        except NotFoundError:
            return Finding(stop, "Dit gebouw staat niet meer in de werkruimte.", None, revealed=False, contrasts=(), lines=lines)
        result = scan.results[session.interventie]
        return Finding(stop, tell(result), result, is_open, tuple(map(_contrast, items)), lines)


def _contrast(item: Item) -> Contrast:
    difference = item.difference
    topic = difference.active.criterion.naam
    return Contrast(topic, _said(difference.first), _said(difference.second), str(item.status))


def _said(side: Side) -> str:
    if side.line.choice is not None:
        return side.line.choice.label
    return UNKNOWN if side.answer is not None else "niet beantwoord"


def describe_votes(tally: Tally, active: ActiveCriterion) -> str:
    """Return how many voted what, for the note at a party's answer; who did stands with the session, where a name can go."""
    if len(tally.votes) == 1:
        return tally.votes[0].note
    groups = [
        f"{active.choice(choice).label if choice else UNKNOWN} ({sum(vote.choice == choice for vote in tally.votes)})"
        for choice in tally.counts
    ]
    reasons = "".join(f" {vote.note}" for vote in tally.votes if vote.note)
    return f"{'Verdeeld. ' if tally.is_divided else ''}In de sessie: {'; '.join(groups)}.{reasons}"[:LONGEST_TEXT]
