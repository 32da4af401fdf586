"""What every rule is made of: it refuses unknown keys, has a first day on which it counts, and names its source."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=3)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class Frozen(BaseModel):
    """Immutable, and unknown keys are refused: a typing error in a rule must not pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


class Sourced(Frozen):
    """Something with a day from which it counts and a source. Our own guess says `aanname = true`."""

    vanaf: date
    bron: Text
    artikel: str = ""
    geraadpleegd: date
    aanname: bool = False
    toelichting: str = ""

    @model_validator(mode="after")
    def _not_consulted_in_a_later_age(self) -> Self:
        if not self.aanname and not self.artikel:
            msg = "artikel ontbreekt: noem het hoofdstuk of artikel, of zet aanname = true"
            raise ValueError(msg)
        return self
