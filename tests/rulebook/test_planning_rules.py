"""What the plan's part of the rulebook owes a reader: a library of actions, the checklist, lessons that add up, and sources."""

from __future__ import annotations

from collections import Counter

import pytest

from quickscan.domain.planbook import Action
from quickscan.domain.rules import Rules
from quickscan.rulebook.loader import load_national

BOOK = load_national()
PARTIES = {"corporatie", "gemeente", "provincie", "Rijk", "bouwer"}
# The items of appendix B of the handreiking (the titles are facts), and what they are called here.
APPENDIX_B = {
    "Voorbeelden volgen": "Kijk naar voorbeelden",
    "Potentie bepalen": "Weet welke gebouwen kansrijk zijn",
    "Strategie en beleid vormgeven": "Maak er beleid en strategie van",
    "Creëer draagvlak onder bewoners": "Zorg voor steun bij bewoners",
    "Opvolgen participatieverordening": "Houd je aan de participatieverordening",
    "Betrek relevante partijen in proces": "Haal de juiste partijen erbij",
    "Planologisch-juridische haalbaarheid in beeld": "Weet of plan en recht ruimte geven",
    "Bouwtechnische haalbaarheid in beeld": "Weet of het gebouw het aankan",
    "Financiële haalbaarheid in beeld": "Weet of het uit kan",
    "Organisatorische haalbaarheid in beeld": "Weet of de mensen er zijn",
    "Doelgroep bepalen": "Kies voor wie je bouwt",
    "Programma van eisen (Pve) opstellen": "Schrijf op wat de woningen moeten kunnen",
    "Samenwerken met opdrachtnemer": "Spreek af wie wat doet",
    "Toekomstbestendig bouwen": "Bouw voor later",
    "Verschillende offertes aanvragen": "Vraag meer dan één prijs",
    "Output-georiënteerd opdrachtgeverschap": "Vraag om een resultaat",
    "Sturen op doelgroepen bij woningtoewijzing": "Stuur op wie er komt wonen",
    "Passende parkeernorm": "Spreek een parkeernorm af die past",
    "Welstand als advies benaderen": "Zie welstand als advies",
    "Versnelde procedure omgevingsvergunning": "Kies de snelle procedure",
    "Tijdig bewoners en buurt informeren": "Vertel bewoners en buurt op tijd wat er komt",
    "Koppelkansen integrale aanpak benutten": "Neem straat en groen mee",
    "Oplevering vieren met bewoners": "Vier de oplevering",
    "Kennismaking met nieuwe bewoners": "Laat oude en nieuwe bewoners kennismaken",
    "Evaluatie en ontsluiting van kennis": "Kijk terug en deel de lessen",
}
ITEMS_PER_STEP = {1: 3, 2: 3, 3: 4, 4: 3, 5: 3, 6: 4, 7: 2, 8: 3}


def test_the_library_has_at_least_eighty_actions_and_all_four_kinds():
    assert len(BOOK.acties) >= 80
    assert {action.soort for action in BOOK.acties} == {"raadplegen", "uitvoeren", "uitbesteden", "in positie brengen"}
    assert {action.stap for action in BOOK.acties} == set(range(1, 9))


@pytest.mark.parametrize("action", BOOK.acties, ids=lambda action: action.id)
def test_an_action_has_a_known_actor_a_source_a_step_and_says_what_to_do(action: Action):
    assert set(action.owners) <= PARTIES
    assert action.bron
    assert action.artikel
    assert action.before in (3, 4, 5, 6, 7, 8)
    assert action.uitleg.endswith((".", "?"))
    assert 3 <= len(action.uitleg.split()) <= 30
    assert not action.titel.endswith(".")


def test_an_action_is_for_every_project_or_an_idea_or_some_answer_asks_for_it():
    asked = {
        name
        for criterion in BOOK.criteria
        for version in criterion.versies
        for choice in version.keuzes
        for name in choice.acties
    }
    only_asked = {action.id for action in BOOK.acties if action.wanneer == "na antwoord"}
    assert only_asked <= asked


def test_every_choice_with_bad_points_asks_for_an_action():
    silent = [
        f"{criterion.id} {choice.code}"
        for criterion in BOOK.criteria
        for version in criterion.versies
        for choice in version.keuzes
        if choice.punten < 50 and not choice.acties
    ]
    assert silent == []


def test_every_choice_that_costs_time_asks_for_an_action_or_is_settled_with_care():
    silent = [
        f"{criterion.id} {choice.code}"
        for criterion in BOOK.criteria
        for version in criterion.versies
        for choice in version.keuzes
        if choice.maanden > 0 and not choice.acties
    ]
    assert silent == ["pla.eigendom vve_besluit"]  # the decision is there; its time is that of the deed


def test_the_checklist_is_appendix_b_in_our_words():
    assert [item.titel for item in BOOK.planning.checklist] == list(APPENDIX_B.values())
    assert Counter(item.stap for item in BOOK.planning.checklist) == ITEMS_PER_STEP
    assert not set(APPENDIX_B) & set(APPENDIX_B.values()), "our words, not those of the source"


def test_what_belongs_to_every_project_is_what_fulfils_the_checklist():
    always = {action.id for action in BOOK.acties if action.wanneer == "altijd"}
    assert always == {name for item in BOOK.planning.checklist for name in item.acties}


def test_the_seven_lessons_add_up_to_what_the_source_says(rules: Rules):
    lessons = rules.planning.lessen
    assert [lesson.nummer for lesson in lessons] == list(range(1, 8))
    won = {lesson.id: rules.parameter(lesson.parameter).likely for lesson in lessons}
    assert sum(won.values()) == pytest.approx(rules.parameter("planning.parallel_maanden").likely)
    for choice in rules.criterion("org.parallel_plannen").version.keuzes:
        assert sum(won[name] for name in choice.lessen) == pytest.approx(-choice.maanden), choice.code


def test_the_procedures_have_their_terms_of_law(rules: Rules):
    terms = {choice.code: rules.parameter(choice.termijn) for choice in rules.criterion("pla.procedure").version.keuzes}
    assert (terms["binnen_plan"].low, terms["binnen_plan"].high) == (8, 8 + 6)
    assert terms["bopa"].high == 8 + 6
    assert (terms["planwijziging"].likely, terms["planwijziging"].high) == (26, 26 + 6)


def test_fifteen_tasks_three_levels_and_a_package_of_every_kind():
    plan = BOOK.planning
    assert [task.nummer for task in plan.taken] == list(range(1, 16))
    assert {task.meestal for task in plan.taken} == {"corporatie", "gemeente", "bouwer"}
    assert [level.id for level in plan.participatie] == ["informeren", "consulteren", "coproduceren"]
    assert Counter(measure.soort for measure in plan.doorstroming).keys() == {
        "informeren",
        "ontzorgen",
        "beleid",
        "financiële prikkel",
    }
