"""The names senders give to columns, and the target that each stands for.

A target is a fact, a place column (the position of a building, not a fact), or a part: a column that only has a
meaning together with another, such as the last house number of a range or the number of one dwelling. The spellings of
the BAG (PDOK, GML and extract), 3DBAG, EP-Online, CBS, VERA and the lists of corporations are all here.
"""

from __future__ import annotations

from collections.abc import Mapping

from quickscan.domain.intake import EXPORT_MARK, FAULT_HEADERS

PLACE_COLUMNS = ("geometry", "x", "y", "lon", "lat")

# Parts of something else: part → what the screen says the column became.
PARTS: Mapping[str, str | None] = {
    "huisnummer_tot": "huisnummer",
    "huisletter": "huisnummer",
    "huisnummer_toevoeging": "huisnummer",
    "eenheid": "aantal_woningen",
    "eenheid_soort": "aantal_woningen",
    "oppervlakte_woning": "gemiddelde_go_m2",
}
UNIT_PARTS = frozenset({"eenheid", "eenheid_soort", "oppervlakte_woning"})  # they say something in a list of dwellings only

# The columns that together say: this file has the layout of the BAG service of PDOK.
REGISTER_LAYOUT = frozenset({"identificatie", "bouwjaar", "status"})

# Columns of registers and of our own files that are known and have no use here; not worth a notice.
KNOWN_UNUSED = frozenset(
    {
        "rdf_seealso",
        "verblijfsobject.href",
        "geconstateerd",
        "documentdatum",
        "documentnummer",
        "fid",
        EXPORT_MARK,
        *FAULT_HEADERS,
    }
)

