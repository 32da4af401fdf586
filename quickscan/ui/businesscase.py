"""The business case page, its upper half: which case, the sentence, the knobs, the figures and the tables."""

from __future__ import annotations

import contextlib
import html
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from quickscan.domain.access import Right
from quickscan.domain.errors import QuickscanError
from quickscan.domain.finance.case import CaseResult
from quickscan.domain.finance.inputs import SEGMENTS
from quickscan.domain.finance.posts import Maatregel
from quickscan.domain.rules import Choice, Rules
from quickscan.services.complexes import Subject
from quickscan.services.finance import Worked
from quickscan.services.scans import Scan
from quickscan.ui import account, look, money, numbers, outcome
from quickscan.ui import businesscase_fields as fields
from quickscan.ui import businesscase_figures as figures_of
from quickscan.ui.businesscase_fields import Table
from quickscan.ui.businesscase_groups import OPTIONAL
from quickscan.ui.businesscase_tables import capital, name_case
from quickscan.ui.charts import Figure, Setting
from quickscan.ui.frame import Desk
from quickscan.wiring import make_case_file, make_case_outcome

THIS_BUILDING, WHOLE_COMPLEX = "Dit gebouw", "Hele complex"
RENT, BUILD, HOMES = "woning.huur_eur_per_maand", "woning.bouwkosten_eur_ex_btw", "woning.aantal"


def choose_subject(desk: Desk, scan: Scan, code: str | None) -> Scan | Subject:
    """Let a person work on this building or on its whole complex; the choice is kept in the URL."""
    if code is None:
        return scan
    chosen = st.segmented_control(
        "Reken voor",
        [THIS_BUILDING, WHOLE_COMPLEX],
        default=THIS_BUILDING,
        required=True,
        key="reken_voor",
        bind="query-params",
        label_visibility="collapsed",
        on_change=outcome.forget,
    )
    if chosen != WHOLE_COMPLEX:
        return scan
    try:
        return desk.services.finance.look_at_complex(desk.portfolio.id, code, desk.rules)
    except QuickscanError as error:
        outcome.refuse(error)
        return scan


def keep_in_step(table: Table) -> None:
    """Tell the scan what the leading case says now, when something it depends on has changed since."""
    with contextlib.suppress(QuickscanError):  # who may only look changes nothing
        table.desk.services.finance.refresh(table.desk.portfolio.id, table.worked, table.scan, table.desk.rules)


def choose_case(table: Table) -> None:
    """Let a person pick a case of this building; the number is remembered per building."""
    worked = table.worked
    if len(worked.cases) > 1:
        cases = {case.number: name_case(case.name, leading=case.leading, locked=case.locked) for case in worked.cases}
        names = look.tell_apart(cases)
        st.selectbox(
            "Case",
            list(names),
            index=list(names).index(worked.saved.number),
            format_func=names.__getitem__,
            key=f"case_{worked.saved.pand_id}_{worked.saved.number}_{len(names)}",
            on_change=_pick,
            args=(worked.saved.pand_id, f"case_{worked.saved.pand_id}_{worked.saved.number}_{len(names)}"),
            label_visibility="collapsed",
        )


def _pick(pand_id: str, key: str) -> None:
    st.session_state[f"{fields.NUMBER}{pand_id}"] = st.session_state[key]


def as_seen(worked: Worked) -> Worked:
    """Return a case as it is drawn: to who only reads, every field is as in one that is locked."""
    return worked if account.may(Right.LEAD) else replace(worked, saved=replace(worked.saved, locked=True))


def say_closed(worked: Worked) -> None:
    """Say why the fields cannot be changed."""
    account.say_who_can(Right.LEAD, "Je kijkt hier mee. Een regisseur of beheerder past de getallen aan.")
    if worked.saved.locked:
        st.info("Deze case staat vast. Maak een kopie om verder te rekenen.", icon=":material/lock:")


def manage_case(table: Table) -> None:
    """Offer to name, copy, lock, lead with and remove a case, to who may change it."""
    if account.may(Right.LEAD):
        with st.popover("Deze case", icon=":material/folder_managed:"):
            _manage_case(table)


