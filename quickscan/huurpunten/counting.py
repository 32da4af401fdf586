"""Count the huurpunten of one home: JSON of a `TypicalHome` and a day in, JSON of a `Points` or a reason out.

`python -m quickscan.huurpunten.counting` is started by `quickscan.huurpunten.process`, one home at a time. The home is
written as a VERA Eenheid, with its rooms, energy label and WOZ-waarde. What the package cannot do here: a year that it does
not know, shared rooms and parking (a typical home has none), and a WOZ-waarde, which nobody knows before the home is there.
"""

from __future__ import annotations

import json
import sys
import warnings
from datetime import date
from typing import Any

from woningwaardering.stelsels.utils import controleer_peildatum
from woningwaardering.stelsels.zelfstandige_woonruimten.zelfstandige_woonruimten import ZelfstandigeWoonruimten
from woningwaardering.vera.bvg.generated import (
    BouwkundigElementenBouwkundigElement,
    EenhedenEenheid,
    EenhedenEnergieprestatie,
    EenhedenPand,
    EenhedenRuimte,
    EenhedenWozEenheid,
)
from woningwaardering.vera.referentiedata import (
    Bouwkundigelementdetailsoort,
    Energielabel,
    Energieprestatiesoort,
    Energieprestatiestatus,
    Installatiesoort,
    Pandsoort,
    Ruimtedetailsoort,
    Ruimtesoort,
    Woningwaarderingstelsel,
)

from quickscan.domain.finance.rentpoints import Points, TypicalHome

BALCONY_DEPTH_M, BALCONY_HEIGHT_M = 1.8, 2.5  # only to make a shape of an area; the points look at the area
SANITARY = (Installatiesoort.douche, Installatiesoort.wastafel, Installatiesoort.hangend_toilet)


def count(home: TypicalHome, day: date) -> Points:
    """Return the points of a home; raises ValueError for a year that the package does not know."""
    controleer_peildatum(day)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no WOZ-waarde is told on our side
        result = ZelfstandigeWoonruimten(peildatum=day).waardeer(_make_unit(home, day))
    parts = tuple(
        (str(group.criterium_groep.stelselgroep.naam), float(group.punten))
        for group in result.groepen or []
        if group.punten and group.criterium_groep is not None and group.criterium_groep.stelselgroep is not None
    )
    return Points(
        points=float(result.punten or 0.0),
        highest_rent=float(result.maximale_huur_inclusief_opslag or 0.0),
        surcharge=float(result.opslagpercentage or 0.0),
        parts=parts,
    )


def _make_unit(home: TypicalHome, day: date) -> EenhedenEenheid:
    worth = [EenhedenWozEenheid(vastgestelde_waarde=home.woz_eur, waardepeildatum=date(day.year - 1, 1, 1))]
    return EenhedenEenheid(
        id=home.kind,
        bouwjaar=home.built,
        gebruiksoppervlakte=round(home.area_m2),
        begin_bouwdatum=date(home.built - 1, 1, 1),
        in_exploitatiedatum=date(home.built, 1, 1),
        woningwaarderingstelsel=Woningwaarderingstelsel.zelfstandige_woonruimten,
        monumenten=[],  # left out, the package would ask a register
        panden=[EenhedenPand(soort=Pandsoort.meergezinswoning)],
        energieprestaties=[_make_label(home.label, day)],
        woz_eenheden=worth if home.woz_eur is not None else [],
        ruimten=_make_rooms(home),
    )


def _make_label(name: str, day: date) -> EenhedenEnergieprestatie:
    return EenhedenEnergieprestatie(
        soort=Energieprestatiesoort.energielabel_conform_nta8800,
        status=Energieprestatiestatus.definitief,
        begindatum=day,
        einddatum=date(day.year + 10, 1, 1),
        label=next(label for label in Energielabel if label.naam == name),
    )


def _make_rooms(home: TypicalHome) -> list[EenhedenRuimte]:
    kitchen = BouwkundigElementenBouwkundigElement(
        id="aanrecht", naam="Aanrecht", detail_soort=Bouwkundigelementdetailsoort.aanrecht, lengte=home.kitchen_mm
    )
    living = _make_room("woonkamer", Ruimtesoort.vertrek, Ruimtedetailsoort.woonkamer_en_of_keuken, home.living_m2)
    living.bouwkundige_elementen = [kitchen]
    bath = _make_room("badkamer", Ruimtesoort.vertrek, Ruimtedetailsoort.badkamer_met_toilet, home.bathroom_m2)
    bath.installaties = list(SANITARY)
    rooms = [living, bath]
    rooms += [
        _make_room(f"slaapkamer {place}", Ruimtesoort.vertrek, Ruimtedetailsoort.slaapkamer, area)
        for place, area in enumerate(home.bedrooms_m2, 1)
    ]
    rooms.append(_make_room("berging", Ruimtesoort.overige_ruimten, Ruimtedetailsoort.berging, home.storage_m2, heated=False))
    if home.outdoor_m2:
        balcony = _make_room("balkon", Ruimtesoort.buitenruimte, Ruimtedetailsoort.balkon, home.outdoor_m2, heated=False)
        balcony.lengte, balcony.breedte = home.outdoor_m2 / BALCONY_DEPTH_M, BALCONY_DEPTH_M
        balcony.hoogte = BALCONY_HEIGHT_M
        rooms.append(balcony)
    return rooms


def _make_room(name: str, kind: Any, detail: Any, area: float, *, heated: bool = True) -> EenhedenRuimte:
    return EenhedenRuimte(id=name, naam=name, soort=kind, detail_soort=detail, oppervlakte=area, verwarmd=heated)


def main() -> None:
    """Read a home and a day, count, and write the outcome; a refusal of the package is written as its reason."""
    asked = json.load(sys.stdin)
    home = TypicalHome(**{**asked["home"], "bedrooms_m2": tuple(asked["home"]["bedrooms_m2"])})
    try:
        found = count(home, date.fromisoformat(asked["day"]))
    except ValueError as error:
        json.dump({"reason": str(error)}, sys.stdout)
        return
    answer = {"points": found.points, "highest_rent": found.highest_rent, "surcharge": found.surcharge, "parts": found.parts}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
