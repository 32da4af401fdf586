"""Bands cover every number once: no gap, no overlap, and open at both ends. A limit of None is the open end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def check_bands(bands: Sequence[tuple[float | None, float | None]]) -> list[str]:
    """Return what is wrong with bands given as (lower, upper); an empty list means that they hold."""
    limits = sorted(bands, key=lambda band: float("-inf") if band[0] is None else band[0])
    faults = []
    if limits[0][0] is not None:
        faults.append(f"onder {limits[0][0]:g} is geen band: laat de ondergrens van de laagste band weg")
    if limits[-1][1] is not None:
        faults.append(f"boven {limits[-1][1]:g} is geen band: laat de bovengrens van de hoogste band weg")
    for (_, upper), (lower, _) in pairwise(limits):
        if upper is None or lower is None or upper > lower:
            shared = lower if lower is not None else upper
            faults.append(
                f"twee banden overlappen{'' if shared is None else f' bij {shared:g}'}; laat de ene beginnen waar de andere stopt"
            )
        elif upper < lower:
            faults.append(f"tussen {upper:g} en {lower:g} is een gat tussen twee banden; laat ze op elkaar aansluiten")
    return faults
