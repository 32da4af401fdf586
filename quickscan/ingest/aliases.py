"""The words senders use, and the word of ours that each stands for.

An alias is another name for a column; a synonym is another word for a value. Both are compared by their key: lower
case, without accents, spaces or punctuation, so that `Huisnr. van` and `huisnr_van` are one word. The percent and
plus sign stay, because they carry meaning. A place column gives the position of a building and is not a fact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from quickscan.domain.facts import FACTS, JA_NEE, LABELS, Kind
from quickscan.domain.terms import UNKNOWN_WORDS

PLACE_COLUMNS = ("geometry", "x", "y", "lon", "lat")

# The columns that together say: this file has the layout of the BAG service of PDOK.
REGISTER_LAYOUT = frozenset({"identificatie", "bouwjaar", "status"})

# Columns of registers that are known and have no use here; not worth a notice.
KNOWN_UNUSED = frozenset({"rdf_seealso", "verblijfsobject.href", "geconstateerd", "documentdatum", "documentnummer", "fid"})

_COLUMNS: Mapping[str, str] = {
    "pand_id": "identificatie; pandidentificatie; identificatie pand; pand; BAG pand; BAG pand id; BAG id; BAGPandIDs; "
    "Pand_bagpandid; bagIdentificatie; pandnummer",
    "complex_code": "complex; complexnr; complexnummer; cluster; clustercode; clusternummer",
    "naam": "complexnaam; naam complex; gebouw; gebouwnaam; naam gebouw; clusternaam",
    "straat": "straatnaam; openbare ruimte; openbare ruimte naam",
    "huisnummer": "huisnr; nr; huisnr van; huisnummer van; huisnummers; Pand_huisnummer",
    "postcode": "pc; pc6; Pand_postcode",
    "woonplaats": "plaats; plaatsnaam; woonplaatsnaam",
    "gemeentecode": "gm code",
    "gemeente": "gemeentenaam; gm naam",
    "wijkcode": "wk code",
    "wijk": "wijknaam; wk naam",
    "buurtcode": "bu code",
    "buurt": "buurtnaam; bu naam",
    "bouwjaar": "bouwjr; jaar van bouw; oorspronkelijk bouwjaar; bouwjaar pand",
    "status": "bagStatus",
    "gebruiksdoel": "gebruiksdoelen; bagGebruiksdoelen; gebruiksfunctie",
    "aantal_verblijfsobjecten": "vbo; aantal vbo; aantal vbo's",
    "aantal_woningen": "vhe; aantal vhe; vhe's; aantal vhe's; aantal eenheden; aantal verhuureenheden; aantal og eenheden",
    "gemiddelde_go_m2": "gem opp; gem oppervlakte; gemiddelde oppervlakte; gem go; gem gbo; gemiddelde gbo; "
    "gem gebruiksoppervlakte; gemiddelde gebruiksoppervlakte",
    "grondvlak_m2": "footprint; grondoppervlak; bebouwd oppervlak; b3_opp_grond",
    "dakoppervlak_plat_m2": "plat dakoppervlak; oppervlakte plat dak; b3_opp_dak_plat",
    "daktype": "dak; dakvorm; soort dak; type dak; b3_dak_type",
    "hoogte_m": "gebouwhoogte; bouwhoogte; dakhoogte",
    "bouwlagen": "aantal bouwlagen; lagen; aantal lagen; b3_bouwlagen",
    "ontsluiting": "ontsluitingstype; type ontsluiting; detailsoort; bloktype; flattype",
    "aantal_portieken": "trappenhuizen; aantal trappenhuizen",
    "bloklengte_m": "gebouwlengte; lengte blok",
    "lift": "lift aanwezig; liftaanwezig; lift j/n; heeft lift",
    "bouwsysteem": "bouwmethode; systeembouw",
    "fundering": "fundatie; funderingstype; type fundering; soort fundering",
    "conditiescore": "conditie; conditiemeting; NEN 2767; conditiescore NEN 2767",
    "energielabel": "label; energieklasse; Pand_energieklasse; labelklasse; EP label",
    "energielabel_slechtst": "laagste label; slechtste energielabel; laagste energielabel",
    "monumentstatus": "monument; monumenten",
    "eigendomsvorm": "bezit; bezitsvorm; eigendomssituatie",
    "aandeel_eigendom": "eigendom %; % eigendom; eigendomspercentage; percentage eigendom; juridischEigendomspercentage; "
    "aandeel bezit",
    "garageboxen": "garages; aantal garages; aantal garageboxen",
    "plint_m2": "plintoppervlakte; oppervlakte plint",
    "vrije_kopgevels": "kopgevels; aantal vrije kopgevels",
    "max_bouwhoogte_m": "maximale bouwhoogte; toegestane bouwhoogte",
    "huidige_functie": "bestemming; functie omgevingsplan",
    "parkeerregime": "parkeren",
    "groot_onderhoud_jaar": "jaar groot onderhoud; planjaar groot onderhoud",
    "renovatiejaar": "renovatie; jaar renovatie; laatste renovatie",
    "woz_gemiddeld_eur": "woz; gem woz; woz waarde; gemiddelde woz waarde; gem woz waarde",
    "ncw_per_woning_eur": "ncw",
    "geometry": "geometrie; geom; the_geom; wkt",
    "x": "x rd; rd x; x coordinaat; x coord",
    "y": "y rd; rd y; y coordinaat; y coord",
    "lon": "lng; long; longitude; lengtegraad",
    "lat": "latitude; breedtegraad",
}

_YES_NO = {"ja": "j; y; yes; true; waar; 1; wel", "nee": "n; no; false; onwaar; 0; geen; neen"}
_LABELS = {"A++++": "AP4", "A+++": "AP3", "A++": "APP", "A+": "AP"}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "daktype": {
        "plat": "plat dak; platdak; horizontaal; horizontal; single horizontal",
        "plat getrapt": "multiple horizontal; getrapt; plat dak getrapt; plat met verspringing",
        "kap": "hellend; hellend dak; schuin; schuin dak; slanted; zadeldak; kapdak",
    },
    "ontsluiting": {
        "portiek": "POF; POW; portiekflat; portiekwoning; portiekwoningen; portiekontsluiting",
        "galerij": "GAL; galerijflat; galerijwoning; galerijwoningen; galerijontsluiting",
        "corridor": "COR; corridorflat; corridorontsluiting",
        "maisonnette": "MAI; maisonette; maisonnettes; maisonettes",
        "overig": "anders; overige",
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
        "beschermd gezicht": "beschermd stadsgezicht; beschermd dorpsgezicht",
    },
    "eigendomsvorm": {
        "volledig": "100%; 100; 1; volledig eigendom; volledig bezit; geheel",
        "gespikkeld": "gespikkeld bezit; gemengd; deels",
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


def make_key(word: str) -> str:
    """Return what two spellings of one word share."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    return re.sub(r"[^a-z0-9%+]", "", plain)


def make_header_keys(header: str) -> tuple[str, ...]:
    """Return the keys to try for a header: as written, without what is in brackets, without a unit at the end."""
    without_brackets = re.sub(r"[(\[][^)\]]*[)\]]", " ", header).strip()
    plain = unicodedata.normalize("NFKD", without_brackets).casefold()
    keys = (make_key(header), make_key(without_brackets), make_key(_UNIT_AT_END.sub("", plain)))
    return tuple(dict.fromkeys(key for key in keys if key))


@cache
def get_column_aliases() -> Mapping[str, str]:
    """Return key → fact or place column: the facts' own names and labels, and the aliases above."""
    aliases: dict[str, str] = {}
    for name in (*FACTS, *PLACE_COLUMNS):
        aliases.update(dict.fromkeys(make_header_keys(name), name))
    for name, fact in FACTS.items():
        aliases.setdefault(make_key(fact.label), name)
    for name, words in _COLUMNS.items():
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
