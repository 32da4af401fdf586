"""A workspace with hostile texts in every place that a service takes text for: facts, answers, reasons, actions, roles,
programmes, evaluations, norms, business cases, names of files; and live sessions, which are over before the next one opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, repeat, zip_longest

from quickscan import wiring
from quickscan.demo import make_neighbourhood
from quickscan.domain.answers import Party
from quickscan.domain.duo import PARTIES
from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.intake import Intake, SourceNote
from quickscan.domain.programme.plan import Milestone, Project, Question, Target, plan_from
from quickscan.domain.programme.quarters import Quarter
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.settings import PlanSettings
from quickscan.domain.sessions import Course
from quickscan.domain.terms import Herkomst, Interventie
from quickscan.services.imports import FileNote
from tests.conftest import PEILDATUM

FREE = 1_200  # characters, where a service takes any number
LONG, LINE, TITLE, NAME, SHORT = 500, 200, 120, 80, 40  # how many characters the other fields take
READ_BY_RULES = ("pand_id", "gebruiksdoel", "status")  # with something else in it a building is out of reach
TEXTS = [name for name, spec in FACTS.items() if spec.kind is Kind.TEKST and name not in READ_BY_RULES]
START = Quarter(2025, 1)
LINK = "[klik](data:text/html,x)"  # in front of what a building is called, so that each place that repeats it is tried
MOST_FILES, GUESTS, DECISIONS, QUESTIONS, UNTOUCHED = 25, 8, 6, 3, 3


def pack(texts: Sequence[str], longest: int) -> list[str]:
    """Put texts together for a field that takes so many characters. What does not fit in it by itself is left out."""
    packed = [""]
    for text in texts:
        together = f"{packed[-1]} {text}".strip()
        if len(together) <= longest:
            packed[-1] = together
        elif len(text) <= longest:
            packed.append(text)
    return [words for words in packed if words]


@dataclass(frozen=True)
class Seeded:
    """A workspace full of it: the buildings that hold it, those without an answer yet, and how many projects have a note."""

    workspace: str
    pand_ids: tuple[str, ...]
    untouched: tuple[str, ...]
    projects: int

    @property
    def query(self) -> str:
        return f"werkruimte={self.workspace}"


def seed(services: wiring.Services, texts: Sequence[str], rules: Rules) -> Seeded:
    """Fill a workspace: as many texts together as the longest fields take, a building each."""
    groups, titles, names = pack(texts, FREE), pack(texts, TITLE), pack(texts, NAME)
    every = make_neighbourhood().buildings.query("gebruiksdoel != 'overige gebruiksfunctie'")
    buildings = every.head(len(groups) + UNTOUCHED).copy()
    for name in TEXTS:
        buildings[name] = [f"{LINK} {words}" for words in (*groups, *groups[:1] * UNTOUCHED)]
    sources = dict.fromkeys(buildings.columns, SourceNote(Herkomst.OPGAVE, groups[0], PEILDATUM))
    made = services.portfolios.store.create_workspace(
        titles[0], buildings, sources, fictional=False, author=groups[0], at=services.scans.clock()
    ).id
    pand_ids, untouched = buildings["pand_id"].tolist()[: len(groups)], buildings["pand_id"].tolist()[len(groups) :]
    for pand_id, words in zip(pand_ids, groups, strict=True):
        _answer(services, made, pand_id, words, rules)
        _settle(services, made, pand_id, words, rules)
    _plan(services, made, pand_ids, texts, rules)
    projects = _programme(services, made, pand_ids, texts, rules)
    norms = services.parking.read(made)
    for gemeente, source in zip_longest(pack(texts, LINE)[:10], pack(texts, LINE)[10:20], fillvalue=names[0]):
        cells = {"gemeente": gemeente, "naam": source, "zone": gemeente, "bron": source, "waarde": 1.0}
        norms = services.parking.save(made, norms, cells, author=groups[0])
    _import(services, made, texts, buildings)
    return Seeded(made, tuple(pand_ids), tuple(untouched), projects)


def _answer(services: wiring.Services, made: str, pand_id: str, words: str, rules: Rules) -> None:
    """Answer apart and together, reveal, and disagree about the first difference."""
    questions = [active for active in rules.criteria if active.codes][:8]
    for party in (Party.SAMEN, Party.GEMEENTE, Party.CORPORATIE):
        for place, active in enumerate(questions):
            choice = active.codes[-1 if party is Party.CORPORATIE and place % 2 else 0]
            services.scans.answer(
                made, pand_id, active.id, choice=choice, rules=rules, author=words, note=words, expected_version=0, party=party
            )
    services.duo.reveal(made, pand_id, rules, viewer=Party.SAMEN, author=words)
    differing = services.duo.meet(made, pand_id, rules, Interventie.OPTOPPEN).items[0].difference.active.id
    services.duo.disagree(made, pand_id, differing, reason=words, rules=rules, author=words, expected_version=0)


def _settle(services: wiring.Services, made: str, pand_id: str, words: str, rules: Rules) -> None:
    """Keep a business case with a reduction of one's own, and settle the building."""
    scan = services.scans.look(made, pand_id, rules)
    reduction = {words[:NAME]: {"deel": 0.1, "bron": words[:LINE]}}
    changes = {"parkeren.kortingen": reduction}
    services.finance.change(made, services.finance.look(made, scan, rules), changes, scan=scan, rules=rules, author=words)
    worked = services.finance.look(made, scan, rules)
    services.finance.settle(made, worked, scan=scan, rules=rules, author=words, name=words[:60])
    services.snapshots.settle(made, wiring.rulebook(), PEILDATUM, author=words, pand_id=pand_id, note=words)


