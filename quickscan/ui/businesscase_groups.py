"""How the inputs of a business case are grouped on the screen: as people look for them. Every input stands in one group."""

from __future__ import annotations

from collections.abc import Mapping

from quickscan.domain.finance.inputs import INPUTS

SHARING_NAMES = {"alle_woningen": "over alle woningen", "alleen_nieuw": "alleen over de nieuwe woningen"}
OPTIONAL = {
    "verduurzaming": "Verduurzamen",
    "lift": "Lift erbij",
    "aanplakken": "Aanplakken",
    "uitplinten": "Uitplinten",
}
# Sections of the inputs, as people look for them; a section may stand in one group only.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Woningen en huur": (
        "woning.segment",
        "woning.aantal",
        "woning.aantal_laag",
        "woning.aantal_hoog",
        "woning.huur_eur_per_maand",
    ),
    "Bouwkosten": (
        "woning.bouwkosten_eur_ex_btw",
        "parameters.btw",
        "parameters.bouwkostenstijging",
        "parameters.bijkomende_kosten",
        "parameters.onvoorzien",
        "extra.fundering_eur_ex_btw",
        "extra.asbest_eur_ex_btw",
        "extra.dak_m2",
        "extra.dak_bespaard_eur_ex_btw",
        "extra.dak_over_jaren",
        "extra.leges",
        "extra.grondprijs_eur",
        "extra.canon_eur_per_jaar",
        "extra.overig_eur_ex_btw",
    ),
    "Exploitatie en rente": (
        "parameters.disconteringsvoet",
        "parameters.horizon_jaren",
        "parameters.huurstijging",
        "parameters.kostenstijging",
        "parameters.derving",
        "parameters.onderhoud_eur_per_jaar",
        "parameters.beheer_eur_per_jaar",
        "parameters.restwaarde_eur",
    ),
    "Verduurzaming en lift": (
        "parameters.gedeelde_kosten",
        *(key for key in INPUTS if key.startswith(("verduurzaming.", "lift."))),
    ),
    "Aanplakken en uitplinten": tuple(key for key in INPUTS if key.startswith(("aanplakken.", "uitplinten."))),
    "Bestaand gebouw": tuple(key for key in INPUTS if key.startswith(("bestaand.", "renovatie.", "sloop_nieuwbouw."))),
    "Groot onderhoud": tuple(key for key in INPUTS if key.startswith("mjop.")),
    "Planning": (
        "planning.start_bouw",
        "planning.oplevering",
        "planning.vertraging_maanden",
        "planning.vertraging_laag",
        "planning.vertraging_hoog",
    ),
    "Parkeren en rekenwijze": (
        "extra.parkeerplaatsen",
        "extra.parkeerplaats_eur",
        "onzekerheid.trekkingen",
        "onzekerheid.zaad",
    ),
}