COLUMN_NAMES: Mapping[str, str] = {
    "pand_id": "identificatie; pandidentificatie; identificatie pand; pand; BAG pand; BAG pand id; BAG id; BAGPandIDs; "
    "Pand_bagpandid; bagIdentificatie; pandnummer; bagpandid; pand bag id; id pand; BAG id pand; BAG pandnummer; BAG nummer; "
    "BAG nr; BAG pandnr; pandnr; BAG identificatie pand; BAG pandidentificatie; BAG identificatienummer; BAG code; "
    "bag pand identificatie; pandrelatering; BAG pand nr; BAG pand nummer; BAG panden; bagPandenBasisregistratie",
    "complex_code": "complex; complexnr; complexnummer; cluster; clustercode; clusternummer; complex nr; compl nr; complexid; "
    "complex id; cluster code; clusters code; clusterid; clusternr; FT cluster; financieel complex; onderhoudscomplex",
    "naam": "complexnaam; naam complex; gebouw; gebouwnaam; naam gebouw; clusternaam; cluster naam; clusters naam; complex naam; "
    "complexomschrijving; omschrijving complex; projectnaam; Pand_projectnaam; pandnaam; naam pand",
    "straat": "straatnaam; openbare ruimte; openbare ruimte naam; openbareruimtenaam; naam openbare ruimte; straat naam",
    "huisnummer": "huisnr; nr; huisnr van; huisnummer van; huisnummers; Pand_huisnummer; hnr; huis nr; huisnummer vanaf; "
    "van huisnummer; van huisnr; huisnrs; huisnummerreeks",
    "postcode": "pc; pc6; Pand_postcode; postcode 6; postkode; postcode pc6",
    "woonplaats": "plaats; plaatsnaam; woonplaatsnaam; woonplaats naam; stad",
    "gemeentecode": "gm code; gemcode; gemeente code; CBS gemeentecode",
    "gemeente": "gemeentenaam; gm naam; gemeente naam",
    "wijkcode": "wk code; wijk code; CBS wijkcode",
    "wijk": "wijknaam; wk naam; wijk naam",
    "buurtcode": "bu code; buurt code; CBS buurtcode",
    "buurt": "buurtnaam; bu naam; buurt naam",
    "bouwjaar": "bouwjr; jaar van bouw; oorspronkelijk bouwjaar; bouwjaar pand; bwjr; bj; bouwjaar complex; bouwjaar gebouw; "
    "jaar bouw; stichtingsjaar; bouwjaar BAG; BAG bouwjaar; bouwjaar oorspronkelijk",
    "status": "bagStatus; pandstatus; status pand; BAG status pand; status BAG",
    "gebruiksdoel": "gebruiksdoelen; bagGebruiksdoelen; gebruiksfunctie; gebruiksdoel BAG; BAG gebruiksdoel",
    "aantal_verblijfsobjecten": "vbo; aantal vbo; aantal vbo's; aantal verblijfsobject",
    "aantal_woningen": "vhe; aantal vhe; vhe's; aantal vhe's; aantal eenheden; aantal verhuureenheden; aantal og eenheden; "
    "aantal won; woningen; aantal oge; aantal appartementen; aant woningen; # woningen; woningaantal; n woningen",
    "oppervlakte_min": "min oppervlakte; kleinste oppervlakte",
    "oppervlakte_max": "max oppervlakte; grootste oppervlakte",
    "gemiddelde_go_m2": "gem opp; gem oppervlakte; gemiddelde oppervlakte; gem go; gem gbo; gemiddelde gbo; "
    "gem gebruiksoppervlakte; gemiddelde gebruiksoppervlakte; gemiddelde go; gem woonoppervlakte; gem opp woning; "
    "gemiddelde woonoppervlakte; gem m2; gbo gemiddeld; go gemiddeld; oppervlakte gemiddeld",
    "grondvlak_m2": "footprint; grondoppervlak; bebouwd oppervlak; b3_opp_grond; oppervlakte pand; pandoppervlakte; "
    "bebouwde oppervlakte; opp grondvlak; grondoppervlakte; voetafdruk",
    "dakoppervlak_plat_m2": "plat dakoppervlak; oppervlakte plat dak; b3_opp_dak_plat; opp plat dak; plat dakoppervlakte",
    "daktype": "dak; dakvorm; soort dak; type dak; b3_dak_type; daksoort; dak type; dak vorm",
    "hoogte_m": "gebouwhoogte; bouwhoogte; dakhoogte; hoogte gebouw; hoogte pand; pandhoogte",
    "bouwlagen": "aantal bouwlagen; lagen; aantal lagen; b3_bouwlagen; aant bouwlagen; bouwlaag; # bouwlagen; aantal bouwl",
    "ontsluiting": "ontsluitingstype; type ontsluiting; detailsoort; bloktype; flattype; ontsluitingswijze; ontsluitingsvorm; "
    "soort ontsluiting; type flat; eenheiddetailsoort; galerij of portiek",
    "aantal_portieken": "trappenhuizen; aantal trappenhuizen; portieken",
    "bloklengte_m": "gebouwlengte; lengte blok; lengte gebouw",
    "lift": "lift aanwezig; liftaanwezig; lift j/n; heeft lift; lift ja nee; met lift; liftinstallatie; liften",
    "bouwsysteem": "bouwmethode; systeembouw; bouwwijze; type bouwsysteem",
    "fundering": "fundatie; funderingstype; type fundering; soort fundering; funderingswijze",
    "conditiescore": "conditie; conditiemeting; NEN 2767; conditiescore NEN 2767; NEN2767 score; conditiescore gebouw",
    "energielabel": "label; energieklasse; Pand_energieklasse; labelklasse; EP label; energie label; energielabelklasse; "
    "huidig label; energieprestaties label; energieprestaties label code; label code; energielabel huidig; EPA label",
    "energielabel_slechtst": "laagste label; slechtste energielabel; laagste energielabel; laagste_label",
    "monumentstatus": "monument; monumenten; monumentenstatus; monument status; type monument; soort monument",
    "eigendomsvorm": "bezit; bezitsvorm; eigendomssituatie; eigendom vorm; soort eigendom; type eigendom; vve",
    "aandeel_eigendom": "eigendom %; % eigendom; eigendomspercentage; percentage eigendom; juridischEigendomspercentage; "
    "aandeel bezit; % bezit; bezit %; percentage bezit; eigendomsaandeel; perc eigendom",
    "grondpositie": "erfpacht; soort grond; grondeigendom",
    "garageboxen": "garages; aantal garages; aantal garageboxen; bergingen begane grond",
    "plint_m2": "plintoppervlakte; oppervlakte plint",
    "vrije_kopgevels": "kopgevels; aantal vrije kopgevels; aantal kopgevels",
    "max_bouwhoogte_m": "maximale bouwhoogte; toegestane bouwhoogte; max bouwhoogte; max hoogte; maximum bouwhoogte",
    "huidige_functie": "bestemming; functie omgevingsplan; huidige bestemming",
    "parkeerregime": "parkeren; parkeersituatie",
    "groot_onderhoud_jaar": "jaar groot onderhoud; planjaar groot onderhoud; planjaar onderhoud; GO jaar; jaar GO; "
    "volgend groot onderhoud",
    "renovatiejaar": "renovatie; jaar renovatie; laatste renovatie; renovatie jaar; gerenoveerd in; jaar van renovatie; "
    "laatste renovatiejaar",
    "woz_gemiddeld_eur": "woz; gem woz; woz waarde; gemiddelde woz waarde; gem woz waarde; gemiddelde woz; woz gemiddeld; "
    "woz per woning; woz beschikking",
    "ncw_per_woning_eur": "ncw; ncw per woning",
    "geometry": "geometrie; geom; the_geom; wkt; polygoon; contour",
    "x": "x rd; rd x; x coordinaat; x coord; rd x coordinaat; xcoord",
    "y": "y rd; rd y; y coordinaat; y coord; rd y coordinaat; ycoord",
    "lon": "lng; long; longitude; lengtegraad",
    "lat": "latitude; breedtegraad",
    "huisnummer_tot": "huisnr t/m; huisnummer t/m; huisnr tot; huisnr tm; huisnummer tot; huisnummer tot en met; "
    "huisnr tot en met; t/m huisnr; t/m huisnummer; huisnr t m; tot huisnummer; tm huisnummer",
    "huisletter": "huisltr; letter; huis letter; huisnummerletter",
    "huisnummer_toevoeging": "toevoeging; huisnummertoevoeging; huisnr toev; toev; huisnr toevoeging; Pand_huisnummer_toev; "
    "huisnummer toev; hnr toev; toevoeging huisnummer",
    "eenheid": "vhe nummer; vhe nr; vhenr; vhe id; vhe code; eenheidnummer; eenheidnr; eenheid nr; eenheid nummer; "
    "eenheid code; eenheid id; og eenheid; og nummer; oge nummer; oge nr; oge; verhuureenheid; verhuureenheidnummer; "
    "verhuureenheid nr; woningnummer; woning nr; woningnr; vbo id; verblijfsobject id; verblijfsobject; BAG vbo; BAG vbo id; "
    "verblijfsobjectid; verblijfsobjectidentificatie; identificatie verblijfsobject; Pand_bagverblijfsobjectid; "
    "BAGVerblijfsobjectID; adresseerbaar object; adresseerbaar_object_identificatie; adresseerbaarobject_id",
    "eenheid_soort": "eenheidsoort; soort eenheid; type eenheid; soort vhe; type vhe; vhe soort; vhe type; soort; "
    "type woning; woningtype; objectsoort; soort object",
    "oppervlakte_woning": "oppervlakte; gebruiksoppervlakte; go; gbo; woonoppervlakte; go m2; gbo m2; opp; m2; "
    "bagGebruikersOppervlakte; bagOppervlakteVerblijfsobject; Pand_gebruiksoppervlakte; gebruiksoppervlakte woning; "
    "Pand_gebruiksoppervlakte_thermische_zone; Gebruiksoppervlakte_thermische_zone; oppervlakte woning; opp woning",
}
