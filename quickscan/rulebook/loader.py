"""Read the rulebook from its folder of TOML files. All faults are collected; each names its file and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import TypeAdapter, ValidationError

from quickscan.domain.errors import RulebookError
from quickscan.domain.facts import FACTS, Kind
from quickscan.domain.measures import MEASURES
from quickscan.domain.planbook import Action, ChecklistItem, Closing, Lesson, Level, MovingMeasure, PlanBook, Season, Step, Task
from quickscan.domain.rules import Choice, Criterion, Parameter, PreselectionRule, Rulebook

NATIONAL = Path(__file__).parent
ASPECT_PREFIX = {"planologisch": "pla", "bouwtechnisch": "bou", "financieel": "fin", "organisatorisch": "org"}
# The plan's own files: which block they hold, of which shape, and under which name the plan has them.
PLAN_FILES: Mapping[str, tuple[str, Any, str]] = {
    "planning/seizoenen.toml": ("seizoen", tuple[Season, ...], "seizoenen"),
    "planning/sluitingen.toml": ("sluiting", tuple[Closing, ...], "sluitingen"),
    "planning/lessen.toml": ("les", tuple[Lesson, ...], "lessen"),
    "planning/checklist.toml": ("punt", tuple[ChecklistItem, ...], "checklist"),
    "planning/taken.toml": ("taak", tuple[Task, ...], "taken"),
    "planning/doorstroming.toml": ("maatregel", tuple[MovingMeasure, ...], "doorstroming"),
    "planning/participatie.toml": ("niveau", tuple[Level, ...], "participatie"),
}
REQUIRED_FILES = ("acties.toml", "stappen.toml", "voorselectie.toml", *PLAN_FILES)
T = TypeVar("T")
_NL = {
    "extra_forbidden": "onbekende sleutel; haal hem weg of verbeter de spelling",
    "missing": "ontbreekt; voeg deze sleutel toe",
    "date_type": "is geen datum; schrijf bijvoorbeeld 2026-01-01 zonder aanhalingstekens",
    "date_from_datetime_parsing": "is geen datum; schrijf bijvoorbeeld 2026-01-01 zonder aanhalingstekens",
    "enum": "is geen bekende waarde",
    "literal_error": "is geen bekende waarde",
    "string_too_short": "is leeg of te kort; schrijf een zin",
    "less_than_equal": "is te groot",
    "greater_than_equal": "is te klein",
    "too_short": "heeft te weinig onderdelen",
    "float_parsing": "is geen getal; schrijf het zonder aanhalingstekens",
    "float_type": "is geen getal; schrijf het zonder aanhalingstekens",
    "finite_number": "is geen gewoon getal; schrijf een getal uit",
    "int_parsing": "is geen heel getal",
    "int_from_float": "is geen heel getal",
    "string_type": "is geen tekst; zet er aanhalingstekens omheen",
    "bool_parsing": "is geen true of false",
    "tuple_type": "is geen lijst; zet er blokhaken omheen",
    "date_parsing": "is geen datum; schrijf bijvoorbeeld 2026-01-01 zonder aanhalingstekens",
    "string_pattern_mismatch": "is niet goed gespeld (kleine letters, cijfers, _ en .)",
}


@cache
def load_national() -> Rulebook:
    """Return the rulebook that ships with the tool; read once per process."""
    return load_rulebook(NATIONAL)


def load_rulebook(folder: Path) -> Rulebook:
    """Read and check a rulebook folder; raises RulebookError with every fault in it."""
    faults: list[str] = []
    parameters = _read_many(folder, "parameters/*.toml", "parameter", tuple[Parameter, ...], faults)
    actions = _read_many(folder, "acties.toml", "actie", tuple[Action, ...], faults)
    steps = _read_many(folder, "stappen.toml", "stap", tuple[Step, ...], faults)
    preselection = _read_many(folder, "voorselectie.toml", "regel", tuple[PreselectionRule, ...], faults)
    plan = _read_plan(folder, faults)
    criteria: list[Criterion] = []
    known = _Known(
        acties=frozenset(action.id for _, action in actions),
        seizoenen=frozenset(season.id for season in plan.seizoenen),
        lessen=frozenset(lesson.id for lesson in plan.lessen),
        parameters=frozenset(parameter.id for _, parameter in parameters),
    )
    faults += _plan_faults(plan, [action for _, action in actions], known)
    for path in sorted(folder.glob("criteria/*/*.toml")):
        for criterion in _validated(path, folder, _parsed(path, folder, faults), Criterion, faults):
            faults += [f"{_where(path, folder)}: {text}" for text in _criterion_faults(criterion, path, known)]
            criteria.append(criterion)
    faults += _twice("parameter", [(file, parameter.id) for file, parameter in parameters])
    faults += _twice("actie", [(file, action.id) for file, action in actions])
    faults += _twice("voorselectieregel", [(file, rule.id) for file, rule in preselection])
    faults += [f"{path}: regel '{rule.id}': {text}" for path, rule in preselection for text in _rule_faults(rule)]
    faults += [f"{name}: ontbreekt; zet hem terug" for name in REQUIRED_FILES if not (folder / name).is_file()]
    used = {needed for measure in MEASURES.values() for needed in measure.parameters}
    faults += [
        f"parameters/: parameter '{missing}' ontbreekt; een meting heeft hem nodig, voeg hem toe met bron"
        for missing in sorted(used - {parameter.id for _, parameter in parameters})
    ]
    if not criteria:
        faults.append(f"{folder}: geen criteria gevonden; zet ze in criteria/<aspect>/<naam>.toml")
    if faults:
        raise RulebookError(faults)
    order = {prefix: place for place, prefix in enumerate(ASPECT_PREFIX.values())}
    criteria.sort(key=lambda c: order[c.id.split(".")[0]])
    return Rulebook(
        criteria=tuple(criteria),
        parameters=tuple(parameter for _, parameter in parameters),
        stappen=tuple(step for _, step in steps),
        acties=tuple(action for _, action in actions),
        voorselectie=tuple(rule for _, rule in preselection),
        planning=plan,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rest of the rulebook has, by name: what a rule may refer to."""

    acties: frozenset[str]
    seizoenen: frozenset[str]
    lessen: frozenset[str]
    parameters: frozenset[str]


