"""What a business case answers in the scan: criterion id → code of a choice, and the fact behind fin.rendement.

Only what the case really knows is answered; the rest stays open. The codes are those of the rulebook's own choices.
`fin.mjop` follows from the year of maintenance, and `fin.schaal` from the homes of the scan; only a complex says that itself.
"""

from __future__ import annotations

from quickscan.domain.finance.case import CaseResult
from quickscan.domain.finance.posts import Maatregel
from quickscan.domain.finance.subsidies import Budget, Uitkomst
from quickscan.domain.rules import Rules

RENDEMENT_FACT = "ncw_per_woning_eur"


def find_facts(result: CaseResult) -> dict[str, float]:
    """Return the facts that a case gives; the outcome is taken without subsidies, as fin.rendement asks."""
    return {RENDEMENT_FACT: float(result.bare.per_home[0])}


def find_answers(result: CaseResult, *, shared: bool) -> dict[str, str]:
    """Return the answers that a case gives; `shared` says that common costs are spread over all dwellings."""
    answers = {"fin.subsidie": _subsidy(result), "fin.koppelkans": _sharing(result, shared=shared)}
    if result.parking is not None and result.parking.code is not None:
        answers["pla.parkeren"] = result.parking.code
    return {criterion: code for criterion, code in answers.items() if code is not None}


def find_scale(result: CaseResult, rules: Rules) -> dict[str, str]:
    """Return the answer on fin.schaal for a plan of more than one pand: all its homes on roofs together."""
    homes = float(result.base.homes[0])
    for choice in rules.criterion("fin.schaal").version.keuzes:
        if (choice.vanaf is None or homes >= choice.vanaf) and (choice.tot is None or homes < choice.tot):
            return {"fin.schaal": choice.code}
    return {}


def _subsidy(result: CaseResult) -> str | None:
    schemes = [each for each in result.subsidies if each.soort == "bijdrage" and each.amount_eur > 0]
    if any(each.state is Uitkomst.JA and each.budget in (Budget.BESCHIKBAAR, Budget.TOEGEKEND) for each in schemes):
        return "past_op_tijd"
    if any(each.state is Uitkomst.JA for each in schemes):
        return "past_onzeker"
    return "past_niet" if all(each.state is Uitkomst.NEE for each in schemes) else None


def _sharing(result: CaseResult, *, shared: bool) -> str:
    if not result.measures & {Maatregel.LIFT, Maatregel.VERDUURZAMEN}:
        return "alle_woningen"  # there are no such costs
    return "alle_woningen" if shared else "alleen_nieuw"
