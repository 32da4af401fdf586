"""Real projects in which homes were added, and which of them can test how the tool reckons homes.

The table is `projecten.toml`, kept by people. Every row has either a `meting`, the inputs for a back-test, or says in
`uitgesloten` why it has none. Where sources differ both ends are kept: nothing is averaged.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import tomli
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from quickscan.domain.errors import QuickscanError
from quickscan.domain.terms import Interventie

TABLE = Path(__file__).with_name("projecten.toml")
Text = Annotated[str, Field(min_length=3)]


class ReferenceTableError(QuickscanError):
    """The table of reference projects does not hold; says which project, what, and what to do."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Aantal(_Frozen):
    """A count; `laag` and `hoog` differ when sources differ or parts of the project do."""

    laag: Annotated[int, Field(ge=0)]
    hoog: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.laag > self.hoog:
            msg = f"laag ({self.laag}) is meer dan hoog ({self.hoog}); draai ze om"
            raise ValueError(msg)
        return self

    @property
    def exact(self) -> int | None:
        """Return the count when there is only one."""
        return self.laag if self.laag == self.hoog else None


def _as_range(value: object) -> object:
    return {"laag": value, "hoog": value} if isinstance(value, int) and not isinstance(value, bool) else value


Count = Annotated[Aantal, BeforeValidator(_as_range)]


class Meting(_Frozen):
    """What went into the project, as the tool would ask it."""

    interventie: Interventie
    ontsluiting: Literal["galerij", "portiek", "corridor", "maisonnette", "overig"] | None = None
    bloklengte_m: Annotated[float, Field(gt=0)] | None = None
    aantal_portieken: Annotated[int, Field(gt=0)] | None = None
    dakoppervlak_plat_m2: Annotated[float, Field(gt=0)] | None = None
    lagen: Annotated[int, Field(gt=0)] | None = None
    garageboxen: Annotated[int, Field(gt=0)] | None = None
    plint_m2: Annotated[float, Field(gt=0)] | None = None
    kopgevels: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _holds_what_its_interventie_needs(self) -> Self:
        given = set(self.model_dump(exclude_none=True))
        needed = _NEEDED[self.interventie]
        if not any(inputs <= given for inputs in needed):
            listed = ", of ".join(" en ".join(sorted(inputs)) for inputs in needed)
            msg = f"voor {self.interventie} is nodig: {listed}"
            raise ValueError(msg)
        return self

    def facts(self) -> dict[str, float | str]:
        """Return the inputs under the names of facts, to put in a frame of buildings."""
        values = self.model_dump(exclude_none=True, exclude={"interventie"})
        return {_FACT_NAMES.get(name, name): value if isinstance(value, str) else float(value) for name, value in values.items()}


_FACT_NAMES = {"lagen": "extra_bouwlagen", "kopgevels": "vrije_kopgevels"}
_NEEDED: dict[Interventie, tuple[frozenset[str], ...]] = {
    Interventie.OPTOPPEN: (
        frozenset({"ontsluiting", "bloklengte_m", "lagen"}),
        frozenset({"ontsluiting", "aantal_portieken", "lagen"}),
        frozenset({"dakoppervlak_plat_m2", "lagen"}),
    ),
    Interventie.AANPLAKKEN: (frozenset({"kopgevels"}),),
    Interventie.UITPLINTEN: (frozenset({"garageboxen"}), frozenset({"plint_m2"})),
}


class ReferenceProject(_Frozen):
    """One project. What no source tells is None or empty."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    naam: Text
    soort: Literal["gebouw", "programma", "potentiestudie"] = "gebouw"
    eigenaar: str = ""
    plek: str = ""
    gemeente: str = ""
    provincie: str = ""  # outside the Netherlands: the state, region or county
    land: str = "Nederland"
    bouwjaar: Annotated[int, Field(ge=1500, le=2035)] | None = None
    bouwperiode: str = ""  # when no source gives one year
    bestaande_woningen: Count | None = None
    bestaande_bouwlagen: Count | None = None
    toegevoegd: Count | None = None
    toegevoegde_lagen: Count | None = None
    methode: Literal["optoppen", "aanplakken", "uitplinten", "gemengd"]
    status: Literal["opgeleverd", "in uitvoering", "gepland", "studie", "onbekend"]
    jaar: str = ""
    bron: Annotated[tuple[Text, ...], Field(min_length=1)]
    geraadpleegd: date
    toelichting: Text
    afleiding: str = ""  # what we inferred ourselves
    regel_ontleend: bool = False  # a rule of the tool was drawn from this very project
    meting: Meting | None = None
    uitgesloten: str = ""

    @model_validator(mode="after")
    def _fit_or_told_why_not(self) -> Self:
        if (self.meting is None) == (not self.uitgesloten):
            msg = "geef óf [project.meting], óf de reden in uitgesloten"
            raise ValueError(msg)
        if self.meting is not None and self.toegevoegd is None:
            msg = "een toets heeft het aantal toegevoegde woningen nodig; vul toegevoegd in"
            raise ValueError(msg)
        if self.meting is not None and self.methode != self.meting.interventie:
            msg = f"methode {self.methode} past niet bij een meting voor {self.meting.interventie}"
            raise ValueError(msg)
        return self

    @property
    def fit_for_backtest(self) -> bool:
        return self.meting is not None


class _Table(_Frozen):
    project: tuple[ReferenceProject, ...]

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [project.id for project in self.project]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            msg = f"id staat er twee keer: {', '.join(twice)}"
            raise ValueError(msg)
        return self


@cache
def load_references() -> tuple[ReferenceProject, ...]:
    """Return the table that ships with the tool; read once per process."""
    return read_references(TABLE)


def read_references(path: Path) -> tuple[ReferenceProject, ...]:
    """Read and check a table; raises ReferenceTableError with every fault in it."""
    try:
        content = tomli.loads(path.read_text(encoding="utf-8"))
        return _Table.model_validate(content).project
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path.name}: geen geldige TOML ({error}); verbeter de regel die genoemd wordt."
        raise ReferenceTableError(msg) from error
    except ValidationError as error:
        faults = [f"- {_place(content, detail['loc'])}: {detail['msg']}" for detail in error.errors()]
        raise ReferenceTableError(f"{path.name} klopt niet:\n" + "\n".join(faults)) from error


def _place(content: dict[str, object], location: tuple[int | str, ...]) -> str:
    """Name the project instead of counting it."""
    projects = content.get("project")
    rest = list(location[1:])
    if rest and isinstance(rest[0], int) and isinstance(projects, list):
        entry = projects[rest[0]]
        rest[0] = entry.get("id", f"project {rest[0] + 1}") if isinstance(entry, dict) else f"project {rest[0] + 1}"
    return ", ".join(map(str, rest)) or "tabel"