def _plan(services: wiring.Services, made: str, pand_ids: Sequence[str], texts: Sequence[str], rules: Rules) -> None:
    """Add actions with owners and notes, and name who does the tasks."""
    fields = zip_longest(pack(texts, TITLE), pack(texts, NAME), pack(texts, LONG), fillvalue="x")
    for pand_id, (title, owner, note) in zip(cycle(pand_ids), fields, strict=False):
        added = services.planning.add(made, pand_id, title=title, step=1, owner=owner, author=note)
        services.planning.change(made, added, author=note, note=note)
    tasks, names = [str(task.nummer) for task in rules.planning.taken], cycle(pack(texts, NAME))
    for pand_id in pand_ids:
        given = dict(zip(tasks, names, strict=False))
        services.planning.settle(made, pand_id, PlanSettings(), author=texts[0], today=PEILDATUM, tasks=given)


def _programme(services: wiring.Services, made: str, pand_ids: Sequence[str], texts: Sequence[str], rules: Rules) -> int:
    """Set a target, and keep delivered projects, with notes and evaluations as far as there are any; return how many have."""
    programme, names = services.programme, pack(texts, NAME)
    target = Target(names[0], 1, 9, START, START.plus(8), START.plus(12), names[0][:SHORT], names[-1], names[0])
    programme.set_target(made, target, author=texts[0])
    notes = pack(texts, FREE)
    for number, (name, note) in enumerate(zip_longest(names, notes, fillvalue="x"), start=1):
        marks = plan_from(START, rules, reached=Milestone.OPLEVERING)
        project = Project(number, name, (pand_ids[number % len(pand_ids)],), delivered=1, note=note, marks=marks)
        programme.save(made, project, author=note)
        if note != "x":
            for question in Question:
                programme.evaluate(made, number, question, note, seen=0, author=name)
    return len(notes)


def _import(services: wiring.Services, made: str, texts: Sequence[str], buildings: object) -> None:
    """Take in files with such names, from such senders."""
    some = buildings[["pand_id"]].assign(bouwlagen=4.0)  # type: ignore[index]
    intake = Intake(some, {}, dict.fromkeys(some.columns, SourceNote(Herkomst.OPGAVE, texts[0], PEILDATUM)), (), len(some))
    notes = [(FileNote(f"{text}.csv", "f" * 64, 1, text, text), intake) for text in texts[:: max(1, len(texts) // MOST_FILES)]]
    services.imports.confirm(services.imports.plan(notes, workspace_id=made), name=None, author=texts[0])


@dataclass(frozen=True)
class Sat:
    """An open session, seen from the wall, by somebody who takes part and by somebody who watches."""

    code: str
    places: tuple[str, ...]  # queries


def hold_sessions(services: wiring.Services, seeded: Seeded, texts: Sequence[str], rules: Rules) -> Iterator[Sat]:
    """Open one session after the other, until every text was in every field that it fits; a session is given as people see
    it while they answer, once more after the reveal, and once more when it is over."""
    short, long, kept = iter(pack(texts, SHORT)), iter(pack(texts, LONG)), services.sessions
    made, questions = seeded.workspace, [active.id for active in rules.criteria if active.codes][:QUESTIONS]
    for pand_id in chain(seeded.untouched, repeat(seeded.untouched[-1])):
        title, words = next(short, None), next(long, None)
        if title is None and words is None:
            return
        title, words = title or "x", words or "x"
        code = kept.open(made, [pand_id], rules, interventie=Interventie.OPTOPPEN, author=words, title=title, criteria=questions)
        seats = [kept.join(made, code, name=next(short, f"gast {number}"), party=PARTIES[number % 2]) for number in range(GUESTS)]
        watches = kept.join(made, code, name=next(short, "kijker"), party=None)
        revealed = services.duo.stand(made, pand_id).revealed is not None
        for number, seat in enumerate(seats):
            for name in () if revealed else questions:
                codes = rules.criterion(name).codes
                choice = codes[number // 2 % len(codes)]
                kept.vote(made, code, seat, pand_id, name, choice=choice, rules=rules, note=next(long, words))
        for number in range(DECISIONS):
            kept.remark(made, code, text=next(long, words), pand_id=pand_id, author=words, form=f"o{number}")
            owner, course = next(short, "x"), list(Course)[number % len(Course)]
            kept.decide(made, code, text=words, pand_id=pand_id, author=words, form=f"b{number}", course=course, owner=owner)
        places = tuple(f"&code={code}&plek={seat.key}" for seat in (seats[0], watches))
        yield Sat(code, ("", *places))
        if not revealed:
            kept.reveal(made, code, rules, author=words)
            yield Sat(code, ("", *places))
        kept.end(made, code, author=words)
        yield Sat(code, (places[0], ""))
