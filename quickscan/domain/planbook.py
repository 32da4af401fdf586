"""What the rulebook says of the plan, beside steps and parameters: seasons, closings, lessons, actions, tasks and measures.

A *seizoen* has windows in which nature can be counted; each has to be used once, and who misses one waits a year. A
*sluiting* is a time in which nobody builds. A *les* lets a step start before the one before it ends; how many months is
a parameter. A *actie* is something to do: in every project (`altijd`), worth considering (`overweeg`), or only after an
answer that asks for it (`na antwoord`). It has to be ready before the step `klaar_voor` starts (8: the first tenant),
and takes `doorlooptijd_weken`. A *punt* is one line of the checklist and names the actions that fulfil it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from quickscan.domain.sourced import Code, Frozen, Sourced, Text

StepNumber = Annotated[int, Field(ge=1, le=8)]
MonthDay = Annotated[str, Field(pattern=r"^\d\d-\d\d$")]
LEAP = 2000  # a year with every day in it
KLAAR_VOOR = {1: 3, 2: 6, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 8}  # the step after it in the chain; 8 is the first tenant

Rol = Literal["initiatiefnemer", "planontwikkelaar", "plantoetser"]
Wanneer = Literal["altijd", "overweeg", "na antwoord"]
Actietype = Literal["raadplegen", "uitvoeren", "uitbesteden", "in positie brengen"]


class Window(Frozen):
    """Days of every year, from and to included; `tot_en_met` before `van` runs over New Year."""

    van: MonthDay
    tot_en_met: MonthDay
    dagen: Annotated[int, Field(ge=1)] = 1  # needed within the window, from the first visit to the last

    @model_validator(mode="after")
    def _are_days(self) -> Self:
        for text in (self.van, self.tot_en_met):
            try:
                date(LEAP, *(int(part) for part in text.split("-")))
            except ValueError:
                msg = f"'{text}' is geen dag van het jaar; schrijf maand-dag, bijvoorbeeld 05-15"
                raise ValueError(msg) from None
        return self


class Season(Sourced):
    """When a kind of animal can be counted; every window is needed once."""

    id: Code
    naam: Text
    vensters: tuple[Window, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _visits_fit(self) -> Self:
        for window in self.vensters:
            first, last = (date(LEAP, *(int(part) for part in text.split("-"))) for text in (window.van, window.tot_en_met))
            if (last - first).days + 1 < window.dagen:
                msg = f"venster {window.van} tot en met {window.tot_en_met} is korter dan de {window.dagen} dagen die nodig zijn"
                raise ValueError(msg)
        return self


class Closing(Sourced):
    """A time of the year in which nobody builds."""

    id: Code
    naam: Text
    venster: Window


class Lesson(Sourced):
    """A lesson of parallel planning: `stap` starts earlier, by as many months as the parameter says."""

    id: Code
    nummer: Annotated[int, Field(ge=1)]
    naam: Text
    uitleg: Text
    stap: Annotated[int, Field(ge=3, le=7)]  # a step that waits for another
    parameter: Text


class Step(Frozen):
    """One of the eight steps of the handreiking."""

    nummer: StepNumber
    naam: Text
    wie: Text
    resultaat: Text
    bron: Text
    artikel: Text


class Action(Frozen):
    """Something to do: by whom, in which step, when, and how long it takes."""

    id: Code
    titel: Text
    uitleg: Text
    stap: StepNumber
    wie: Text
    soort: Actietype
    wanneer: Wanneer
    doorlooptijd_weken: Annotated[float, Field(gt=0, le=200)]
    doorlooptijd_bron: str = "aanname"
    klaar_voor: StepNumber | None = None
    seizoenen: tuple[Code, ...] = ()  # it has to run through these, so the calendar decides how long it takes
    bron: Text
    artikel: Text
    aanname: bool = False

    @property
    def before(self) -> int:
        """The step that waits for it: one of the chain 1, 3, 4, 5, 6, 7, or 8 for the first tenant."""
        return KLAAR_VOOR[self.stap] if self.klaar_voor is None else self.klaar_voor

    @property
    def owners(self) -> tuple[str, ...]:
        """The parties that do it."""
        return tuple(self.wie.split(" en "))


class ChecklistItem(Frozen):
    """One line of the checklist "altijd doen", in our words."""

    nummer: Annotated[int, Field(ge=1)]
    stap: StepNumber
    titel: Text
    acties: tuple[Code, ...] = Field(min_length=1)
    bron: Text
    artikel: Text


class Task(Frozen):
    """One of the fifteen tasks in the triangle of opdrachtgever, overheid and opdrachtnemer."""

    nummer: Annotated[int, Field(ge=1)]
    titel: Text
    rol: Rol
    meestal: Literal["corporatie", "gemeente", "bouwer"]  # our guess of who usually does it
    bron: Text
    artikel: Text


class MovingMeasure(Frozen):
    """Something that helps people move within the building or the neighbourhood (doorstroming)."""

    id: Code
    naam: Text
    uitleg: Text
    soort: Literal["informeren", "ontzorgen", "beleid", "financiële prikkel"]
    bron: Text
    artikel: Text


class Level(Frozen):
    """How far residents take part."""

    id: Code
    naam: Text
    uitleg: Text
    past_bij: Text
    bron: Text
    artikel: Text


class PlanBook(Frozen):
    """All of it."""

    seizoenen: tuple[Season, ...] = ()
    sluitingen: tuple[Closing, ...] = ()
    lessen: tuple[Lesson, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    taken: tuple[Task, ...] = ()
    doorstroming: tuple[MovingMeasure, ...] = ()
    participatie: tuple[Level, ...] = ()

    def on(self, day: date) -> PlanBook:
        """Return what counts on a day."""
        return self.model_copy(
            update={
                name: tuple(item for item in getattr(self, name) if item.vanaf <= day)
                for name in ("seizoenen", "sluitingen", "lessen")
            }
        )
