"""What every rule owes a reader: help, a source, a condition where it stands in the way, and plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from quickscan.domain.rules import Criterion, Rules
from quickscan.domain.terms import Blokkade
from quickscan.rulebook.loader import NATIONAL, load_national

# Method section 3; the method is where a criterion is added first.
METHOD = {
    "pla": "bouwhoogte functie aantal_omvang parkeren doelgroep welstand erfgoed flora_fauna eigendom grondpositie procedure "
    "bezonning omgeving",
    "bou": "bouwjaar dak bouwlagen ontsluiting bouwsysteem draagkracht fundering archief conditie lift brand installaties "
    "netaansluiting asbest energie bouwplaats kopgevel plint",
    "fin": "rendement schaal mjop subsidie leges_grond koppelkans investeringsruimte",
    "org": "kartrekker_gemeente kartrekker_corporatie bestuur capaciteit beleid draagvlak instemming participatie rollen "
    "opdrachtnemer vroeg_betrokken parallel_plannen",
}
FORBIDDEN = re.compile(r"\b(mag|veilig|goedgekeurd|u|uw)\b", re.IGNORECASE)
CRITERIA = load_national().criteria


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the rulebook that a person reads, with its place."""
    rulebook = load_national()
    for criterion in rulebook.criteria:
        yield criterion.id, f"{criterion.naam} {criterion.vraag}"
        yield criterion.id, " ".join(criterion.hulp.model_dump().values())
        for version in criterion.versies:
            yield criterion.id, version.toelichting
            for choice in version.keuzes:
                yield f"{criterion.id} {choice.code}", f"{choice.label} {choice.voorwaarde} {choice.toelichting}"
    for parameter in rulebook.parameters:
        yield parameter.id, f"{parameter.naam} {parameter.uitleg}"
        for value in parameter.waarden:
            yield parameter.id, value.toelichting
    for action in rulebook.acties:
        yield action.id, f"{action.titel} {action.wie} {action.uitleg}"
    for step in rulebook.stappen:
        yield f"stap {step.nummer}", f"{step.naam} {step.resultaat}"
    yield from plan_texts()
    for rule in rulebook.voorselectie:
        yield rule.id, f"{rule.reden} {rule.toelichting}"


def plan_texts() -> Iterator[tuple[str, str]]:
    """The same of the plan's own files."""
    plan = load_national().planning
    for part in (plan.seizoenen, plan.sluitingen, plan.lessen, plan.taken, plan.doorstroming, plan.participatie, plan.checklist):
        for item in part:
            words = (getattr(item, name, "") for name in ("naam", "titel", "uitleg", "past_bij", "toelichting"))
            yield type(item).__name__, " ".join(words)


def test_every_criterion_of_the_method_is_there_and_no_other():
    wanted = {f"{prefix}.{name}" for prefix, names in METHOD.items() for name in names.split()}
    assert {criterion.id for criterion in CRITERIA} == wanted
    assert len(wanted) == 50


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_a_criterion_asks_a_question_and_helps_in_three_parts(criterion: Criterion):
    assert criterion.vraag.endswith("?")
    for part in (criterion.hulp.wat, criterion.hulp.waarom, criterion.hulp.waar):
        assert part.endswith((".", "?")), part
        assert len(part.split()) >= 4, part
    assert not criterion.hulp.voorbeeld or criterion.hulp.voorbeeld.endswith(".")


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_a_criterion_has_a_source_with_an_article_or_says_aanname(criterion: Criterion):
    for version in criterion.versies:
        assert version.bron
        assert version.artikel or version.aanname
        assert not version.aanname or version.toelichting.endswith("."), "an assumption is explained"


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_a_choice_that_stands_in_the_way_has_a_condition_and_an_action(criterion: Criterion):
    for version in criterion.versies:
        for choice in version.keuzes:
            if choice.blokkade is not Blokkade.GEEN or choice.punten < 50:
                assert choice.voorwaarde, choice.code
                assert choice.acties, choice.code


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_labels_are_short_and_have_no_full_stop_and_explanations_have_one(criterion: Criterion):
    for version in criterion.versies:
        labels = [choice.label for choice in version.keuzes]
        assert len(set(labels)) == len(labels)
        for choice in version.keuzes:
            assert not choice.label.endswith("."), choice.label
            assert len(choice.label) <= 70, choice.label
            assert not choice.toelichting or choice.toelichting.endswith("."), choice.toelichting


def test_no_text_says_that_something_is_allowed_or_safe_or_addresses_the_reader_formally():
    assert [(place, text) for place, text in texts() if FORBIDDEN.search(text)] == []


def test_the_eight_steps_are_there_and_every_action_is_on_one():
    assert [step.nummer for step in load_national().stappen] == list(range(1, 9))
    assert {action.stap for action in load_national().acties} <= set(range(1, 9))


def test_every_rule_can_be_read_on_the_day_of_the_tests(rules: Rules):
    assert len(rules.criteria) == len(CRITERIA)
    assert len(rules.parameters) == len(load_national().parameters)


def test_the_national_folder_holds_only_rules_and_the_loader():
    assert {path.suffix for path in NATIONAL.rglob("*") if path.is_file() and "__pycache__" not in path.parts} == {".py", ".toml"}


def test_loading_twice_gives_the_very_same_rulebook():
    assert load_national() is load_national()
