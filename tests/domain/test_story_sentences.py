"""The story is Dutch that can be read aloud, in every branch."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from quickscan.domain.explanation import Band, Explanation, explain
from quickscan.domain.rules import Rules
from quickscan.domain.scoring import look_at
from quickscan.domain.story import homes_text, join_clauses, join_nl, tell, tell_homes, tell_known, tell_verdict
from quickscan.domain.terms import ASPECTEN, Aspect, Interventie, Oordeel
from tests.domain.buildings import frame_of

UNKNOWN = float("nan")


def explained(
    rules: Rules, answers: dict[str, str] | None = None, interventie: Interventie = Interventie.OPTOPPEN
) -> Explanation:
    frame = frame_of([{"pand_id": "0599100000000001", **(answers or {})}])
    return explain(look_at(frame, rules), rules, interventie)


def best_answers(rules: Rules) -> dict[str, str]:
    return {a.id: max(a.version.keuzes, key=lambda choice: choice.punten).code for a in rules.criteria}


@pytest.mark.parametrize(
    ("homes", "sentence"),
    [
        ((36, 40, 44), "Op dit gebouw passen waarschijnlijk 40 woningen (36 tot en met 44)."),
        ((0, 1, 2), "Op dit gebouw past waarschijnlijk 1 woning (0 tot en met 2)."),
        ((2, 2, 2), "Op dit gebouw passen 2 woningen."),
        ((1, 1, 1), "Op dit gebouw past 1 woning."),
        ((0, 0, 4), "Op dit gebouw passen waarschijnlijk geen extra woningen; hooguit passen er 4."),
        ((0, 0, 1), "Op dit gebouw passen waarschijnlijk geen extra woningen; hooguit past er 1."),
        ((0, 0, 0), "Op dit gebouw passen geen extra woningen."),
        ((UNKNOWN, UNKNOWN, UNKNOWN), "Hoeveel woningen er op dit gebouw passen, is nog niet te zeggen."),
    ],
)
def test_the_sentence_on_homes(homes, sentence: str):
    assert tell_homes(Band(*homes), Interventie.OPTOPPEN) == sentence


def test_the_other_interventies_name_their_own_place():
    assert (
        tell_homes(Band(6, 8, 8), Interventie.AANPLAKKEN) == "Tegen dit gebouw passen waarschijnlijk 8 woningen (6 tot en met 8)."
    )
    unknown = tell_homes(Band(UNKNOWN, UNKNOWN, UNKNOWN), Interventie.UITPLINTEN)
    assert unknown == "Hoeveel woningen er in de plint van dit gebouw passen, is nog niet te zeggen."


def test_numbers_and_lists_are_spelled_out():
    assert (homes_text(1), homes_text(0), homes_text(2)) == ("1 woning", "0 woningen", "2 woningen")
    assert (join_nl(["a"]), join_nl(["a", "b"]), join_nl(["a", "b", "c"])) == ("a", "a en b", "a, b en c")


def test_clauses_that_hold_their_own_en_or_of_are_kept_apart():
    assert join_clauses(["a wordt gedaan", "b wordt gedaan"]) == "a wordt gedaan en b wordt gedaan"
    assert join_clauses(["a of b wordt gedaan", "c wordt gedaan"]) == "a of b wordt gedaan; en c wordt gedaan"
    assert join_clauses(["a, b en c worden gedaan"]) == "a, b en c worden gedaan"


def test_kansrijk_says_so_and_that_all_is_known(rules: Rules):
    explanation = explained(rules, best_answers(rules))
    assert tell_verdict(explanation) == "Kansrijk."
    assert tell_known(explanation) == "Alles wat ertoe doet is bekend."


def test_a_soft_blocker_is_the_first_condition(rules: Rules):
    explanation = explained(rules, best_answers(rules) | {"bou.draagkracht": "tekort"})
    assert tell_verdict(explanation) == "Kansrijk, mits het tekort aan draagkracht met versterking wordt opgelost."


def test_nu_niet_names_the_hard_blocker_and_leaves_softer_ones_out(rules: Rules):
    answers = best_answers(rules) | {"bou.draagkracht": "tekort", "pla.bouwhoogte": "harde_grens"}
    sentence = tell_verdict(explained(rules, answers))
    assert sentence == "Nu niet: het kan pas als de hoogtegrens van rijk of provincie wordt aangepast."


def test_too_little_known_gives_no_verdict_and_the_first_question(rules: Rules):
    explanation = explained(rules)
    assert tell_verdict(explanation) == "Er is nog te weinig bekend voor een oordeel."
    assert re.fullmatch(r"Van wat ertoe doet is 0 % bekend; de eerste vraag gaat over [a-z].*\.", tell_known(explanation))


@pytest.mark.parametrize("aspect", ASPECTEN)
def test_without_conditions_the_weakest_part_is_named_with_a_correct_adjective(rules: Rules, aspect: Aspect):
    bare = replace(explained(rules, best_answers(rules)), oordeel=Oordeel.KANSRIJK_MITS, weakest=aspect)
    adjective = {"financieel": "financiële"}.get(aspect, f"{aspect}e")
    assert tell_verdict(bare) == f"Kansrijk, mits het {adjective} deel sterker wordt."


def test_complex_without_conditions_is_a_sentence_too(rules: Rules):
    bare = replace(explained(rules, best_answers(rules)), oordeel=Oordeel.COMPLEX)
    assert tell_verdict(bare) == "Complex: het lukt niet zonder meer."


def all_conditions(rules: Rules) -> list[tuple[str, str]]:
    return [(f"{a.id} {c.code}", c.voorwaarde) for a in rules.criteria for c in a.version.keuzes if c.voorwaarde]


def test_every_condition_is_a_clause_that_fits_after_mits_and_als(rules: Rules):
    # A clause with its verb at the end: no capital, no full stop, no conjunction of its own.
    for where, clause in all_conditions(rules):
        assert clause[0].islower(), where
        assert not clause.endswith((".", ",", ";", ":")), where
        assert not clause.startswith(("dat ", "als ", "mits ", "er moet", "eerst moet")), where
        assert len(clause.split()) >= 4, where
        assert not re.search(r"\b(mag|veilig|goedgekeurd|u|uw)\b", clause), where


@pytest.mark.parametrize("interventie", list(Interventie))
def test_every_choice_with_a_condition_can_be_told(rules: Rules, interventie: Interventie):
    for active in rules.criteria:
        for choice in active.version.keuzes:
            story = tell(explained(rules, best_answers(rules) | {active.id: choice.code}, interventie))
            assert story.endswith("."), story
            assert "  " not in story, story
            assert ".." not in story, story
            assert "nan" not in story, story
