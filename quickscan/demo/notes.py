"""Notes as two people at a table write them down, for the best (True) and the worst (False) answer to a criterion.

Only criteria whose ends keep their meaning have a note; the texts name nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

NOTES: Mapping[tuple[str, bool], str] = {
    (
        "bou.draagkracht",
        True,
    ): "Constructeur rekende in het voorjaar: één lichte laag kan op de dwarswanden. Rapport zit in het dossier.",
    (
        "bou.draagkracht",
        False,
    ): "Berekening laat een tekort zien bij de kopwand. Navragen of versterken van alleen die wand genoeg is.",
    ("bou.archief", True): "Bestektekeningen en berekening gevonden in de doos van de gemeente, alles gescand.",
    ("bou.archief", False): "Twee keer gezocht, ook bij de oude architect. Niets gevonden.",
    ("bou.netaansluiting", False): "Netbeheerder noemt geen datum. In het voorjaar opnieuw vragen.",
    (
        "bou.netaansluiting",
        True,
    ): "Mail van de netbeheerder van september: de extra aansluitingen kunnen op het bestaande station.",
    ("bou.installaties", False): "Standleidingen zijn van het eerste uur en zitten vol. Alles nieuw rekenen.",
    ("bou.bouwplaats", True): "Kraan kan op het grasveld achter het blok staan, de straat blijft open.",
    ("bou.bouwplaats", False): "Kraan past alleen op het schoolplein. Werken in de zomervakantie?",
    ("pla.parkeren", True): "Avondtelling van oktober: ongeveer een derde van de plekken was vrij.",
    ("pla.parkeren", False): "’s Avonds staat alles vol. Zonder deelauto’s komen we hier niet uit.",
    ("pla.flora_fauna", False): "Bewoners zien vleermuizen bij de dakrand. Eerst een jaar onderzoek plannen.",
    ("pla.welstand", True): "Welstand is enthousiast over een lichte, teruggelegde laag.",
    ("pla.bouwhoogte", False): "Ligt in de aanvliegroute: volgens het luchthavenbesluit kan het hier niet hoger.",
    ("pla.eigendom", False): "Bij de laatste vergadering stemde een derde tegen. Vier vijfde lijkt ver weg.",
    ("fin.investeringsruimte", True): "Staat in de begroting van 2027, onder voorbehoud van het startbesluit.",
    ("fin.investeringsruimte", False): "Dit jaar geen geld meer voor nieuwe plannen. In maart weer op de agenda.",
    ("fin.subsidie", True): "Past bij de regeling van de provincie. Aanvraag moet vóór 1 april weg.",
    ("fin.koppelkans", True): "De isolatie is ook voor de huidige bewoners. De kosten gaan over alle woningen.",
    ("org.draagvlak", True): "Huurdersvereniging denkt mee en ziet het dak graag vernieuwd.",
    ("org.draagvlak", False): "Op de bewonersavond veel zorgen over lawaai en schaduw.",
    ("org.kartrekker_gemeente", True): "De wijkregisseur trekt dit, twee dagen in de week.",
    ("org.kartrekker_corporatie", False): "De vorige projectleider is vertrokken. Opvolging is nog niet geregeld.",
    ("org.bestuur", True): "Staat in de prestatieafspraken van dit jaar.",
    ("org.opdrachtnemer", True): "Bouwer van het vorige project wil dit als vervolg oppakken.",
}