def _read_plan(folder: Path, faults: list[str]) -> PlanBook:
    parts = {}
    for file, (key, shape, name) in PLAN_FILES.items():
        found = [item for _, item in _read_many(folder, file, key, shape, faults)]
        ids = [str(getattr(item, "id", None) or item.nummer) for item in found]
        faults += _twice(key, [(file, each) for each in ids])
        parts[name] = tuple(found)
    return PlanBook(**parts)


def _plan_faults(plan: PlanBook, actions: Sequence[Action], known: _Known) -> list[str]:
    faults = [
        f"planning/lessen.toml: les '{lesson.id}': parameter '{lesson.parameter}' bestaat niet; zet hem in parameters/"
        for lesson in plan.lessen
        if lesson.parameter not in known.parameters
    ]
    for item in plan.checklist:
        faults += [
            f"planning/checklist.toml: punt {item.nummer}: actie '{name}' bestaat niet; voeg hem toe aan acties.toml"
            for name in item.acties
            if name not in known.acties
        ]
    for action in actions:
        faults += [
            f"acties.toml: actie '{action.id}': seizoen '{name}' bestaat niet; kies uit {', '.join(sorted(known.seizoenen))}"
            for name in action.seizoenen
            if name not in known.seizoenen
        ]
    return faults


def _where(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _line_of(error: Exception) -> str:
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    return f" op regel {place[1]}, teken {place[2]}" if place else ""


def _parsed(path: Path, folder: Path, faults: list[str]) -> Mapping[str, Any] | None:
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{_where(path, folder)}: geen geldige TOML{_line_of(error)}; verbeter de regel die genoemd wordt")
        return None


_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)  # building one is what takes the time


def _validated(path: Path, folder: Path, content: object, shape: type[T], faults: list[str]) -> Iterator[T]:
    if content is None:  # not readable, and reported as such
        return
    try:
        yield _adapter(shape).validate_python(content)
    except ValidationError as error:
        for detail in error.errors():
            place = ".".join(str(part) for part in detail["loc"])
            own = detail["type"] == "value_error"
            problem = str(detail["ctx"]["error"]) if own else _NL.get(detail["type"], detail["msg"])
            faults.append(f"{_where(path, folder)}: {place + ': ' if place else ''}{problem}")


def _read_many(folder: Path, pattern: str, key: str, shape: type[tuple[T, ...]], faults: list[str]) -> list[tuple[str, T]]:
    found: list[tuple[str, T]] = []
    for path in sorted(folder.glob(pattern)):
        content = _parsed(path, folder, faults) or {}
        faults += [
            f"{_where(path, folder)}: {unknown}: onbekende sleutel; hier horen alleen [[{key}]]-blokken"
            for unknown in sorted(set(content) - {key})
        ]
        for items in _validated(path, folder, content.get(key, ()), shape, faults):
            found += [(_where(path, folder), item) for item in items]
    return found


