"""What others learned: projects that are like a building, and evaluations in four questions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.likeness import Likeness, find_alike
from quickscan.domain.programme.plan import QUESTIONS, Evaluation, Milestone, Project, Question
from quickscan.domain.rules import Rules
from quickscan.domain.story import join_nl
from quickscan.services.ports import Workspace
from quickscan.services.programme import LONGEST_ANSWER
from quickscan.services.references import Example
from quickscan.services.scans import Scan
from quickscan.ui import account, gallery, look, numbers, outcome, privacy
from quickscan.ui.frame import Desk

ICONS: dict[Question, str] = {
    Question.STOPPEN: ":material/do_not_disturb_on:",
    Question.MINDEREN: ":material/trending_down:",
    Question.VERSTERKEN: ":material/trending_up:",
    Question.BEGINNEN: ":material/add_circle:",
}


def draw_alike(projects: Sequence[Example], scan: Scan, rules: Rules) -> None:
    """Draw the projects most like a building, with what is alike and what differs."""
    facts: dict[str, str | float] = {}
    for fact in scan.facts:
        facts.setdefault(fact.name, fact.value)
    columns = scan.situation.columns
    for name in ("bouwlagen", "aantal_woningen"):  # may be derived
        value = float(columns.number(name)[0])
        if value == value:  # noqa: PLR0124 - NaN
            facts[name] = value
    rooms = {str(kind): result.homes.likely for kind, result in scan.results.items()}
    found = find_alike(projects, facts, rooms, rules)
    st.markdown(alike_words(scan.name, found))
    for start in range(0, len(found), 3):
        for one, column in zip(found[start : start + 3], st.columns(3), strict=False):
            with column:
                _card(one)


def alike_words(name: str, found: Sequence[Likeness[Example]]) -> str:
    """Return how many projects are like a building, and what that is worth."""
    if not found:
        return f"Geen enkel bekend project lijkt genoeg op {look.plain(name)}. Vul meer kenmerken in, of kijk bij alle projecten."
    many = f"{len(found)} projecten lijken" if len(found) > 1 else "Eén project lijkt"
    return (
        f"**{many}** op {look.plain(name)}. Ga er kijken en bel: wat daar lukte, lukt hier niet vanzelf. "
        "Vergeleken zijn bouwtijd, ontsluiting, hoogte, grootte en manier (de grenzen zijn een aanname)."
    )


def _card(one: Likeness[Example]) -> None:
    project = one.project
    with st.container(border=True, height="stretch"):
        st.subheader(project.naam, anchor=False)
        st.caption(" · ".join(part for part in (project.gemeente, project.eigenaar, gallery.status_words(project)) if part))
        st.html(gallery.picture(project), width=gallery.WIDTH)
        st.markdown(f"**+ {gallery.added_words(project.toegevoegd)}**")
        st.markdown("\n".join([f"- ✓ {text}" for text in one.alike] + [f"- ≠ {text}" for text in one.differs]))
        if one.unknown:
            st.caption(f"Geen bron noemt: {join_nl(list(one.unknown))}.")
        st.space("stretch")
        st.caption("Bron: " + "; ".join(project.bron))


def draw_lessons(found: Sequence[tuple[Workspace, Project, Evaluation]]) -> None:
    """Draw all lessons by question."""
    if not found:
        st.info("Er is nog geen evaluatie. Na een oplevering zijn er vier vragen.", icon=":material/rate_review:")
        return
    projects = {(workspace.id, project.number) for workspace, project, _ in found}
    st.markdown(f"**{len(found)} lessen** uit {len(projects)} {'project' if len(projects) == 1 else 'projecten'}, per vraag.")
    for column, (question, words) in zip(st.columns(len(QUESTIONS), gap="medium"), QUESTIONS.items(), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"{ICONS[question]} **{words}**")
            here = [(workspace, project, one) for workspace, project, one in found if one.question is question]
            for workspace, project, one in here:
                st.markdown(look.plain(one.text))
                st.caption(f"{look.plain(project.name)} · {look.plain(workspace.name)}")
            if not here:
                st.caption("Nog niets.")


def draw_questions(desk: Desk) -> None:
    """Draw the four questions of a delivered project of this workspace, to fill in."""
    programme, workspace = desk.services.programme, desk.portfolio.id
    plan = programme.look(workspace)
    done = {project.number: project for project in plan.projects if project.phase is Milestone.OPLEVERING}
    if not account.may(Right.ANSWER):
        return
    st.subheader("Evalueer een project", anchor=False)
    outcome.show()
    if not done:
        st.caption("In deze werkruimte is nog geen project opgeleverd.")
        return
    names = look.tell_apart({number: project.name for number, project in done.items()})
    number = st.selectbox("Project", list(done), format_func=names.__getitem__, key=f"evalueer_{workspace}")
    answers = plan.answers_of(number)
    left, right = st.columns(2, gap="large")
    texts = {}
    for place, (question, words) in enumerate(QUESTIONS.items()):
        one = answers.get(question)
        with (left, right)[place % 2]:
            key = f"evaluatie_{workspace}_{number}_{question}_{one.version if one else 0}"
            texts[question] = st.text_area(words, one.text if one else "", max_chars=LONGEST_ANSWER, key=key)

    def keep() -> None:
        for question, text in texts.items():
            stored = answers.get(question)
            if text.strip() != (stored.text if stored else ""):
                seen = stored.version if stored else 0
                programme.evaluate(workspace, number, question, text, seen=seen, author=desk.author)

    told = f"Bewaard: de evaluatie van {done[number].name}."
    st.button("Bewaar de evaluatie", type="primary", on_click=outcome.act, args=(keep, told))
    privacy.warn("\n".join(texts.values()))  # below the button, which must not move when somebody presses it
    newest = max((one.at for one in answers.values() if one.at), default=None)
    if newest:
        st.caption(f"Laatst bewaard: {numbers.moment(newest)}. Geen namen van bewoners.")
