"""Bringing in files, first half: the template, choosing, where they go, reading, and how columns were understood."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import streamlit as st

from quickscan.domain.facts import FACTS
from quickscan.domain.intake import ColumnRead, How
from quickscan.domain.rules import Rules
from quickscan.ui import errors, look, numbers, tray
from quickscan.ui.frame import Desk
from quickscan.ui.tray import Sent, Tray
from quickscan.wiring import make_template

KINDS = ["xlsx", "csv", "gpkg", "geojson", "json", "zip", "parquet"]
STEPS = ("Kies", "Kolommen", "Controle", "Voorbeeld", "Klaar")
POLL_S = 0.4
STAGES = {"openen": 0.2, "lezen": 0.5, "controleren": 0.8}  # how far the bar is; the stages take about as long as that
PLACES = {"geometry": "Omtrek of plek", "x": "X (RD)", "y": "Y (RD)", "lon": "Lengtegraad", "lat": "Breedtegraad"}
BEFORE = (
    (
        ":material/fact_check:",
        "Eerst nakijken",
        "Elke rij wordt gecontroleerd. Niets wordt bewaard voordat je het voorbeeld hebt gezien en bevestigd.",
    ),
    (
        ":material/tune:",
        "Leeg is onbekend",
        "Een lege cel mag, en wist nooit iets. Hoe meer er bekend is, hoe smaller de band.",
    ),
    (
        ":material/lock:",
        "Blijft hier",
        "Het bestand gaat nergens anders heen dan naar deze installatie. Gegevens over bewoners worden niet gelezen.",
    ),
)


def offer_templates() -> None:
    """Offer our own list to fill in."""
    st.markdown("**Invullijst**")
    st.caption("Eén rij per gebouw. Alleen pand_id is verplicht; leeg is onbekend. Het tweede blad legt elke kolom uit.")
    with st.container(horizontal=True):
        st.download_button(
            "Excel",
            data=lambda: make_template("xlsx"),
            file_name="invullijst-quickscan.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "CSV",
            data=lambda: make_template("csv"),
            file_name="invullijst-quickscan.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def before() -> None:
    """Say what will happen with a file, and what makes the answer sharper."""
    st.subheader("Wat er met het bestand gebeurt", anchor=False)
    for column, (icon, title, text) in zip(st.columns(3, gap="large"), BEFORE, strict=True):
        column.markdown(f"{icon} **{title}**\n\n{text}")
    st.markdown(
        "**Wat wordt herkend:** lijsten van een eigenaar (Excel, CSV) · panden en verblijfsobjecten uit de BAG · 3DBAG · "
        "energielabels van EP-Online · wijken en buurten van het CBS · VERA. "
        "Meer bestanden tegelijk mag: ze komen per pand bij elkaar."
    )


def steps(place: int) -> None:
    """Draw where somebody is: the five steps, the current one strong."""
    parts = []
    for number, name in enumerate(STEPS):
        state = "nu" if number == place else "klaar" if number < place else "straks"
        mark = "✓" if number < place else str(number + 1)
        current = ' aria-current="step"' if number == place else ""
        parts.append(f'<li class="stap-{state}"{current}><b>{mark}</b> {html.escape(name)}</li>')
    st.html(f'<ol class="stappen" aria-label="Stappen van het inlezen">{"".join(parts)}</ol>')


def choose(desk: Desk) -> Tray:
    """Draw the uploader, where the files go and who sent them; return the tray."""
    held = tray.current()
    key = f"bestanden_{st.session_state.get(tray.ROUND, 0)}"
    uploads = st.file_uploader("Bestanden", type=KINDS, accept_multiple_files=True, label_visibility="collapsed", key=key)
    held.take(uploads)
    if not held.files and held.found is None:
        return held
    names = {tray.NEW: "Een nieuwe werkruimte"}
    spaces = (space for space in desk.services.portfolios.list_workspaces() if not space.fictional)
    names |= look.tell_apart({space.id: f"Aanvullen: {space.name}" for space in spaces})
    here = desk.workspace.id if desk.workspace is not None and desk.workspace.id in names else tray.NEW
    left, right = st.columns(2)
    target = left.selectbox("Waar komt het terecht?", list(names), index=list(names).index(here), format_func=names.__getitem__)
    held.aim(desk, target)
    held.sender = right.text_input(
        "Van wie komt het? (mag leeg blijven)",
        max_chars=80,
        placeholder="bijvoorbeeld de corporatie of de gemeente",
        help="Wat je over de kolommen kiest, wordt per afzender onthouden.",
    ).strip()
    return held


@st.fragment(run_every=POLL_S)
def waiting(desk: Desk, held: Tray) -> None:
    """Read what has to be read, with progress and a way out; the page goes on when all is read."""
    current = held.under_way(desk)
    if current is None:
        st.rerun()
    sent, reading = current
    progress = reading.poll()
    if progress is None:
        held.settle(desk, sent)
        st.rerun(scope="fragment" if held.under_way(desk) is not None else "app")
    place = list(held.files).index(sent.file_id)
    count = f"bestand {place + 1} van {len(held.files)}"
    st.progress(STAGES.get(progress.stage, 0.1), text=f"{look.plain(sent.name)} ({count}): {progress.stage} …")
    if st.button("Stop", icon=":material/cancel:", key=f"stop_{sent.file_id}"):
        held.cancel(desk, sent)
        st.rerun()


def recognised(held: Tray, sent: Sent, rules: Rules) -> None:
    """Say what a file was taken for, and let somebody change what it may do and what its columns mean."""
    if sent.problem is not None:
        errors.show(sent.problem)
    outcome = sent.outcome
    if outcome is None:
        return
    unit = "rij" if outcome.rows == 1 else "rijen"
    st.markdown(
        f":material/description: **{look.plain(sent.name)}** · herkend als {look.plain(outcome.recognised)} · "
        f"{numbers.whole(outcome.rows)} {unit}"
    )
    if sent.remembered:
        st.caption(":material/history: De keuze van de vorige keer voor deze afzender is gebruikt.")
    if outcome.adds and (len(held.files) > 1 or held.target != tray.NEW):
        sent.brings = st.toggle(
            "Neem ook gebouwen mee die er nog niet zijn",
            value=held.brings(sent),
            key=f"brengt_{sent.file_id}_{held.target}",
            help="Uit: dit bestand vult alleen aan wat al in de andere bestanden of in de werkruimte staat.",
        )
    if not outcome.columns:
        return
    doubtful = [column for column in outcome.columns if column.how in (How.LIKE, How.UNUSED)]
    used = sum(column.target is not None for column in outcome.columns)
    title = f"Kolommen: {used} van {len(outcome.columns)} gebruikt"
    with st.expander(title, icon=":material/table_rows:", expanded=any(column.how is How.LIKE for column in doubtful)):
        _mapping_form(held, sent, outcome.columns, rules)


def _spoken(header: str) -> str:
    """Return a header for a label that is only read aloud: as escaped Markdown its signs would be read too."""
    return " ".join(re.sub(r"[^\w.]+", " ", header).split())


def _mapping_form(held: Tray, sent: Sent, columns: Sequence[ColumnRead], rules: Rules) -> None:
    names = target_names(rules)
    options = [None, *names]
    order = {How.LIKE: 0, How.UNUSED: 1}
    chosen: dict[str, str | None] = {}
    with st.form(f"kolommen_{sent.file_id}", border=False):
        st.caption("Klopt een kolom niet? Kies zelf wat erin staat, of 'niet gebruiken'.")
        for place, column in enumerate(sorted(columns, key=lambda column: order.get(column.how, 2))):
            words, picker = st.columns([1, 1], vertical_alignment="center")
            shown = ", ".join(look.plain(example) for example in column.examples) or "geen waarden"
            how = How.REMEMBERED if sent.remembered and column.header in sent.mapping else column.how
            if column.how is How.PRIVATE:
                words.markdown(f":material/lock: **{look.plain(column.header)}** · *{how}*")
                picker.caption("Wordt niet gelezen en niet bewaard.")
                continue
            words.markdown(f"**{look.plain(column.header)}** · *{how}*  \n:gray[{shown}]")
            target = column.target if column.target in options else None
            chosen[column.header] = picker.selectbox(
                f"Kolom {_spoken(column.header)} wordt",
                options,
                index=options.index(target),
                format_func=lambda name: "niet gebruiken" if name is None else names[name],
                key=f"kolom_{sent.file_id}_{place}_{target}",
                label_visibility="collapsed",
            )
        if st.form_submit_button("Lees opnieuw met deze kolommen", icon=":material/refresh:"):
            before = {column.header: column.target for column in columns}
            changed = {header: target for header, target in chosen.items() if before[header] != target}
            if changed:
                held.choose(sent, changed)
                st.rerun()


def target_names(rules: Rules) -> dict[str, str]:
    """Return everything a column can be, with the name that people know it by."""
    facts = {name: fact.label for name, fact in FACTS.items()}
    criteria = {active.id: f"Vraag: {active.criterion.naam}" for active in rules.criteria}
    return facts | PLACES | criteria
