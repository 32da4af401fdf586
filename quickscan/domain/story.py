"""The sentence that opens every building page: the numbers in Dutch that can be read aloud, unknowns included."""

from __future__ import annotations

import math
from collections.abc import Sequence

from quickscan.domain.explanation import Band, Explanation
from quickscan.domain.terms import Aspect, Blokkade, Interventie, Oordeel

PLACES: dict[Interventie, str] = {
    Interventie.OPTOPPEN: "Op dit gebouw",
    Interventie.AANPLAKKEN: "Tegen dit gebouw",
    Interventie.UITPLINTEN: "In de plint van dit gebouw",
}
ADJECTIVES: dict[Aspect, str] = {
    Aspect.PLANOLOGISCH: "planologische",
    Aspect.BOUWTECHNISCH: "bouwtechnische",
    Aspect.FINANCIEEL: "financiële",
    Aspect.ORGANISATORISCH: "organisatorische",
}
_MOST_CONDITIONS = 3


def tell(explanation: Explanation) -> str:
    """Return two to three sentences: the homes, the verdict with its conditions, and what is known."""
    parts = [tell_homes(explanation.homes, explanation.interventie), tell_verdict(explanation), tell_known(explanation)]
    return " ".join(part for part in parts if part)


def tell_homes(homes: Band, interventie: Interventie) -> str:
    """Return the sentence on the number of homes."""
    place = PLACES[interventie]
    if math.isnan(homes.likely):
        return f"Hoeveel woningen er {place[0].lower()}{place[1:]} passen, is nog niet te zeggen."
    low, likely, high = (round(number) for number in (homes.low, homes.likely, homes.high))
    if high == 0:
        return f"{place} passen geen extra woningen."
    if likely == 0:
        return f"{place} passen waarschijnlijk geen extra woningen; hooguit {_verb(high)} er {high}."
    if low == high:
        return f"{place} {_verb(likely)} {homes_text(likely)}."
    return f"{place} {_verb(likely)} waarschijnlijk {homes_text(likely)} ({low} tot en met {high})."


def tell_verdict(explanation: Explanation) -> str:
    """Return the sentence on the verdict; conditions are listed when they stand in the way."""
    conditions = explanation.conditions
    blocking = [line.choice.voorwaarde for line in explanation.blockers if line.choice and line.choice.voorwaarde]
    match explanation.oordeel:
        case Oordeel.NU_NIET:
            hard = [c.voorwaarde for line in explanation.blockers if (c := line.choice) and c.blokkade is Blokkade.HARD]
            listed = [text for text in dict.fromkeys(hard) if text]
            return f"Nu niet: het kan pas als {join_clauses(listed)}." if listed else "Nu niet."
        case Oordeel.ONVOLDOENDE:
            return "Er is nog te weinig bekend voor een oordeel."
        case Oordeel.KANSRIJK:
            return "Kansrijk."
        case Oordeel.KANSRIJK_MITS:
            listed = list(dict.fromkeys([*blocking, *conditions]))[:_MOST_CONDITIONS]
            if listed:
                return f"Kansrijk, mits {join_clauses(listed)}."
            return f"Kansrijk, mits het {ADJECTIVES[explanation.weakest]} deel sterker wordt."
        case _:
            listed = list(dict.fromkeys([*blocking, *conditions]))[:_MOST_CONDITIONS]
            return f"Complex: het lukt alleen als {join_clauses(listed)}." if listed else "Complex: het lukt niet zonder meer."


def tell_known(explanation: Explanation) -> str:
    """Return the sentence on what is known, and the first question."""
    share = math.floor(explanation.total.coverage + 1e-9)
    if not explanation.questions:
        return "Alles wat ertoe doet is bekend."
    first = explanation.questions[0].active.criterion.naam
    topic = first if first[:2].isupper() else f"{first[0].lower()}{first[1:]}"
    return f"Van wat ertoe doet is {share} % bekend; de eerste vraag gaat over {topic}."


def homes_text(number: float) -> str:
    """Return "1 woning" or "12 woningen"."""
    return "1 woning" if round(number) == 1 else f"{round(number)} woningen"


def join_nl(items: Sequence[str]) -> str:
    """Return "a", "a en b" or "a, b en c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} en {items[-1]}"


def join_clauses(clauses: Sequence[str]) -> str:
    """Return clauses joined; by semicolons when one of them holds a comma, "en" or "of" of its own."""
    tangled = any(mark in clause for clause in clauses for mark in (", ", " en ", " of "))
    if len(clauses) == 1 or not tangled:
        return join_nl(clauses)
    return f"{'; '.join(clauses[:-1])}; en {clauses[-1]}"


def _verb(number: float) -> str:
    return "past" if round(number) == 1 else "passen"
