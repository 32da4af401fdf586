"""The summary of a live session as one HTML file: to print, mail, or open in a word processor. Nothing in it runs, and
nothing in it is fetched from elsewhere."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from quickscan.domain.explanation import Explanation
from quickscan.domain.session_summary import Finding, Summary, name_guests, of_kind
from quickscan.domain.sessions import Course, Line, LineKind

ZONE = ZoneInfo("Europe/Amsterdam")
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#0a1730}"
    "h1{font-size:1.7rem;margin-bottom:.2rem}h2{font-size:1.25rem;margin:2rem 0 .3rem;border-top:1px solid #c8d0de;"
    "padding-top:1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;"
    "border-bottom:1px solid #dde2ea}small,.klein{color:#3d5374}li{margin:.2rem 0}@media print{h2{break-after:avoid}}"
)
GOES_ON = {Course.VERDER: "Hiermee verder", Course.LATER: "Later terug", Course.STOP: "Niet verder"}


def make_session_report(summary: Summary) -> bytes:
    """Return the summary as UTF-8 HTML."""
    session = summary.board.session
    until = "" if session.ended_at is None else f" tot {_moment(session.ended_at)}"
    head = f'<meta charset="utf-8"><title>{_safe(session.title)}</title><style>{STYLE}</style>'
    about = f"geopend door {_safe(session.opened_by)} · code {session.code} · {session.interventie}"
    parts = [
        f'<!doctype html><html lang="nl"><head>{head}</head><body><h1>{_safe(session.title)}</h1>',
        f"<p class=klein>{_moment(session.opened_at)}{until} · {about} · normen van {session.day:%d-%m-%Y}</p>",
        *_outcome(summary),
        f"<p><b>Erbij waren:</b> {_safe(name_guests(summary.board.guests)) or 'niemand'}</p>",
    ]
    for finding in summary.findings:
        parts += _building(finding)
    parts += _lines("Algemeen", summary.general)
    parts.append("<p class=klein>Een quick scan is een eerste beeld, geen besluit. Wat onbekend is, staat er als onbekend.</p>")
    return "".join([*parts, "</body></html>"]).encode()


def _outcome(summary: Summary) -> Iterator[str]:
    rows = [(word, ", ".join(summary.names(course))) for course, word in GOES_ON.items()]
    listed = "".join(f"<li><b>{word}:</b> {_safe(names)}</li>" for word, names in rows if names)
    if listed:
        yield f"<ul>{listed}</ul>"


def _building(finding: Finding) -> Iterator[str]:
    yield f"<h2>{_safe(finding.stop.name)}</h2><p class=klein>Pand {finding.stop.pand_id}</p><p>{_safe(finding.story)}</p>"
    if finding.explanation is not None:
        yield f"<p>{_safe(_figures(finding.explanation))}</p>"
    if not finding.revealed:
        yield "<p>De antwoorden van gemeente en corporatie zijn niet onthuld.</p>"
    elif not finding.contrasts:
        yield "<p>Gemeente en corporatie verschillen nergens van mening.</p>"
    else:
        rows = "".join(
            f"<tr><td>{_safe(one.topic)}</td><td>{_safe(one.gemeente)}</td><td>{_safe(one.corporatie)}</td><td>{_safe(one.outcome)}</td></tr>"
            for one in finding.contrasts
        )
        yield f"<table><tr><th>Verschil</th><th>Gemeente</th><th>Corporatie</th><th>Stand</th></tr>{rows}</table>"
    yield from _lines("", finding.lines)


def _lines(heading: str, lines: tuple[Line, ...]) -> Iterator[str]:
    if heading and lines:
        yield f"<h2>{heading}</h2>"
    for kind, word in ((LineKind.BESLUIT, "Besluiten"), (LineKind.OPMERKING, "Parkeerplaats")):
        listed = "".join(f"<li>{_line(line)}</li>" for line in of_kind(lines, kind))
        if listed:
            yield f"<p><b>{word}</b></p><ul>{listed}</ul>"


def _line(line: Line) -> str:
    course = f"<b>{line.course.capitalize()}.</b> " if line.course else ""
    owner = f" Wie: {_safe(line.owner)}." if line.owner else ""
    return f"{course}{_safe(line.text)}{owner} <small>{_safe(line.author)}, {_moment(line.at)}</small>"


def _figures(result: Explanation) -> str:
    homes = result.homes
    many = (
        "nog niet te zeggen" if math.isnan(homes.likely) else f"{homes.likely:.0f} ({homes.low:.0f} tot en met {homes.high:.0f})"
    )
    total = result.total
    return (
        f"Oordeel: {result.oordeel}. Woningen erbij: {many}. Score {total.likely:.0f} ({total.low:.0f}–{total.high:.0f}); "
        f"{math.floor(total.coverage)} % bekend."
    )


def _moment(at: datetime) -> str:
    return str(format_datetime(at.astimezone(ZONE), "d MMM yyyy, HH:mm", locale="nl_NL"))


def _safe(text: str) -> str:
    return html.escape(text)
