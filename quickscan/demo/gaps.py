"""What nobody wrote down: gaps as they occur in real portfolios.

A register misses a value here and there. An owner misses whole complexes: one sent everything, another only the names.
Some facts are seldom known at all until somebody looks in the archive, such as the foundations.
"""

from __future__ import annotations

from quickscan.demo.dice import draw
from quickscan.demo.dossier import Cell
from quickscan.demo.plan import Block

UNKNOWN_SHARE = {  # of the register and the plan, building by building
    "hoogte_m": 0.03,
    "bouwlagen": 0.07,
    "dakoppervlak_plat_m2": 0.05,
    "daktype": 0.06,
    "energielabel": 0.08,
    "energielabel_slechtst": 0.30,
    "max_bouwhoogte_m": 0.28,
    "afstand_buren_m": 0.25,
    "parkeerregime": 0.12,
    "woz_gemiddeld_eur": 0.05,
    "monumentstatus": 0.04,
}
OWNER_SHARE = {  # of the owner's list, when the owner sent one
    "bouwsysteem": 0.45,
    "fundering": 0.80,
    "conditiescore": 0.22,
    "groot_onderhoud_jaar": 0.20,
    "garageboxen": 0.15,
    "plint_m2": 0.35,
    "vrije_kopgevels": 0.30,
    "aantal_portieken": 0.08,
    "bloklengte_m": 0.06,
    "ontsluiting": 0.03,
    "lift": 0.04,
    "grondpositie": 0.25,
    "renovatiejaar": 0.10,
}
NOTHING_SENT = ("Bieslookhof", "De Populier")  # names only
LITTLE_SENT = ("Violenhof", "Kervelhof", "De Wulp", "Lavasgaarde")


def forget(facts: dict[str, Cell], block: Block, place: str) -> dict[str, Cell]:
    """Return the facts with the unknown ones at None; the same building always misses the same."""
    kept = dict(facts)
    for name, share in UNKNOWN_SHARE.items():
        if draw("register", name, place) < share and not _notable(block):
            kept[name] = None
    extra = 1.0 if block.complex in NOTHING_SENT else (0.45 if block.complex in LITTLE_SENT else 0.0)
    for name, share in OWNER_SHARE.items():
        if draw("opgave", name, place) < share + extra:
            kept[name] = None
    return kept


def _notable(block: Block) -> bool:
    """Tell whether the building is too well known to be missed."""
    return not block.complex
