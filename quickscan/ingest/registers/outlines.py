"""Measure the outlines of buildings: their area, and their perimeter without the teeth of balconies and bay windows."""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from quickscan.domain.strategy.families import AREA, PERIMETER

TEETH_M = 1.0  # corners nearer than this to the line are left out


def measure_outlines(shapes: pd.Series) -> pd.DataFrame:
    """Return perimeter and area of each outline (WKB, RD New), NaN where there is none."""
    known = shapes.notna().to_numpy(dtype=bool)
    outlines = shapely.from_wkb(shapes.astype("object").where(known, None).to_numpy(dtype=object))
    areas = np.where(known, shapely.area(outlines), np.nan)
    perimeters = np.where(known, shapely.length(shapely.simplify(outlines, TEETH_M)), np.nan)
    return pd.DataFrame({PERIMETER: perimeters, AREA: np.where(areas > 0, areas, np.nan)}, index=shapes.index)
