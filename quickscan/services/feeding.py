"""What a leading case tells the scan: derived facts, and answers where nobody answered.

Facts (NCW without subsidy, year of major maintenance) are derived, so everything that a register or a person says goes
before. What a fact cannot say (fin.subsidie, fin.koppelkans, pla.parkeren, and fin.schaal of a complex) becomes an answer
named "uit de businesscase", only where nobody answered; whoever answers later takes it over for good.
A case of a complex feeds its panden, but not one that has a leading case of its own.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.errors import StaleAnswerError
from quickscan.domain.facts import Fact
from quickscan.domain.finance.case import CaseResult
from quickscan.domain.finance.complexes import is_complex
from quickscan.domain.finance.criteria import find_answers, find_facts, find_scale
from quickscan.domain.finance.inputs import SHARING
from quickscan.domain.finance.reading import Case
from quickscan.domain.finance.saved import SavedCase, value_at
from quickscan.domain.rules import Rules
from quickscan.domain.terms import Herkomst
from quickscan.services.complexes import Subject
from quickscan.services.portfolios import Clock
from quickscan.services.ports import Store

SOURCE = "uit de businesscase"


@dataclass(frozen=True)
class Feed:
    """What one leading case says of each of its panden."""

    facts: Mapping[str, float]
    answers: Mapping[str, str]
    label: str

    @staticmethod
    def of(result: CaseResult, case: Case, kept: SavedCase, subject: Subject, rules: Rules) -> Feed:
        """Return it for a case worked out."""
        facts = {name: float(round(number)) for name, number in find_facts(result).items() if not math.isnan(number)}
        year = value_at(kept.tables, "mjop.jaar")
        if year:
            facts["groot_onderhoud_jaar"] = float(round(year))
        answers = find_answers(result, shared=case.sharing == SHARING[0])
        if is_complex(subject.pand_id):
            answers |= find_scale(result, rules)
        return Feed(facts, answers, f"{SOURCE} '{kept.name}'")


def write_feed(store: Store, workspace_id: str, pand_id: str, feed: Feed, *, rules: Rules, clock: Clock) -> None:
    """Write what a case says of one pand; what says the same already is not written again."""
    now = clock()
    there = {fact.name: fact for fact in store.read_facts(workspace_id, pand_id) if fact.source is Herkomst.AFGELEID}
    for name, number in feed.facts.items():
        known = there.get(name)
        if known is None or (known.value, known.source_label) != (number, feed.label):
            fact = Fact(name, number, Herkomst.AFGELEID, feed.label, rules.day)
            store.save_fact(workspace_id, pand_id, fact, author=SOURCE, at=now)
    answered = store.read_answers(workspace_id, pand_id, Party.SAMEN)
    ours = {name for name, answer in answered.items() if answer.author == SOURCE}
    for criterion in {*feed.answers, *ours}:
        answer = answered.get(criterion)
        if answer is not None and (answer.author != SOURCE or answer.choice == feed.answers.get(criterion)):
            continue
        with contextlib.suppress(StaleAnswerError):  # somebody answered just now, and that counts
            store.save_answer(
                workspace_id,
                pand_id,
                criterion,
                choice=feed.answers.get(criterion),
                note=feed.label[0].upper() + feed.label[1:],
                certainty=Certainty.INSCHATTING,
                author=SOURCE,
                party=Party.SAMEN,
                at=now,
                expected_version=answer.version if answer else 0,
            )
