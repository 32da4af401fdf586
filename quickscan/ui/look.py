"""How it looks: the colour, glyph and word of each verdict and aspect, and the band, which is the brand.

Colours stay apart for colour-blind people and carry white text at 4.5 to 1 or more; none is ever the only carrier of
meaning. Drawings are SVG without scripts; every text that goes in is escaped.
"""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from quickscan.domain.explanation import Band
from quickscan.domain.terms import Aspect, Interventie, Oordeel, Voorselectie

Key = TypeVar("Key")
LAST = 6  # of a pand_id or a number, to tell equal names apart
ACCENT = "#5115ef"
MARKDOWN_SIGNS = frozenset("\\`*_{}[]()#+-.!|<>~$:&")


@dataclass(frozen=True, slots=True)
class Style:
    """Colour with a glyph that prints anywhere, a Material icon, and the word."""

    color: str
    glyph: str
    icon: str
    word: str

    @property
    def label(self) -> str:
        return f"{self.glyph} {self.word}"


OORDEEL: dict[str, Style] = {
    Oordeel.KANSRIJK: Style("#00705c", "✓", ":material/check_circle:", "kansrijk"),
    Oordeel.KANSRIJK_MITS: Style("#1f6fb2", "◐", ":material/rule:", "kansrijk, mits"),
    Oordeel.COMPLEX: Style("#a35200", "▲", ":material/warning:", "complex"),
    Oordeel.NU_NIET: Style("#8a1551", "✕", ":material/block:", "nu niet"),
    Oordeel.ONVOLDOENDE: Style("#5f6775", "?", ":material/help:", "onvoldoende bekend"),
}
VOORSELECTIE: dict[str, Style] = {
    Voorselectie.IN_BEELD: Style(ACCENT, "●", ":material/visibility:", "in beeld"),
    Voorselectie.TWIJFEL: Style("#7a5af0", "◌", ":material/help:", "twijfel"),
    Voorselectie.VALT_AF: Style("#8a1551", "✕", ":material/block:", "valt af"),
    Voorselectie.BUITEN_BEREIK: Style("#7b8494", "–", ":material/remove:", "buiten bereik"),
}
ASPECT_ICONS: dict[str, str] = {
    Aspect.PLANOLOGISCH: ":material/gavel:",
    Aspect.BOUWTECHNISCH: ":material/foundation:",
    Aspect.FINANCIEEL: ":material/euro:",
    Aspect.ORGANISATORISCH: ":material/groups:",
}
ASPECT_NAMES: dict[str, str] = {
    Aspect.PLANOLOGISCH: "Planologisch-juridisch",
    Aspect.BOUWTECHNISCH: "Bouwtechnisch",
    Aspect.FINANCIEEL: "Financieel",
    Aspect.ORGANISATORISCH: "Organisatorisch",
}
INTERVENTIE_ICONS: dict[str, str] = {
    Interventie.OPTOPPEN: ":material/vertical_align_top:",
    Interventie.AANPLAKKEN: ":material/align_horizontal_left:",
    Interventie.UITPLINTEN: ":material/vertical_align_bottom:",
}
INTERVENTIE_NAMES: dict[str, str] = {
    Interventie.OPTOPPEN: "Optoppen",
    Interventie.AANPLAKKEN: "Aanplakken",
    Interventie.UITPLINTEN: "Uitplinten",
}


def chip(style: Style) -> str:
    """Return a verdict as a filled pill with glyph and word."""
    return (
        f'<span style="display:inline-block;background:{style.color};color:#fff;border-radius:999px;'
        f'padding:.2em .8em;font-weight:600;white-space:nowrap">{html.escape(style.label)}</span>'
    )


def tone(color: str) -> str:
    """Return the background of a mark: the colour itself on a light page, a paler one on a dark page."""
    return f"background:{color};background:light-dark({color},color-mix(in srgb,{color} 58%,#fff))"


def paler(color: str) -> str:
    """Return the same tone as `tone` gives on a dark page, for what is drawn without CSS."""
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part * 0.58 + 255 * 0.42):02x}" for part in parts)


