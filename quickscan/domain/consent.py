"""Who has to agree: tenants with work inside their homes, and owners in a VvE. A check with its nuance, never a verdict of law.

Optoppen alone asks for no agreement of tenants; work inside rented homes does. From a number of homes on, a proposal is
presumed reasonable when enough tenants agree; who did not, has some weeks to ask a judge. In a VvE the board can change
the deed with a share of all votes. The numbers are parameters. Source: research 5.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from quickscan.domain.planbook import Task
from quickscan.domain.rules import Rules
from quickscan.domain.schedule.settings import PlanSettings


class Outcome(StrEnum):
    """What a check says; unknown is not a no."""

    NIET_NODIG = "niet nodig"
    IN_ORDE = "lijkt in orde"
    NOG_DOEN = "nog te doen"
    ONBEKEND = "onbekend"


@dataclass(frozen=True, slots=True)
class Check:
    """What a rule says about this building, why, and what it does not say."""

    name: str
    outcome: Outcome
    text: str
    nuance: str
    source: str


def check_tenants(settings: PlanSettings, homes: float, rules: Rules, *, today: date) -> Check:
    """Return what the 70 percent rule says; `homes` is NaN when nobody knows how many there are."""
    share, weeks = rules.parameter("instemming.aandeel"), rules.parameter("instemming.weken").likely
    nuance = (
        f"Het is een vermoeden: wie niet instemt, kan binnen {weeks:.0f} weken naar de rechter. "
        "De wet noemt ook “toevoeging” bij renovatie. Leg een twijfel voor aan een jurist."
    )
    said = _without_agreement(settings, homes, rules) or _with_agreement(settings, share.likely, weeks, today)
    return Check("Instemming van huurders", *said, nuance, f"{share.value.bron}, {share.value.artikel}")


def _without_agreement(settings: PlanSettings, homes: float, rules: Rules) -> tuple[Outcome, str] | None:
    """Return what there is to say as long as nobody asked the tenants; None when the asking counts."""
    least, share = rules.parameter("instemming.woningen").likely, rules.parameter("instemming.aandeel").likely
    if settings.combined is None:
        return Outcome.ONBEKEND, "Kies eerst of er ook werk ín de verhuurde woningen komt."
    if not settings.combined:
        text = (
            "Alleen optoppen door de eigenaar van het dak vraagt geen instemming. Huurders krijgen wel uitleg en dulden het werk."
        )
        return Outcome.NIET_NODIG, text
    if math.isnan(homes):
        return Outcome.ONBEKEND, "Vul in hoeveel woningen het gebouw nu heeft."
    if homes < least:
        text = f"Onder de {least:.0f} woningen geldt het vermoeden niet. Elke huurder krijgt een eigen redelijk voorstel."
        return Outcome.NOG_DOEN, text
    if settings.agreed is None:
        return Outcome.NOG_DOEN, f"Vraag instemming. Vanaf {_percent(share)} wordt vermoed dat het voorstel redelijk is."
    return None


def _with_agreement(settings: PlanSettings, share: float, weeks: float, today: date) -> tuple[Outcome, str]:
    agreed = settings.agreed or 0.0
    found = f"{_percent(agreed)} stemde in."
    if agreed < share:
        return (
            Outcome.NOG_DOEN,
            f"{found} Er is {_percent(share)} nodig. Optoppen los aanvragen houdt de nieuwe woningen op tijd.",
        )
    if settings.asked_on is None:
        return Outcome.IN_ORDE, f"{found} Vul in wanneer het bericht is verstuurd; dan telt de termijn mee."
    ends = settings.asked_on + timedelta(weeks=weeks)
    if today < ends:
        return Outcome.NOG_DOEN, f"{found} De termijn om naar de rechter te gaan loopt tot {ends.day}-{ends.month}-{ends.year}."
    return Outcome.IN_ORDE, f"{found} De termijn van {weeks:.0f} weken is voorbij."


def check_owners(settings: PlanSettings, ownership: str | None, rules: Rules) -> Check:
    """Return what the rule of four fifths says; `ownership` is the choice on pla.eigendom, None when unknown."""
    needed, call, months = (rules.parameter(f"vve.{name}") for name in ("aandeel", "oproep_dagen", "vernietiging_maanden"))
    nuance = (
        f"De oproep gaat ten minste {call.likely:.0f} dagen vooraf de deur uit. Ook hypotheekhouders en een grondeigenaar "
        f"stemmen in. Wie tegen was, heeft {months.likely:.0f} maanden om het besluit aan te vechten."
    )
    said = _owners(ownership) if settings.votes is None else _votes(settings.votes, rules)
    return Check("Besluit van de VvE", *said, nuance, f"{needed.value.bron}, {needed.value.artikel}")


def _owners(ownership: str | None) -> tuple[Outcome, str]:
    if ownership is None:
        return Outcome.ONBEKEND, "Nog onbekend of er een VvE is. Beantwoord in de quick scan van wie het gebouw is."
    if ownership == "volledig":
        return Outcome.NIET_NODIG, "Er is één eigenaar en geen VvE."
    if ownership == "vve_besluit":
        return Outcome.IN_ORDE, "Volgens de quick scan is er een besluit. Vul de stemmen in om na te rekenen."
    text = "De akte wijzigt met alle eigenaren, of met vier vijfde van alle stemmen. Vul in hoeveel stemmen er voor zijn."
    return Outcome.NOG_DOEN, text


def _votes(votes: float, rules: Rules) -> tuple[Outcome, str]:
    found = f"{_percent(votes)} van alle stemmen is voor."
    if votes >= rules.parameter("vve.aandeel").likely:
        return Outcome.IN_ORDE, f"{found} Dat is vier vijfde of meer."
    if votes >= rules.parameter("vve.machtiging").likely:
        return Outcome.NOG_DOEN, f"{found} Vier vijfde is nodig. De kantonrechter kan om een machtiging gevraagd worden."
    return Outcome.NOG_DOEN, f"{found} Vier vijfde is nodig, en ook voor een machtiging is dit te weinig."


def _percent(share: float) -> str:
    return f"{math.floor(share * 100 + 1e-9)} procent"


def find_gaps(tasks: tuple[Task, ...], given: Mapping[str, str]) -> tuple[Task, ...]:
    """Return the tasks that nobody has."""
    return tuple(task for task in tasks if not given.get(str(task.nummer), "").strip())
