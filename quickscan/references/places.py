"""Where reference projects are, roughly: a rounded point per gemeente, and a sketch of the country to put the points in.

All of it is our own estimate in whole steps of 0.05 degrees, kept in `plaatsen.toml`; a point is a gemeente and no address.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import tomli
from pydantic import BaseModel, ConfigDict, Field

TABLE = Path(__file__).with_name("plaatsen.toml")
Longitude = Annotated[float, Field(ge=3, le=8)]
Latitude = Annotated[float, Field(ge=50, le=54)]
Line = tuple[tuple[Longitude, Latitude], ...]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Frozen):
    """A gemeente as a point."""

    naam: str
    lengte: Longitude
    breedte: Latitude


class Sketch(_Frozen):
    """The country in a few lines, drawn by hand."""

    land: Line
    water: Line
    eilanden: tuple[Line, ...]


class Places(_Frozen):
    """All places and the sketch."""

    plaats: tuple[Place, ...]
    schets: Sketch


@cache
def load_places() -> Places:
    """Return the table that ships with the tool; read once per process."""
    return Places.model_validate(tomli.loads(TABLE.read_text(encoding="utf-8")))