def band_html(band: Band, *, color: str = ACCENT, top: float = 100) -> str:
    """Return a band from low to high with a mark at likely, on a scale from 0 to `top`. Unknown is the lighter part."""
    track = "position:relative;height:1.15rem;margin:.1rem 0"
    ground = "position:absolute;left:0;right:0;top:25%;height:50%;border-radius:4px;background:rgba(138,147,163,.22)"
    if math.isnan(band.likely):
        return f'<div role="img" aria-label="onbekend" style="{track}"><div style="{ground}"></div></div>'
    low, likely, high = (max(0.0, min(number, top)) / top * 100 for number in (band.low, band.likely, band.high))
    bar = f"position:absolute;top:25%;height:50%;{tone(color)}"
    return (
        f'<div role="img" aria-label="{band_words(band)}" style="{track}"><div style="{ground}"></div>'
        f'<div style="{bar};left:{low:.1f}%;width:{high - low:.1f}%;opacity:.4;border-radius:0 4px 4px 0"></div>'
        f'<div style="{bar};left:0;width:{low:.1f}%;border-radius:4px 0 0 4px"></div>'
        f'<div style="position:absolute;top:0;height:100%;left:calc({likely:.1f}% - 3px);width:5px;border-radius:2px;'
        f'{tone(color)}"></div></div>'
    )


def band_cell(low: float, likely: float, high: float, *, color: str = ACCENT, top: float = 100) -> str | None:
    """Return a band as an image for a table cell; None when unknown."""
    if math.isnan(likely):
        return None
    a, m, b = (round(max(0.0, min(number, top)) / top * 120) for number in (low, likely, high))
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='120' height='36'>"  # as tall as a cell: a table scales by height
        "<rect y='14' width='120' height='8' rx='2' fill='#8a93a3' fill-opacity='.2'/>"
        f"<rect x='{a}' y='14' width='{max(b - a, 2)}' height='8' fill='{color}' fill-opacity='.38'/>"
        f"<rect y='14' width='{a}' height='8' rx='2' fill='{color}'/>"
        f"<rect x='{min(max(m - 2, 0), 116)}' y='9' width='4' height='18' fill='{color}'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="<>='/ :")


def band_words(band: Band) -> str:
    """Return the band in words, for who cannot see it."""
    if math.isnan(band.likely):
        return "onbekend"
    return f"waarschijnlijk {band.likely:.0f}, laag {band.low:.0f}, hoog {band.high:.0f}"


def band_row(label: str, band: Band, *, color: str = ACCENT, note: str = "", top: float = 100) -> str:
    """Return a labelled band: the name, the numbers, and the bar below it."""
    numbers = "onbekend" if math.isnan(band.likely) else f"{band.likely:.0f}"
    reach = "" if math.isnan(band.likely) or round(band.low) == round(band.high) else f" ({band.low:.0f}–{band.high:.0f})"
    return (
        '<div style="margin:.1rem 0 .35rem 0;line-height:1.35"><div style="display:flex;justify-content:space-between;gap:.5rem;'
        'font-variant-numeric:tabular-nums">'
        f"<span>{html.escape(label)}{html.escape(note)}</span>"
        f'<span style="white-space:nowrap"><b>{numbers}</b>{reach}</span></div>'
        f"{band_html(band, color=color, top=top)}</div>"
    )


def plain(text: str) -> str:
    """Return text of people so that Markdown shows it as it is: no links, pictures or emphasis of their making."""
    return "".join(f"\\{sign}" if sign in MARKDOWN_SIGNS else sign for sign in text.replace("\n", " "))


def tell_apart(names: Mapping[Key, str]) -> dict[Key, str]:
    """Return the names to choose from, where equal ones get the end of their key.

    Streamlit knows an option by its words alone: of two that read alike it would give back the first, which may be another
    building or workspace than the one that was meant.
    """
    often = Counter(names.values())
    return {key: name if often[name] == 1 else f"{name} · {str(key)[-LAST:]}" for key, name in names.items()}
