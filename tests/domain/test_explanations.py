"""Every number can be opened down to the rule, the value and who said it; and the questions come in a sensible order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from quickscan.domain.answers import Answer, Certainty, Party
from quickscan.domain.explanation import explain
from quickscan.domain.facts import Fact
from quickscan.domain.questions import next_questions, rank_questions
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import look_at, score_buildings
from quickscan.domain.terms import Herkomst, Interventie
from tests.domain.buildings import BATCH, Building, batches, cases, frame_of, interventies, national_rules


@cases(500)
@given(batches(), interventies())
def test_the_contributions_of_the_lines_add_up_to_the_total(buildings: list[Building], interventie: Interventie):
    rules = national_rules()
    frame = frame_of(buildings)
    situation, scores = look_at(frame, rules), score_buildings(frame, rules, interventie=interventie)
    for row in range(0, BATCH, 8):
        explanation = explain(situation, rules, interventie, row=row)
        for name, column in (("low", "score_laag"), ("likely", "score"), ("high", "score_hoog")):
            total = sum(getattr(line.contribution, name) for line in explanation.lines)
            assert total == pytest.approx(scores[column].iloc[row], abs=1e-9)
            assert total == pytest.approx(getattr(explanation.total, name), abs=1e-9)
        assert sum(line.share for line in explanation.lines) == pytest.approx(1)
        assert str(explanation.oordeel) == scores["oordeel"].iloc[row]
        assert {line.active.id for line in explanation.lines if line.choice is None} >= {
            question.active.id for question in explanation.questions
        }


@cases(250)
@given(batches(), interventies())
def test_the_first_question_is_the_same_for_one_building_and_for_many(buildings: list[Building], interventie: Interventie):
    rules = national_rules()
    situation = look_at(frame_of(buildings), rules)
    chosen = next_questions(situation, rules, interventie)
    for row in range(0, BATCH, 6):
        ranked = rank_questions(situation, rules, interventie, row=row)
        assert chosen[row] == (ranked[0].active.id if ranked else "")
        assert [q.worth for q in ranked] == sorted((q.worth for q in ranked), reverse=True)
        assert all(0 <= q.chance <= 1 and q.width >= 0 for q in ranked)


def test_every_line_has_a_source_with_an_article_or_says_aanname(rules: Rules):
    situation = look_at(frame_of([{"pand_id": "0599100000000001"}]), rules)
    for interventie in Interventie:
        for line in explain(situation, rules, interventie).lines:
            version = line.active.version
            assert version.bron, line.active.id
            assert version.artikel or version.aanname, line.active.id
            assert version.geraadpleegd <= date(2026, 12, 31), line.active.id


def test_a_line_tells_who_answered_and_where_a_fact_comes_from(rules: Rules):
    answer = Answer("pla.parkeren", "sluit", "", Certainty.ZEKER, "Noor", Party.SAMEN, datetime(2026, 11, 1, tzinfo=UTC), 1)
    fact = Fact("bouwjaar", 1970.0, Herkomst.REGISTER, "BAG via PDOK", date(2026, 1, 1))
    building = {"pand_id": "0599100000000001", "bouwjaar": 1970, "hoogte_m": 11.3, "pla.parkeren": "sluit"}
    situation = look_at(frame_of([building]), rules)
    explanation = explain(situation, rules, Interventie.OPTOPPEN, facts=[fact], answers={"pla.parkeren": answer})
    lines = {line.active.id: line for line in explanation.lines}
    assert (lines["pla.parkeren"].origin, lines["pla.parkeren"].origin_label) == (Herkomst.ANTWOORD, "Noor")
    assert (lines["bou.bouwjaar"].origin, lines["bou.bouwjaar"].origin_label) == (Herkomst.REGISTER, "BAG via PDOK")
    assert lines["bou.bouwlagen"].origin is Herkomst.AFGELEID
    assert (lines["org.rollen"].choice, lines["org.rollen"].origin_label) == (None, "nog niet bekend")


def test_actions_follow_from_the_choices_in_the_order_of_the_steps(rules: Rules):
    building = {"pand_id": "0599100000000001", "pla.bouwhoogte": "bopa", "bou.draagkracht": "tekort"}
    explanation = explain(look_at(frame_of([building]), rules), rules, Interventie.OPTOPPEN)
    actions = explanation.actions(rules)
    assert {"bopa_voorbereiden", "constructief_onderzoek"} <= {action.id for action in actions}
    assert [action.stap for action in actions] == sorted(action.stap for action in actions)


def test_delays_come_longest_first_and_what_speeds_up_apart(rules: Rules):
    building = {
        "pand_id": "0599100000000001",
        "bou.netaansluiting": "wachtrij",
        "bou.archief": "niets",
        "org.parallel_plannen": "afgesproken",
    }
    explanation = explain(look_at(frame_of([building]), rules), rules, Interventie.OPTOPPEN)
    assert [line.active.id for line in explanation.delays] == ["bou.netaansluiting", "bou.archief"]
    assert [line.active.id for line in explanation.speeds_up] == ["org.parallel_plannen"]