def _manage_case(table: Table) -> None:
    desk, scan, worked = table.desk, table.scan, table.worked
    saved, finance = worked.saved, desk.services.finance

    def act(work: Callable[[], object]) -> None:
        def keep() -> None:
            number = getattr(work(), "number", None)
            st.session_state[f"{fields.NUMBER}{saved.pand_id}"] = number

        outcome.attempt(keep)

    def settle(**what: object) -> None:
        act(lambda: finance.settle(desk.portfolio.id, worked, scan=scan, rules=desk.rules, author=desk.author, **what))  # type: ignore[arg-type]  # one door for three buttons

    key = f"{saved.pand_id}_{saved.number}_{saved.version}"
    name = st.text_input("Naam van de case", value=saved.name, key=f"casenaam_{key}", max_chars=60)
    with st.container(horizontal=True):
        if saved.version == 0 or name.strip() != saved.name:
            st.button("Bewaar", icon=":material/save:", on_click=lambda: settle(name=name), key=f"bewaar_{key}")
        st.button(
            "Kopieer",
            icon=":material/content_copy:",
            key=f"kopieer_{key}",
            help="De kopie kan anders worden; daarna staan ze naast elkaar.",
            on_click=lambda: act(
                lambda: finance.copy(
                    desk.portfolio.id, worked, name=f"{saved.name} (kopie)", scan=scan, rules=desk.rules, author=desk.author
                )
            ),
        )
        if saved.version:
            label, icon = ("Maak los", ":material/lock_open:") if saved.locked else ("Zet vast", ":material/lock:")
            st.button(label, icon=icon, key=f"slot_{key}", on_click=lambda: settle(locked=not saved.locked))
        if saved.version and not saved.leading:
            st.button(
                "Laat tellen voor de scan", icon=":material/flag:", key=f"telt_{key}", on_click=lambda: settle(leading=True)
            )
            st.button(
                "Verwijder",
                icon=":material/delete:",
                key=f"weg_{key}",
                disabled=saved.locked,
                on_click=lambda: act(lambda: finance.remove(desk.portfolio.id, saved, author=desk.author)),
            )
    if saved.version:
        st.caption(f"Bewaard door {look.plain(saved.author)}, {numbers.moment(saved.at)}. Versie {saved.version}.")
    else:
        st.caption(
            "Nog niet bewaard: alle getallen komen uit de quick scan en de normenset. De eerste wijziging bewaart de case."
        )