def _criterion_faults(criterion: Criterion, path: Path, known: _Known) -> list[str]:
    faults = _input_faults(criterion.feit, criterion.meting)
    fact = FACTS.get(criterion.feit or "")
    if fact is not None and fact.kind is Kind.TEKST:
        faults.append(f"feit '{fact.name}' is vrije tekst en kan geen keuze maken; noem een feit met keuzes of een getal")
    prefix = ASPECT_PREFIX[criterion.aspect]
    if path.parent.name != criterion.aspect or criterion.id != f"{prefix}.{path.stem}":
        faults.append(f"id '{criterion.id}' hoort in criteria/{criterion.aspect}/ in een bestand met dezelfde naam")
    for version in criterion.versies:
        if (criterion.feit or criterion.meting) and not any(choice.is_band or choice.waarden for choice in version.keuzes):
            faults.append("geen enkele keuze volgt uit het feit of de meting; geef banden of waarden, of haal het feit weg")
        for choice in version.keuzes:
            faults += [
                f"actie '{name}' bestaat niet; voeg hem toe aan acties.toml" for name in choice.acties if name not in known.acties
            ]
            faults += _choice_input_faults(criterion, choice)
            faults += _choice_plan_faults(choice, known)
    return faults


def _choice_input_faults(criterion: Criterion, choice: Choice) -> list[str]:
    fact = FACTS.get(criterion.feit or "")
    numeric = criterion.meting is not None or (fact is not None and fact.is_number)
    faults = []
    if choice.is_band and not numeric:
        faults.append(
            f"keuze '{choice.code}' heeft een band, maar het criterium rekent niet met een getal; noem een feit of meting"
        )
    if choice.waarden and (fact is None or fact.is_number):
        faults.append(f"keuze '{choice.code}' noemt waarden, maar het criterium heeft geen feit met keuzes")
    if fact is not None and fact.kind is Kind.KEUZE:
        faults += [
            f"keuze '{choice.code}': '{value}' is geen waarde van feit {fact.name}; kies uit {', '.join(fact.options)}"
            for value in choice.waarden
            if value not in fact.options
        ]
    return faults


def _choice_plan_faults(choice: Choice, known: _Known) -> list[str]:
    faults = []
    for what, names, there in (("seizoen", choice.seizoenen, known.seizoenen), ("les", choice.lessen, known.lessen)):
        faults += [
            f"keuze '{choice.code}': {what} '{name}' bestaat niet; kies uit {', '.join(sorted(there))}"
            for name in names
            if name not in there
        ]
    if choice.termijn and choice.termijn not in known.parameters:
        faults.append(f"keuze '{choice.code}': termijn '{choice.termijn}' bestaat niet; voeg hem toe aan parameters/")
    return faults


def _rule_faults(rule: PreselectionRule) -> list[str]:
    faults = _input_faults(rule.feit, rule.meting)
    fact = FACTS.get(rule.feit or "")
    by_number = rule.onder is not None or rule.boven is not None
    if by_number and fact is not None and not fact.is_number:
        faults.append(f"onder en boven horen bij een getal, en feit {fact.name} is dat niet; noem waarden")
    if not by_number and (fact is None or fact.is_number):
        faults.append("waarden horen bij een feit met keuzes of tekst; gebruik onder of boven")
    if fact is not None and fact.kind is Kind.KEUZE:
        faults += [
            f"'{value}' is geen waarde van feit {fact.name}; kies uit {', '.join(fact.options)}"
            for value in (*rule.is_een_van, *rule.is_geen_van)
            if value not in fact.options
        ]
    return faults


def _input_faults(fact: str | None, measure: str | None) -> list[str]:
    faults = []
    if fact is not None and fact not in FACTS:
        faults.append(f"feit '{fact}' bestaat niet; de feiten staan in docs/feiten.md")
    if measure is not None and measure not in MEASURES:
        faults.append(f"meting '{measure}' bestaat niet; kies uit {', '.join(MEASURES)}")
    return faults


def _twice(what: str, found: Sequence[tuple[str, str]]) -> list[str]:
    """Report every id that stands in more than one place; `found` holds (file, id)."""
    places: dict[str, list[str]] = {}
    for file, name in found:
        places.setdefault(name, []).append(file)
    return [
        f"{' en '.join(dict.fromkeys(files))}: {what} '{name}' staat er twee keer; haal er één weg"
        for name, files in sorted(places.items())
        if len(files) > 1
    ]
