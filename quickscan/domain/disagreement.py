"""Where two parties differ on one building, how much that weighs, and what either answer would do.

A party's answers are laid over the same facts. They differ on a criterion when one of them answered it and the rules
end up in another place for the one than for the other; a fact, or "unknown", stands in for who said nothing. What only
follows from another answer (a taller building needs more parking) is no difference of its own.

The gap is the distance between the points of both, unknown at its prior; weighted, it is what that is worth in the total.
Nothing is averaged: together's score knows only what was agreed, and each choice is shown with the score it would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quickscan.domain.answers import Answer
from quickscan.domain.columns import OneBuilding
from quickscan.domain.explanation import Band, Explanation, Line, explain
from quickscan.domain.facts import Fact
from quickscan.domain.rules import ActiveCriterion, Rules
from quickscan.domain.scoring import look_at, score_situation
from quickscan.domain.terms import Interventie, Oordeel

Answers = Mapping[str, Answer]
Values = Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of answers comes down to."""

    oordeel: Oordeel
    total: Band


@dataclass(frozen=True, slots=True)
class Side:
    """What one party says on a criterion, and where together would stand with it."""

    line: Line
    answer: Answer | None  # None: said nothing, and `line` holds what the facts say
    if_chosen: Outcome

    @property
    def code(self) -> str | None:
        """The choice, None for unknown."""
        return self.line.choice.code if self.line.choice else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion on which two parties differ."""

    first: Side
    second: Side

    @property
    def active(self) -> ActiveCriterion:
        return self.first.line.active

    @property
    def share(self) -> float:
        """The part of the total that the criterion decides, 0–1."""
        return self.first.line.share

    @property
    def gap(self) -> float:
        """Points between both, 0–100."""
        return abs(self.first.line.band.likely - self.second.line.band.likely)

    @property
    def weighted(self) -> float:
        """Points of the total between both."""
        return self.gap * self.share


@dataclass(frozen=True)
class Comparison:
    """Two parties and what they agreed, side by side; differences with the most weight first."""

    first: Explanation
    second: Explanation
    agreed: Explanation
    differences: tuple[Difference, ...]


def compare(
    values: Values,
    first: Answers,
    second: Answers,
    rules: Rules,
    interventie: Interventie,
    *,
    agreed: Answers | None = None,
    facts: Sequence[Fact] = (),
) -> Comparison:
    """Compare two parties on one building. `values` are its facts; `agreed` are the answers of both together."""
    shared = agreed or {}
    ours, theirs, both = (_explain(values, answers, rules, interventie, facts) for answers in (first, second, shared))
    mine = {line.active.id: line for line in ours.lines}
    found = []
    for line in theirs.lines:
        name = line.active.id
        if (name in first or name in second) and line.choice != mine[name].choice:
            sides = [
                Side(one, answers.get(name), _choose(values, shared, one, rules, interventie))
                for one, answers in ((mine[name], first), (line, second))
            ]
            found.append(Difference(*sides))
    found.sort(key=lambda difference: (-difference.weighted, -difference.share, difference.active.id))
    return Comparison(ours, theirs, both, tuple(found))


def same_answers(first: Answers, second: Answers) -> dict[str, str]:
    """Return what both answered alike, as criterion → choice; "weet ik niet" is no answer to share."""
    return {
        name: answer.choice
        for name, answer in first.items()
        if answer.choice is not None and name in second and second[name].choice == answer.choice
    }


def given_codes(answers: Answers) -> dict[str, str]:
    """Return the answers as criterion → choice, without "weet ik niet"."""
    return {name: answer.choice for name, answer in answers.items() if answer.choice is not None}


def _explain(values: Values, answers: Answers, rules: Rules, interventie: Interventie, facts: Sequence[Fact]) -> Explanation:
    situation = look_at(OneBuilding({**values, **given_codes(answers)}), rules)
    return explain(situation, rules, interventie, facts=facts, answers=answers)


def _choose(values: Values, agreed: Answers, line: Line, rules: Rules, interventie: Interventie) -> Outcome:
    """Return where together would stand if it took the answer of a line over; a fact stands in for "unknown"."""
    codes = given_codes(agreed)
    codes.pop(line.active.id, None)
    if line.choice is not None:
        codes[line.active.id] = line.choice.code
    score = score_situation(look_at(OneBuilding({**values, **codes}), rules), rules, interventie)
    low, likely, high, known = (float(score[name][0]) for name in ("score_laag", "score", "score_hoog", "dekking"))
    return Outcome(Oordeel(str(score["oordeel"][0])), Band(low, likely, high, known))
