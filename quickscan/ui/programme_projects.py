"""The projects of a programme on the screen: their milestones in a table, and one project to move, settle and change."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from quickscan.domain.programme.plan import MILESTONES, Homes, Mark, Milestone, Project
from quickscan.domain.programme.quarters import Quarter, quarters_between
from quickscan.domain.terms import Voorselectie
from quickscan.ui import look, numbers, outcome, privacy
from quickscan.ui.frame import name_of
from quickscan.ui.programme import Office

NAMES: dict[Milestone, str] = {
    Milestone.INITIATIEF: "Initiatief",
    Milestone.HAALBAAR: "Haalbaar",
    Milestone.BESLUIT: "Besluit",
    Milestone.VERGUNNING: "Vergunning",
    Milestone.START: "Start",
    Milestone.OPLEVERING: "Oplevering",
}
PICKED = "project"
EARLIER, LATER = 12, 60  # quarters from now that can be chosen


def table_html(office: Office) -> str:
    """Return all projects with their milestones: a tick for what was reached, the quarter for what is planned."""
    heads = "".join(f'<th scope="col">{NAMES[one]}</th>' for one in MILESTONES)
    rows = "".join(_row(office, project) for project in office.plan.projects)
    return (
        '<div class="breedtabel" tabindex="0" role="group" aria-label="Projecten en mijlpalen"><table><thead><tr>'
        f'<th scope="col">Project</th><th scope="col">Woningen</th>{heads}<th scope="col">Verschoven</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(office: Office, project: Project) -> str:
    homes = office.homes[project.number]
    reach = "" if homes.low == homes.high else f" <small>({numbers.span(homes.low, homes.high)})</small>"
    cells = "".join(f"<td>{_cell(project.mark(one), office.now)}</td>" for one in MILESTONES)
    name = html.escape(project.name) + (" <small>gestopt</small>" if project.stopped else "")
    return (
        f'<tr{" class=gestopt" if project.stopped else ""}><th scope="row">{name}</th>'
        f"<td>{numbers.whole(homes.likely)}{reach}</td>{cells}<td>{slip_words(project)}</td></tr>"
    )


def _cell(mark: Mark, now: Quarter) -> str:
    if mark.reached:
        late = mark.reached.since(mark.first) if mark.first else 0
        more = f" <small>({late:+d})</small>" if late else ""
        return f'<span class="gehaald">✓ {mark.reached.label}{more}</span>'
    if mark.planned is None:
        return numbers.DASH
    overdue = ' <small class="te-laat">te laat</small>' if mark.planned < now else ""
    return f"{mark.planned.label}{overdue}"


def slip_words(project: Project) -> str:
    """Return "1 kwartaal later", or a dash."""
    if project.slip == 0:
        return numbers.DASH
    count = abs(project.slip)
    return f"{count} {'kwartaal' if count == 1 else 'kwartalen'} {'later' if project.slip > 0 else 'eerder'}"


def choose_project(office: Office) -> Project | None:
    """Let a person pick a project; kept in the URL."""
    projects = {project.number: project for project in office.plan.projects}
    if not projects:
        return None
    asked = st.query_params.get(PICKED, "")
    running = (one.number for one in projects.values() if one.phase is not Milestone.OPLEVERING and not one.stopped)
    first = int(asked) if asked.isdigit() and int(asked) in projects else next(running, next(iter(projects)))
    number = st.selectbox(
        "Project",
        list(projects),
        index=list(projects).index(first),
        format_func=lambda one: f"{one}. {projects[one].name}",
        key=f"project_{office.desk.portfolio.id}_{len(projects)}",
    )
    st.query_params[PICKED] = str(number)
    return projects[number]


def draw_project(office: Office, project: Project) -> None:
    """Draw one project with what can be done with it."""
    programme, workspace, author = office.desk.services.programme, office.desk.portfolio.id, office.desk.author
    key = f"{workspace}_{project.number}_{project.version}"
    phase = NAMES[project.phase].lower() if project.phase else "idee"
    delivery = f"oplevering {project.delivery.label}" if project.delivery else "geen oplevering gepland"
    slip = f", {slip_words(project)} dan eerst" if project.slip else ""
    st.markdown(f"**Fase: {phase}** · {delivery}{slip}")
    if project.note:
        st.caption(look.plain(project.note))

    if not office.may_change:
        return

    def move(quarters: int) -> None:
        moved = "later" if quarters > 0 else "eerder"
        outcome.act(
            lambda: programme.move(workspace, project, quarters, author=author),
            f"Bewaard: {project.name} schoof een kwartaal {moved}.",
        )

    open_ = not project.stopped and project.phase is not Milestone.OPLEVERING
    with st.container(horizontal=True):
        st.button(
            "Kwartaal eerder", icon=":material/arrow_back:", key=f"eerder_{key}", on_click=move, args=(-1,), disabled=not open_
        )
        st.button(
            "Kwartaal later", icon=":material/arrow_forward:", key=f"later_{key}", on_click=move, args=(1,), disabled=not open_
        )
        if open_ and project.next_milestone:
            _reach_popover(office, project, project.next_milestone, key)
        with st.popover("Wijzig", icon=":material/edit:"):
            _edit(office, project, key)
        with st.popover("Meer", icon=":material/more_horiz:"):
            _more(office, project, key)


def _reach_popover(office: Office, project: Project, milestone: Milestone, key: str) -> None:
    programme, workspace, author = office.desk.services.programme, office.desk.portfolio.id, office.desk.author
    with st.popover(f"{NAMES[milestone]} gehaald", icon=":material/flag:"):
        recent = quarters_between(office.now.plus(-11), office.now)
        quarter = st.selectbox(
            "In welk kwartaal?", recent, index=len(recent) - 1, format_func=lambda one: one.label, key=f"gehaald_{key}"
        )
        delivered = None
        if milestone is Milestone.OPLEVERING:
            usual = round(office.homes[project.number].likely)
            delivered = int(st.number_input("Opgeleverde woningen", 0, 10_000, usual, key=f"opgeleverd_{key}"))
        st.caption("Is dit later dan gepland, dan schuift wat erna komt evenveel op.")
        st.button(
            "Bewaar",
            type="primary",
            key=f"haal_{key}",
            on_click=outcome.act,
            args=(
                lambda: programme.reach(workspace, project, quarter, author=author, delivered=delivered),
                f"Bewaard: {project.name}, {milestone} gehaald in {quarter.label}.",
            ),
        )


def _edit(office: Office, project: Project, key: str) -> None:
    programme, workspace, author = office.desk.services.programme, office.desk.portfolio.id, office.desk.author
    name = st.text_input("Naam", project.name, max_chars=80, key=f"naam_{key}")
    panden = choose_buildings(office, project.pand_ids, key=key)
    own = choose_homes(project.own, office.homes[project.number], key=key)
    note = st.text_area("Toelichting", project.note, max_chars=500, key=f"toelichting_{key}")
    marks = choose_quarters(office, project, key=key)
    changed = replace(project, name=name, pand_ids=tuple(panden), own=own, note=note, marks=marks)
    st.button(
        "Bewaar",
        type="primary",
        key=f"bewaar_{key}",
        on_click=outcome.act,
        args=(lambda: programme.save(workspace, changed, author=author), f"Bewaard: {name}."),
    )
    privacy.warn(note)


def choose_quarters(office: Office, project: Project, *, key: str) -> dict[Milestone, Mark]:
    """Let a person plan each milestone that was not reached yet; the first plan stays what it was."""
    marks = dict(project.marks)
    for milestone in MILESTONES:
        mark = project.mark(milestone)
        if mark.reached is None:
            planned = mark.planned or office.now
            options = quarters_between(min(office.now.plus(-EARLIER), planned), max(office.now.plus(LATER), planned))
            quarter = st.selectbox(
                f"{NAMES[milestone]} gepland in",
                options,
                index=options.index(planned) if mark.planned else None,
                format_func=lambda one: one.label,
                placeholder="Nog niet gepland",
                key=f"gepland_{milestone}_{key}",
            )
            marks[milestone] = replace(mark, planned=quarter, first=mark.first or quarter)
    return marks


def choose_buildings(office: Office, chosen: Sequence[str], *, key: str) -> list[str]:
    """Let a person choose the buildings of a project, from those that are in reach."""
    table = office.screened
    near = table[table["voorselectie"].astype(str) != str(Voorselectie.BUITEN_BEREIK)].sort_values("rang", na_position="last")
    names = dict(zip(near["pand_id"], near["naam"], strict=True))
    return st.multiselect(
        "Gebouwen",
        list(names),
        default=[pand_id for pand_id in chosen if pand_id in names],
        format_func=lambda pand_id: name_of(names[pand_id], pand_id),
        placeholder="Zoek een gebouw",
        key=f"gebouwen_{key}",
    )


def choose_homes(own: Homes | None, usual: Homes, *, key: str) -> Homes | None:
    """Let a person give own numbers instead of those of the scan."""
    if not st.toggle(
        "Eigen aantal woningen", value=own is not None, key=f"eigen_{key}", help="Anders telt de scan van de gebouwen."
    ):
        return None
    shown = own or usual
    columns = st.columns(3)
    found = [
        column.number_input(label, 0, 10_000, round(number), key=f"{label}_{key}")
        for column, label, number in zip(
            columns, ("Laag", "Waarschijnlijk", "Hoog"), (shown.low, shown.likely, shown.high), strict=True
        )
    ]
    return Homes(*(float(number) for number in found))


def _more(office: Office, project: Project, key: str) -> None:
    programme, workspace, author = office.desk.services.programme, office.desk.portfolio.id, office.desk.author

    def button(label: str, icon: str, work: Callable[[], object], said: str) -> None:
        st.button(label, icon=icon, key=f"{label}_{key}", on_click=outcome.act, args=(work, said), width="stretch")

    if project.phase is not None:
        taken = f"{NAMES[project.phase]} terugnemen"
        button(
            taken, ":material/undo:", lambda: programme.take_back(workspace, project, author=author), f"Bewaard: {taken.lower()}."
        )
    turned = replace(project, stopped=not project.stopped)
    label, icon = ("Hervat", ":material/play_arrow:") if project.stopped else ("Stop dit project", ":material/stop_circle:")
    button(label, icon, lambda: programme.save(workspace, turned, author=author), f"Bewaard: {project.name}.")
    button(
        "Verwijder",
        ":material/delete:",
        lambda: programme.remove(workspace, project, author=author),
        f"{project.name} is verwijderd.",
    )
    if project.at is not None:
        st.caption(f"Bewaard door {look.plain(project.author)}, {numbers.moment(project.at)}. Versie {project.version}.")
