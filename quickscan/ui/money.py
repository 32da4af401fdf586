"""Money and the other numbers of a business case on the screen: written in Dutch, read as people type them, told when wrong.

A share is kept as a part of one (0,0417) and shown as a percentage (4,17).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date

from quickscan.domain.finance.faults import CaseFault
from quickscan.domain.finance.inputs import INPUTS, YEAR, InputSpec
from quickscan.ui import look, numbers

MILLION = 1_000_000
HARD = "\u00a0"  # a space at which a line does not break
COUNTED = ("woningen", "liften", "plaatsen", "keer", "getal", YEAR)  # units that the name of the number already tells
SHARE_UNITS = ("per jaar", "deel")  # what is a part of one; an amount per year starts with €
VERDICTS = tuple(look.OORDEEL.values())  # best first; the last is for what is not known
_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+")


def euro(amount: float | None, *, near: float = 1) -> str:
    """Return "€ 165.000" or "−€ 3.200", rounded to `near`; a dash for no number."""
    if amount is None or not math.isfinite(amount):
        return numbers.DASH
    rounded = round(amount / near) * near
    return f"{'−' if rounded < 0 else ''}€{HARD}{numbers.whole(abs(rounded))}"


def cents(amount: float) -> str:
    """Return "€ 796,40"; a dash for no number."""
    if not math.isfinite(amount):
        return numbers.DASH
    whole, _, rest = f"{abs(amount):.2f}".partition(".")
    return f"{'−' if amount < 0 else ''}€{HARD}{numbers.whole(int(whole))},{rest}"


def short(amount: float) -> str:
    """Return an amount for in a chart: "€ 2,43 mln" or "€ 455.000"."""
    if abs(amount) < MILLION:
        return euro(amount, near=1000 if abs(amount) >= 10_000 else 100)  # noqa: PLR2004 - what fits beside a bar
    return f"{'−' if amount < 0 else ''}€{HARD}{numbers.decimal(abs(amount) / MILLION, 2)}{HARD}mln"


def chance(share: float) -> str:
    """Return a chance in whole percents; never "0 %" or "100 %", since nothing is that sure."""
    if not math.isfinite(share):
        return numbers.DASH
    percents = round(share * 100)
    return "minder dan 1 %" if percents < 1 else "meer dan 99 %" if percents > 99 else f"{percents} %"  # noqa: PLR2004


def is_share(spec: InputSpec) -> bool:
    """Tell whether a number is a part of one, shown as a percentage."""
    return spec.unit.startswith(SHARE_UNITS)


def unit_of(spec: InputSpec) -> str:
    """Return the unit as a label shows it."""
    if not is_share(spec):
        return "" if spec.unit in COUNTED else spec.unit
    return "% per jaar" if spec.unit == "per jaar" else f"% {spec.unit.removeprefix('deel').strip()}".strip()


def label_of(spec: InputSpec) -> str:
    """Return the name of a number with its unit."""
    return f"{spec.label} ({unit_of(spec)})" if unit_of(spec) else spec.label


def written(spec: InputSpec, value: float | None) -> str:
    """Return a number as its field shows it, "" for none."""
    if value is None or not math.isfinite(value):
        return ""
    if spec.unit == YEAR:
        return f"{value:.0f}" if value else ""
    return numbers.decimal(value * 100 if is_share(spec) else value, 2)


def with_unit(spec: InputSpec, value: float) -> str:
    """Return a number with its sign, for a sentence: "€ 165.000", "4,17 %", "60 jaar"."""
    text = written(spec, value)
    if is_share(spec):
        return f"{text} %"
    if spec.unit.startswith("€"):
        return f"−€ {text.removeprefix('-')}" if value < 0 else f"€ {text}"
    return text if spec.unit == YEAR else f"{text} {spec.unit}"


def parse(text: str) -> float | None:
    """Return the number that a person typed, in Dutch or with a point; None when it is no number."""
    bare = text.strip().replace("€", "").replace("%", "").replace("−", "-").replace(" ", "").replace("\u00a0", "")
    if "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(bare):
        bare = bare.replace(".", "")
    try:
        number = float(bare)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_field(spec: InputSpec, text: str) -> float | None:
    """Return what a field holds, as the case keeps it; None when it is no number."""
    number = parse(text)
    if number is None:
        return None
    # Rounded: 4,17 / 100 is not 0,0417 to the last bit, and the two must count as the same.
    return round(number / 100, 10) if is_share(spec) else number


def say(fault: CaseFault) -> str:
    """Return a fault as the screen tells it, at its field: what is wrong and what to do."""
    spec = INPUTS.get(fault.key)
    if spec is not None and isinstance(fault.value, int | float) and not spec.low <= fault.value <= spec.high:
        reach = f"{with_unit(spec, spec.low)} tot en met {with_unit(spec, spec.high)}"
        return f"{spec.label}: {with_unit(spec, fault.value)} kan niet. Kies een waarde van {reach}."
    problem = f"{spec.label if spec else _named(fault.key)}: {fault.problem}."
    advice = re.sub(r" onder \[[\w.]+\]", "", fault.advice).replace("Zet hoeveel", "Vul in hoeveel")
    return _days(f"{problem} {advice}".replace("start_bouw", "de start van de bouw"))


def without_keys(text: str) -> str:
    """Return a sentence of a subsidy as the screen tells it: no blocks and keys of a file."""
    told = re.sub(r"[Vv]ul onder \[\w+\] (?:in: )?([\w]+)(?: in)?", lambda found: _fill(found[1], found[0][0]), text)
    return _days(told)


def _fill(name: str, first: str) -> str:
    return f"{first}ul ‘{fact_label(name)}’ in"


def fact_label(name: str) -> str:
    """Return what a fact of a subsidy is called."""
    return FACT_LABELS.get(name, name.replace("_", " ").capitalize())


def _named(key: str) -> str:
    name = key.rsplit(".", maxsplit=1)[-1]
    return FACT_LABELS.get(name, name.replace("_", " ").capitalize())


def _days(text: str) -> str:
    return re.sub(r"\b(\d{4})-(\d{2})-(\d{2})\b", lambda found: numbers.day(date(*map(int, found.groups()))), text)


FACT_LABELS: Mapping[str, str] = {
    "provincie": "Provincie",
    "jaren_sociale_huur": "Jaren dat het sociale huur blijft",
    "aandeel_statushouders": "Deel voor statushouders en spoedzoekers (%)",
    "blijvend": "De woningen zijn blijvend",
    "in_regionaal_programma": "Het plan staat in het regionale woningbouwprogramma",
    "aandeel_wlz": "Deel voor bewoners met een Wlz-indicatie (%)",
    "rolstoelgeschikt": "De woningen zijn rolstoelgeschikt",
    "zorgwoningen": "Aantal zorgwoningen",
    "biobased": "Er wordt biobased gebouwd",
    "houtbouw": "Er wordt in hout gebouwd",
    "zh_houtbouw_nagegaan": "De voorwaarden zijn nagegaan bij de provincie",
    "gebied_woningen": "Nieuwe woningen in het hele gebied",
    "gebied_cofinanciering": "Deel dat gemeente en provincie zelf betalen (%)",
    "gebied_aandeel_betaalbaar": "Deel betaalbare woningen in het gebied (%)",
    "gebied_stimulans_te_weinig": "De realisatiestimulans is te weinig voor het gebied",
    "woningtype": "Soort woning",
    "oppervlakte_m2": "Oppervlakte van de woning (m²)",
    "energielabel": "Energielabel",
    "woz_eur": "WOZ-waarde (€)",
    "buitenruimte_m2": "Balkon of loggia (m²)",
    "start_bouw": "Start van de bouw",
    "oplevering": "Oplevering",
    "norm": "Norm",
    "bezoekers": "Norm voor bezoek",
    "bron": "Bron van de norm",
    "capaciteit": "Plekken die er zijn",
    "bezet": "Plekken die bezet zijn",
    "deelautos": "Deelauto's erbij",
    "korting_hoogste": "Hoogste korting samen (%)",
    "bezetting_hoogste": "Hoogste bezetting (%)",
    "vrijgesteld": "De gemeente vraagt geen plekken bij optoppen",
}