def offer_files(table: Table) -> None:
    """Offer the case as the file of the command line, and its outcome as JSON."""
    worked, rules = table.worked, table.desk.rules
    st.markdown("**De case**, om te bewaren of door te rekenen met `python -m quickscan businesscase`")
    st.download_button(
        "Case als TOML",
        data=lambda: make_case_file(_whole(worked), name=f"{table.scan.name}, {worked.saved.name}", day=rules.day),
        file_name="businesscase.toml",
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
    )
    result = worked.result
    if result is not None:
        st.markdown("**De uitkomst**, met elk getal en zijn bron")
        st.download_button(
            "Uitkomst als JSON",
            data=lambda: json.dumps(make_case_outcome(result, rules), ensure_ascii=False, indent=2),
            file_name="businesscase.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def _whole(worked: Worked) -> dict[str, object]:
    """Return the tables with the workspace's own values in them, so that the file gives the same outcome elsewhere."""
    tables: dict[str, object] = {name: dict(part) for name, part in worked.tables.items()}
    for key, value in worked.own.items():
        section, name = key.split(".")
        part = tables.get(section, {} if section == "parameters" else None)
        if isinstance(part, dict) and name not in part:
            tables[section] = {**part, name: value}
    return tables


def band_of(result: CaseResult, rules: Rules) -> tuple[Choice, look.Style]:
    """Return in which band of fin.rendement the outcome falls, and how that looks; the best band first."""
    choices = rules.criterion("fin.rendement").version.keuzes
    worth = float(result.base.per_home[0])
    place = next(
        place
        for place, choice in enumerate(choices)
        if (choice.vanaf is None or worth >= choice.vanaf) and (choice.tot is None or worth < choice.tot)
    )
    return choices[place], money.VERDICTS[min(place, len(money.VERDICTS) - 2)]


def verdict(result: CaseResult, rules: Rules) -> str:
    """Return the verdict as a chip: the rulebook's band in words."""
    choice, style = band_of(result, rules)
    drawn = look.chip(look.Style(style.color, style.glyph, style.icon, choice.label))
    return drawn.replace("white-space:nowrap", "white-space:normal")  # a whole sentence does not fit on a phone


def incomplete(worked: Worked) -> None:
    """Say what has to be filled in before there is an outcome."""
    lines = "\n".join(f"- {look.plain(money.say(fault))}" for fault in worked.faults)
    st.warning(f"Deze case is nog niet door te rekenen. Vul hieronder aan:\n\n{lines}", icon=":material/edit:")


def sentence(worked: Worked, result: CaseResult, name: str) -> str:
    """Return what a wethouder can read aloud."""
    case, base = worked.case, result.base
    homes, each, total = float(base.homes[0]), float(base.per_home[0]), float(base.total[0])
    kind = SEGMENTS[case.segment].label if case else ""
    woning = "woning" if homes == 1 else "woningen"
    low, high = (worked.tables.get("woning", {}).get(f"aantal_{end}", homes) for end in ("laag", "hoog"))
    reach = f" ({numbers.span(low, high)})" if low != high else ""
    text = f"Bij {name} komen {numbers.whole(homes)} nieuwe {woning}{reach} in {kind}. "
    whole = _whole_plan(result, total)
    if each < 0:
        text += f"Elke nieuwe woning komt {money.euro(-each, near=100)} tekort; {whole}. "
        text += _what_it_needs(result)
    else:
        text += f"Elke nieuwe woning houdt {money.euro(each, near=100)} over; {whole}. "
    return f"{text}De kans dat het sluit is {money.chance(float(result.spread.closes[0]))}."


def members(scan: Scan | Subject, names: Mapping[str, str]) -> None:
    """Name the buildings of a complex."""
    if isinstance(scan, Subject):
        told = ", ".join(look.plain(names.get(pand_id, pand_id)) for pand_id in scan.members)
        if len(scan.members) == 1:
            st.caption(f"Van dit complex komt alleen {told} in aanmerking; deze case gaat dus over dat gebouw.")
            return
        st.caption(f"{len(scan.members)} gebouwen samen: {told}. De langste vertraging en het eerste onderhoud gelden voor alle.")


def _whole_plan(result: CaseResult, total: float) -> str:
    """Return what the whole plan comes to; shared posts are for all homes, so it is more than the new homes' part."""
    amount = money.euro(abs(total), near=1000)
    named = {Maatregel.VERDUURZAMEN: "verduurzaming", Maatregel.LIFT: "lift"}
    more = [word for part, word in named.items() if part in result.measures]
    if not more:
        return f"voor het hele plan is dat {amount}"
    outcome = f"komt {amount} tekort" if total < 0 else f"houdt {amount} over"
    return f"het hele plan, met {' en '.join(more)} voor alle woningen, {outcome}"


def _what_it_needs(result: CaseResult) -> str:
    ways = []
    rent, build = float(result.base.break_even_rent[0]), float(result.base.break_even_build[0])
    if np.isfinite(rent):
        over = any("boven de grens" in remark for remark in result.remarks)
        ways.append(f"een huur van {money.cents(rent)} per maand{' (meer dan de wet voor deze huur toelaat)' if over else ''}")
    if np.isfinite(build):
        ways.append(f"bouwkosten van {money.euro(build, near=100)} per woning")
    need = money.euro(-float(result.base.per_home[0]), near=100)
    return f"Het sluit met een bijdrage van {need} per woning{''.join(f', of met {way}' for way in ways)}. "


def knobs(table: Table, rules: Rules) -> None:
    """Draw what people turn at the table: the parts of the plan, build cost, rent and homes. Each change is kept at once."""
    worked, numbers_now = table.worked, table.values
    with st.container(horizontal=True, gap="small", key="onderdelen"):
        for section, label in OPTIONAL.items():
            fields.switch(table, section, label)
    usual = rules.parameter("financieel.bouwkosten")
    reach = (usual.low * 0.5, usual.high * 1.5)
    fields.slide(table, BUILD, "Bouwkosten per woning, zonder btw", reach, 2_500, money.euro)
    segment = SEGMENTS[worked.case.segment] if worked.case else SEGMENTS["sociaal"]
    now = numbers_now.get(RENT, 0.0)
    top = rules.parameter(segment.limit).likely if segment.limit else now * 2
    fields.slide(table, RENT, f"Huur per maand, {segment.label}", (top * 0.5, top), 10, money.cents)
    homes = max(numbers_now.get(HOMES, 1.0), worked.tables.get("woning", {}).get("aantal_hoog", 1))
    fields.slide(table, HOMES, "Nieuwe woningen op het dak", (1, max(homes * 1.25, 4)), 1, numbers.whole)
    st.caption("Elke wijziging wordt meteen bewaard en doorgerekend. Alle andere getallen staan onder Uitgangspunten.")


def figures(result: CaseResult) -> None:
    """Show the figures that matter, the two that decide first."""
    base = result.base
    rate = f"{numbers.decimal(float(base.irr.rate[0]) * 100, 2)} %" if np.isfinite(base.irr.rate[0]) else "geen"
    back = float(base.payback[0])
    shown = [
        ("NCW per nieuwe woning", money.euro(float(base.per_home[0]), near=100)),
        ("NCW van het hele plan", money.euro(float(base.total[0]), near=1000)),
        ("Investering met btw", money.short(float(base.investment[0]))),
        ("Kans dat het sluit", money.chance(float(result.spread.closes[0]))),
        ("Rendement (IRR)", rate),
        ("Onrendabele top per woning", money.euro(float(base.unprofitable_top[0]), near=100)),
        ("Investering zonder btw", money.short(result.investment_without_btw)),
        ("Terugverdiend, zonder rente", f"na {numbers.whole(np.ceil(back))} jaar" if np.isfinite(back) else "niet"),
        ("Break-evenhuur per maand", money.cents(float(base.break_even_rent[0]))),
    ]
    cells = "".join(f"<div><dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd></div>" for label, value in shown)
    st.html(f'<dl class="kerncijfers">{cells}</dl>')


def chart(name: str, title: str, figure: Figure, words: str, note: str = "") -> None:
    """Draw a chart with its story as text behind it."""
    st.subheader(title, anchor=name)
    plain = words.replace("**", "").replace("- ", "").replace("\n", " ")
    st.plotly_chart(figure, config={"displayModeBar": False}, alt=f"{title}. {plain}", key=f"figuur_{name}")
    with st.popover("Lees als tekst", type="tertiary", icon=":material/notes:"):
        st.markdown(words)
    if note:
        st.caption(note)


def makeup(result: CaseResult, setting: Setting) -> None:
    """Show what the outcome is made of, and which number moves it most, side by side."""
    left, right = st.columns(2, gap="large")
    with left:
        chart(
            "waterval",
            "Van investering naar tekort of overschot",
            figures_of.waterfall(result, setting),
            figures_of.waterfall_words(result),
            "Alles in euro van nu, voor het hele plan. Investeringen zijn met btw.",
        )
    with right:
        chart(
            "tornado",
            "Wat maakt het meeste uit?",
            figures_of.tornado(result.tornado, float(result.base.per_home[0]), setting),
            figures_of.tornado_words(result.tornado),
            "NCW per nieuwe woning als één getal naar het eind van zijn band gaat.",
        )


def jump() -> None:
    """Offer the parts of the page as links, so that nobody has to scroll for one."""
    parts = {
        "Opbouw": "waterval",
        "Onzekerheid": "tornado",
        "Kasstroom": "kasstroom",
        "Scenario's": "scenarios",
        "Gevoeligheid": "gevoeligheid",
        "Subsidies": "subsidies",
        "Huurpunten": "huurpunten",
        "Groot onderhoud": "onderhoud",
        "Parkeren": "parkeren",
        "Uitgangspunten": "uitgangspunten",
    }
    with st.container(key="sprong"):
        st.markdown(" · ".join(f"[{name}](#{anchor})" for name, anchor in parts.items()))


def about(worked: Worked) -> str:
    """Return what the scan knows of the building, as one line."""
    start = worked.start
    built = f"bouwjaar {start.bouwjaar:.0f}" if start.bouwjaar else "bouwjaar onbekend"
    there = worked.tables.get("bestaand", {}).get("aantal_woningen")
    parts = [
        built,
        f"{numbers.whole(there)} bestaande woningen" if there else "aantal bestaande woningen onbekend",
        f"energielabel {start.label}" if start.label else "energielabel onbekend",
    ]
    late = start.tables.get("planning", {})
    if late:
        reach = numbers.span(late["vertraging_laag"], late["vertraging_hoog"])
        parts.append(f"vertraging volgens de scan {reach} maanden")
    return f"{capital(' · '.join(parts))}."
