"""The words senders use, and the word of ours that each stands for.

An alias is another name for a column (the table is in `names`); a synonym is another word for a value. Both are compared
by their key: lower case, without accents, spaces or punctuation, so that `Huisnr. van` and `huisnr_van` are one word. The
percent and plus sign stay, because they carry meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from quickscan.domain.facts import FACTS, JA_NEE, LABELS, Kind
from quickscan.domain.terms import UNKNOWN_WORDS
from quickscan.ingest.tables.names import COLUMN_NAMES, PARTS, PLACE_COLUMNS

_YES_NO = {
    "ja": "j; y; yes; true; waar; 1; wel; aanwezig; met lift",
    "nee": "n; no; false; onwaar; 0; geen; neen; afwezig; niet aanwezig; zonder lift; geen lift",
}
_LABELS = {
    **{label: f"label {label}; energielabel {label}" for label in LABELS},
    "A++++": "AP4; label A++++",
    "A+++": "AP3; label A+++",
    "A++": "APP; label A++",
    "A+": "AP; label A+",
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "daktype": {
        "plat": "plat dak; platdak; horizontaal; horizontal; single horizontal; vlak; vlak dak; platte daken",
        "plat getrapt": "multiple horizontal; getrapt; plat dak getrapt; plat met verspringing",
        "kap": "hellend; hellend dak; schuin; schuin dak; slanted; zadeldak; kapdak; pannendak; schilddak; lessenaarsdak; "
        "mansardedak; dak met kap",
    },
    "ontsluiting": {
        "portiek": "POF; POW; portiekflat; portiekwoning; portiekwoningen; portiekontsluiting; portieketagewoning",
        "galerij": "GAL; galerijflat; galerijwoning; galerijwoningen; galerijontsluiting",
        "corridor": "COR; corridorflat; corridorontsluiting",
        "maisonnette": "MAI; maisonette; maisonnettes; maisonettes",
        "overig": "anders; overige; BEN; BOV; benedenwoning; bovenwoning",
    },
    "fundering": {
        "staal": "op staal; fundering op staal",
        "houten palen": "hout; houten paal",
        "betonpalen": "beton; betonnen palen; betonpaal",
    },
    "monumentstatus": {
        "geen": "nee; n; geen monument",
        "rijksmonument": "RIJ; rijks",
        "gemeentelijk monument": "GEM; gemeentelijk",
        "beschermd gezicht": "beschermd stadsgezicht; beschermd dorpsgezicht; DGG; DGR; DOR; SGG; SGR; STA",
    },
    "eigendomsvorm": {
        "volledig": "100%; 100; 1; volledig eigendom; volledig bezit; geheel; geheel eigendom; 100% eigendom; 100% bezit",
        "gespikkeld": "gespikkeld bezit; gespikkeld eigendom; gemengd; gemengd bezit; deels; versnipperd",
        "vve": "v.v.e.; vereniging van eigenaren",
    },
    "grondpositie": {"eigen grond": "eigendom; eigen; vol eigendom"},
    "parkeerregime": {"vergunning": "vergunningen; parkeervergunning", "betaald": "betaald parkeren", "vrij": "vrij parkeren"},
    "nieuw_woningtype": {"tweekamer": "2 kamer; 2-kamerwoning", "driekamer": "3 kamer; 3-kamerwoning"},
    "status": {"Pand in gebruik": "in gebruik"},
}

# Words that say a value is not known; some registers say so in their own way.
_UNKNOWN = frozenset({*UNKNOWN_WORDS, "n.b.", "nb", "niet bekend", "??", "--", "n/a", "null", "<na>", "unknown"})
_UNKNOWN_OF = {"daktype": frozenset({"no points", "no planes", "could not detect"})}
# Words read as unknown that the sender may have meant otherwise: he is told.
_NOT_APPLICABLE = frozenset({"n.v.t.", "nvt", "niet van toepassing"})
_NO_LABEL = frozenset({"geen", "geen label"})
_UNIT_AT_END = re.compile(r"[\s_.\-]+(?:m2|m|eur|euro|€|%)$")


# Flat exports of VERA put the entity before the field: Pand.liftAanwezig, eenheid_bouwjaar, clusters[0].code.
_ENTITY = re.compile(r"^(?:(?:eenheid|panden|pand|bag|bagpand|clusters?|adres|eenheidadres|gebouw|energieprestaties?)[._/\d]+)+")


def make_key(word: str) -> str:
    """Return what two spellings of one word share."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    return re.sub(r"[^a-z0-9%+]", "", plain)


def make_header_keys(header: str) -> tuple[str, ...]:
    """Return the keys to try for a header: as written, without what is in brackets, without a unit at the end."""
    without_brackets = re.sub(r"[(\[][^)\]]*[)\]]", " ", header).strip()
    plain = unicodedata.normalize("NFKD", without_brackets).casefold()
    bare = _UNIT_AT_END.sub("", plain)
    keys = (make_key(header), make_key(without_brackets), make_key(bare), make_key(_ENTITY.sub("", bare)))
    return tuple(dict.fromkeys(key for key in keys if key))


@cache
def get_column_aliases() -> Mapping[str, str]:
    """Return key → fact, place column or part: the facts' own names and labels, and what senders call them."""
    aliases: dict[str, str] = {}
    for name in (*FACTS, *PLACE_COLUMNS, *PARTS):
        aliases.update(dict.fromkeys(make_header_keys(name), name))
    for name, fact in FACTS.items():
        aliases.setdefault(make_key(fact.label), name)
    for name, words in COLUMN_NAMES.items():
        aliases.update({make_key(word): name for word in words.split("; ")})
    return aliases


@cache
def get_value_synonyms(fact: str) -> Mapping[str, str]:
    """Return key → code for a fact with choices: the codes themselves, and the synonyms above."""
    options = FACTS[fact].options
    if FACTS[fact].kind is not Kind.KEUZE:
        return {}
    synonyms = {JA_NEE: _YES_NO, LABELS: _LABELS}.get(options) or _VALUES.get(fact, {})
    codes = {make_key(option): option for option in options}
    for code, words in synonyms.items():
        codes.update({make_key(word): code for word in words.split("; ")})
    return codes


def is_unknown(word: str, fact: str = "") -> bool:
    """Tell whether a word says that the value is not known."""
    plain = word.strip().casefold()
    return plain in _UNKNOWN or plain in _UNKNOWN_OF.get(fact, ())


def is_perhaps_unknown(word: str, fact: str = "") -> bool:
    """Tell whether a word is read as unknown though it says something else, such as "n.v.t."."""
    plain = word.strip().casefold()
    return plain in _NOT_APPLICABLE or (fact.startswith("energielabel") and plain in _NO_LABEL)
