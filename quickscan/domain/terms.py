"""The words of the quick scan, spelled as the handreiking and the screen spell them.

An aspect groups criteria; an interventie is a way to add homes; an oordeel is the verdict on one interventie for one
building; the voorselectie says what registers alone can say. Order matters: it is the order of the screen.
"""

from __future__ import annotations

from enum import StrEnum


class Aspect(StrEnum):
    PLANOLOGISCH = "planologisch"
    BOUWTECHNISCH = "bouwtechnisch"
    FINANCIEEL = "financieel"
    ORGANISATORISCH = "organisatorisch"


class Interventie(StrEnum):
    OPTOPPEN = "optoppen"
    AANPLAKKEN = "aanplakken"
    UITPLINTEN = "uitplinten"


class Oordeel(StrEnum):
    KANSRIJK = "kansrijk"
    KANSRIJK_MITS = "kansrijk, mits"
    COMPLEX = "complex"
    NU_NIET = "nu niet"
    ONVOLDOENDE = "onvoldoende bekend"


class Voorselectie(StrEnum):
    IN_BEELD = "in beeld"
    TWIJFEL = "twijfel"
    VALT_AF = "valt af"
    BUITEN_BEREIK = "buiten bereik"


class Herkomst(StrEnum):
    """Where a fact comes from; a later one in this list gives way to an earlier one."""

    ANTWOORD = "antwoord"
    OPGAVE = "opgave"
    REGISTER = "register"
    AFGELEID = "afgeleid"
    AANNAME = "aanname"


class Blokkade(StrEnum):
    GEEN = "geen"
    ZACHT = "zacht"
    HARD = "hard"


class Moeite(StrEnum):
    """What it takes to answer: look it up at a desk, make a call, or have it investigated."""

    BUREAU = "bureau"
    BELLETJE = "belletje"
    ONDERZOEK = "onderzoek"


ASPECTEN: tuple[Aspect, ...] = tuple(Aspect)
INTERVENTIES: tuple[Interventie, ...] = tuple(Interventie)
OORDELEN: tuple[Oordeel, ...] = tuple(Oordeel)
VOORSELECTIES: tuple[Voorselectie, ...] = tuple(Voorselectie)
UNKNOWN_WORDS = frozenset({"", "onbekend", "weet ik niet", "weet_niet", "n.n.b.", "nnb", "?", "-", "nan", "none"})
