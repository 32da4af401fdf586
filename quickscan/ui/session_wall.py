"""What the room looks at, as HTML: the building, how many are here and how many are done, the clock, and after the reveal
what gemeente and corporatie said. Large enough for the back of the room; every text of people is escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence

from quickscan.domain.answers import Party
from quickscan.domain.duo import PARTIES
from quickscan.domain.rules import Rules
from quickscan.domain.sessions import Board, Guest, Tally, count_votes
from quickscan.ui import look, numbers

UNKNOWN = "weet ik niet"
MOST_NAMES = 4


def heading(board: Board) -> str:
    """Return the name of the building everybody looks at, and which of how many it is."""
    session = board.session
    return (
        f'<div class="sessie-kop"><p>Gebouw {session.place + 1} van {len(session.stops)} · {html.escape(session.title)}</p>'
        f"<h1>{html.escape(session.current.name)}</h1></div>"
    )


def whole(board: Board, rules: Rules, seconds: int | None) -> str:
    """Return all that moves on a large screen, as one piece."""
    middle = questions(board, rules) if board.revealed is None else outcome(board, rules)
    return figures(board, seconds) + middle + guests(board)


def figures(board: Board, seconds: int | None) -> str:
    """Return who is here, how many are done, and the clock."""
    here = board.present()
    by_party = " · ".join(f"{board.present(party)} {party}" for party in PARTIES if board.present(party))
    watching = f"{board.watching} {'kijkt' if board.watching == 1 else 'kijken'} mee" if board.watching else ""
    parts = [_figure(str(here), "doen mee" if here != 1 else "doet mee", " · ".join(filter(None, (by_party, watching))))]
    if board.session.current.questions and board.revealed is None:
        parts.append(_figure(f"{board.done}<i> van {here}</i>", "klaar met dit gebouw", ""))
    if seconds is not None:
        parts.append(_clock(seconds, running=board.session.timer.is_running))
    return f'<div class="sessie-cijfers" role="status">{"".join(parts)}</div>'


def short_figures(board: Board, seconds: int | None) -> str:
    """Return the same in one line, for a phone."""
    here = board.present()
    asks = board.revealed is None and board.session.current.questions
    parts = [f"<b>{board.done} van {here}</b> klaar" if asks else f"<b>{here}</b> {'doet' if here == 1 else 'doen'} mee"]
    if seconds is not None:
        parts.append(f"nog <b>{clock_text(seconds)}</b>" if seconds else "<b>de tijd is om</b>")
    return f'<p class="sessie-regel" role="status">{" · ".join(parts)}</p>'


def questions(board: Board, rules: Rules) -> str:
    """Return every question with how many of those present answered it; never who or what."""
    here = board.present()
    rows = []
    for name in board.session.current.questions:
        count = min(board.answered.get(name, 0), here)
        share = 100 * count / here if here else 0
        meter = f'<div class="duo-meter"><div style="width:{share:.0f}%;{look.tone(look.ACCENT)}"></div></div>'
        rows.append(f"<li><span>{html.escape(rules.criterion(name).criterion.vraag)}</span>{meter}<b>{count}/{here}</b></li>")
    if not rows:
        return '<p class="sessie-stil">Over dit gebouw zijn geen vragen gekozen. Bespreek het samen.</p>'
    return f'<ol class="sessie-vragen">{"".join(rows)}</ol>'


def outcome(board: Board, rules: Rules) -> str:
    """Return what each party said on every question, where they differ first; only a board after the reveal has it."""
    rows = []
    for place, name in enumerate(board.session.current.questions):
        first, second = (count_votes(board.votes, party, name) for party in PARTIES)
        if not first.votes and not second.votes:
            continue
        rows.append((_rank(first, second), place, _compared(name, first, second, rules)))
    if not rows:
        return '<p class="sessie-stil">De antwoorden van dit gebouw zijn onthuld. In deze sessie is hier niet gestemd.</p>'
    return f'<div class="sessie-uitkomst">{"".join(drawn for *_, drawn in sorted(rows))}</div>'


def guests(board: Board) -> str:
    """Return the names of who is here, by party."""
    groups = []
    for party, word in ((Party.GEMEENTE, "Gemeente"), (Party.CORPORATIE, "Corporatie"), (None, "Kijken mee")):
        names = _names([guest for guest in board.guests if guest.here and guest.party is party])
        if names:
            groups.append(f"<span><b>{word}:</b> {html.escape(names)}</span>")
    return f'<p class="sessie-gasten">{"".join(groups)}</p>' if groups else ""


def invitation(address: str, code: str) -> str:
    """Return how to join, in words."""
    shown = address.split("://", maxsplit=1)[-1].split("?", maxsplit=1)[0]
    return f'<p class="sessie-code"><span>Doe mee: scan, of ga naar <b>{html.escape(shown)}</b></span><strong>{code}</strong></p>'


def clock_text(seconds: int) -> str:
    """Return "4:05"."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _figure(number: str, word: str, note: str) -> str:
    small = f"<small>{html.escape(note)}</small>" if note else ""
    return f"<div><b>{number}</b><span>{html.escape(word)}</span>{small}</div>"


def _clock(seconds: int, *, running: bool) -> str:
    if not seconds:
        return '<div class="sessie-om"><b>0:00</b><span>de tijd is om</span></div>'
    return _figure(clock_text(seconds), "te gaan" if running else "de klok staat stil", "")


def _rank(first: Tally, second: Tally) -> int:
    """Return where a question stands: a difference, then a party that is divided or silent, then agreement."""
    if first.choice is not None and second.choice is not None:
        return 0 if first.choice != second.choice else 2
    return 1


def _compared(name: str, first: Tally, second: Tally, rules: Rules) -> str:
    active = rules.criterion(name)
    word = ("verschil", "nog niet rond", "eens")[_rank(first, second)]
    sides = []
    for party, tally in zip(PARTIES, (first, second), strict=True):
        groups = []
        for choice, count in tally.counts.items():
            label = active.choice(choice).label if choice else UNKNOWN
            who = _names([Guest(vote.name, party, here=True) for vote in tally.votes if vote.choice == choice])
            groups.append(f"<li><b>{count} ×</b> {html.escape(label)} <small>{html.escape(who)}</small></li>")
        notes = "".join(
            f"<li><q>{html.escape(vote.note)}</q> <small>{html.escape(vote.name)}</small></li>"
            for vote in tally.votes
            if vote.note
        )
        divided = " <em>verdeeld</em>" if tally.is_divided else ""
        said = f"<ul>{''.join(groups)}{notes}</ul>" if groups else "<p>niet geantwoord</p>"
        sides.append(f"<div><span>{party.capitalize()}{divided}</span>{said}</div>")
    mark = ("≠", "…", "=")[_rank(first, second)]
    return (
        f'<section class="sessie-vraag sessie-{word.split()[0]}"><h2>{html.escape(active.criterion.vraag)}</h2>'
        f'<p class="sessie-stand"><span aria-hidden="true">{mark}</span> {word}</p>{"".join(sides)}</section>'
    )


def _names(listed: Sequence[Guest]) -> str:
    names = [guest.name for guest in listed]
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" en nog {numbers.whole(more)}" if more > 0 else "")
