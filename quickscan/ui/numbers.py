"""Dutch numbers, dates and times."""

from __future__ import annotations

import math
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

LOCALE = "nl_NL"
ZONE = ZoneInfo("Europe/Amsterdam")
DASH = "–"


def whole(number: float | None) -> str:
    """Return "5.613", or a dash for unknown."""
    if number is None or math.isnan(number):
        return DASH
    return str(format_decimal(round(number), locale=LOCALE))


def decimal(number: float | None, digits: int = 1) -> str:
    """Return "3,2" with at most `digits` decimals, or a dash for unknown."""
    if number is None or math.isnan(number):
        return DASH
    return str(format_decimal(round(number, digits), format=f"#,##0.{'#' * digits}", locale=LOCALE))


def percent(number: float | None) -> str:
    """Return "58 %" for 58.4, or a dash for unknown. Rounded down, so that 99,6 % is never "alles"."""
    if number is None or math.isnan(number):
        return DASH
    return f"{math.floor(number + 1e-9)} %"


def signed_months(months: float) -> str:
    """Return "+12 maanden" or "−11 maanden"."""
    size = decimal(abs(months))
    return f"{'+' if months > 0 else '−'}{size} {'maand' if abs(months) == 1 else 'maanden'}"


def span(low: float, high: float) -> str:
    """Return "8 tot 16", or one number when both round to the same."""
    return whole(low) if whole(low) == whole(high) else f"{whole(low)} tot {whole(high)}"


def day(value: date) -> str:
    """Return "21 november 2026"."""
    return str(format_date(value, "d MMMM yyyy", locale=LOCALE))


def short_day(value: date) -> str:
    """Return "21 nov 2026"."""
    return str(format_date(value, "d MMM yyyy", locale=LOCALE))


def moment(value: datetime) -> str:
    """Return "21 nov 2026, 14:03" in Dutch time."""
    return str(format_datetime(value.astimezone(ZONE), "d MMM yyyy, HH:mm", locale=LOCALE))


def clock(value: datetime) -> str:
    """Return "14:03" in Dutch time."""
    return str(format_datetime(value.astimezone(ZONE), "HH:mm", locale=LOCALE))


def value_text(value: str | float | None, unit: str = "") -> str:
    """Return a fact's value for reading: years without a separator, numbers in Dutch, text as it is."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "onbekend"
    if isinstance(value, str):
        return value
    plain = f"{value:.0f}" if 1000 <= value <= 2200 and float(value).is_integer() and not unit else decimal(value)  # noqa: PLR2004 - years
    return f"{plain} {unit}".strip()
