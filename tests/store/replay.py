"""Tells from the audit log alone what the tables must hold, and what they do hold: both as plain dictionaries.

It is written apart from the store, so that a mistake there is not made twice.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from quickscan.domain.facts import FACTS
from quickscan.services.ports import Deed
from quickscan.store.audit import read_effects
from quickscan.store.duo import READY, DuoDissentRow, DuoReadyRow, DuoRevealRow
from quickscan.store.repository import SqlStore
from quickscan.store.tables import AnswerRow, AuditRow, BuildingRow, BusinessCaseRow, FactRow, WorkspaceRow, table_of

State = dict[str, dict[str, Any]]  # workspace → its buildings, facts, answers, cases, and how far its duo is
OF_A_BUILDING = ("facts", "answers", "ready", "revealed", "dissents")  # gone with it, and their keys begin with its pand_id


def replay(store: SqlStore) -> State:
    """Carry out every line of the log, from the first, and return where that ends."""
    state: State = {}
    log = table_of(AuditRow).c
    with store.engine.connect() as connection:
        columns = (
            log.id,
            log.workspace_id,
            log.what,
            log.pand_id,
            log.name,
            log.party,
            log.new,
            log.note,
            log.detail,
            log.author,
        )
        for row in connection.execute(select(*columns, log.at).order_by(log.id)).all():
            if row.what == Deed.VERWIJDEREN:
                del state[row.workspace_id]
                continue
            here = state.setdefault(row.workspace_id, {name: {} for name in ("shapes", "cases", *OF_A_BUILDING)})
            if row.what in (Deed.ANTWOORD, Deed.FEIT):
                _change_one(here, row._asdict())
            elif row.what == Deed.CASE:
                _change_case(here["cases"], row._asdict())
            elif row.what in (Deed.KLAAR, Deed.ONTHULLEN, Deed.ONEENS):
                _change_duo(here, row._asdict())
            elif effects := read_effects(connection, row.id):
                _change_many(here, effects)
    return state


def _change_one(here: dict[str, Any], line: dict[str, Any]) -> None:
    detail, at = json.loads(line["detail"]), line["at"].isoformat()
    if line["what"] == Deed.ANTWOORD:
        key = (line["pand_id"], line["name"], line["party"])
        given = (line["new"], line["note"], detail["certainty"], line["author"], at, detail["version"])
        here["answers"][key] = given
        return
    value = float(line["new"]) if FACTS[line["name"]].is_number else line["new"]
    key = (line["pand_id"], line["name"], detail["source"])
    here["facts"][key] = (value, detail["label"], detail["day"], detail["confidence"], line["author"], at)


def _change_case(cases: dict[Any, Any], line: dict[str, Any]) -> None:
    detail = json.loads(line["detail"])
    key = (line["pand_id"] or "", detail["number"])
    if detail["version"] is None:
        del cases[key]
        return
    if detail["leading"]:
        for other in [other for other in cases if other[0] == key[0]]:
            cases[other] |= {"leading": False}
    kept = {name: detail[name] for name in ("content", "locked", "leading", "version")}
    cases[key] = {"name": line["name"], "author": line["author"], "at": line["at"].isoformat(), **kept}


def _change_duo(here: dict[str, Any], line: dict[str, Any]) -> None:
    pand_id, mark = line["pand_id"], (line["author"], line["at"].isoformat())
    if line["what"] == Deed.ONTHULLEN:
        here["revealed"][(pand_id,)] = mark
    elif line["what"] == Deed.ONEENS:
        version = json.loads(line["detail"])["version"]
        here["dissents"][(pand_id, line["name"], version)] = (line["new"], *mark)
    elif line["new"] == READY:
        here["ready"][(pand_id, line["party"])] = mark
    else:
        del here["ready"][(pand_id, line["party"])]


def _change_many(here: dict[str, Any], effects: Mapping[str, Any]) -> None:
    _take_away(here, effects)
    pands = effects["pand_ids"]
    shapes, facts, answers = here["shapes"], here["facts"], here["answers"]
    for place in effects["added"]:
        shapes[pands[place]] = None
    for place, shape in effects["shapes"]:
        shapes[pands[place]] = None if shape is None else base64.b64decode(shape)
    for name, source, *about, places, values in effects["facts"]:
        for place, value in zip(places, values, strict=True):
            facts[(pands[place], name, source)] = (value, *about)
    for criterion, party, note, certainty, author, at, places, choices, versions in effects["answers"]:
        for place, choice, version in zip(places, choices, versions, strict=True):
            answers[(pands[place], criterion, party)] = (choice, note, certainty, author, at, version)


def _take_away(here: dict[str, Any], effects: Mapping[str, Any]) -> None:
    pands = effects["pand_ids"]
    shapes, facts, answers = here["shapes"], here["facts"], here["answers"]
    for gone in (pands[place] for place in effects["removed"]):
        del shapes[gone]
        for cells in (here[name] for name in OF_A_BUILDING):
            for key in [key for key in cells if key[0] == gone]:
                del cells[key]
    for *key, places in effects["facts_gone"]:
        for place in places:
            facts.pop((pands[place], *key), None)
    for *key, places in effects["answers_gone"]:
        for place in places:
            del answers[(pands[place], *key)]


def look(store: SqlStore) -> State:
    """Return what the tables hold."""
    with store.engine.connect() as connection:
        return {key: _look_at(connection, key) for key in connection.execute(select(WorkspaceRow.id)).scalars().all()}


def _look_at(connection: Connection, workspace_id: str) -> dict[str, Any]:
    here = BuildingRow.workspace_id == workspace_id
    shapes = connection.execute(select(BuildingRow.pand_id, BuildingRow.geometry).where(here).order_by(BuildingRow.position))
    facts = connection.execute(
        select(BuildingRow.pand_id, FactRow).join(FactRow, FactRow.building_id == BuildingRow.id).where(here)
    ).mappings()
    answers = connection.execute(
        select(BuildingRow.pand_id, AnswerRow).join(AnswerRow, AnswerRow.building_id == BuildingRow.id).where(here)
    ).mappings()
    found: dict[str, Any] = {"shapes": {row.pand_id: row.geometry for row in shapes}, "facts": {}, "answers": {}}
    found |= _look_at_duo(connection, workspace_id) | {"cases": _look_at_cases(connection, workspace_id)}
    for row in facts:
        value = row["text"] if row["number"] is None else row["number"]
        day = row["source_date"] and row["source_date"].isoformat()
        about = (row["source_label"], day, row["confidence"], row["author"], row["recorded_at"].isoformat())
        found["facts"][(row["pand_id"], row["name"], str(row["source"]))] = (value, *about)
    for row in answers:
        about = (row["choice"], row["note"], str(row["certainty"]), row["author"], row["at"].isoformat(), row["version"])
        found["answers"][(row["pand_id"], row["criterion"], str(row["party"]))] = about
    return found


def _look_at_cases(connection: Connection, workspace_id: str) -> dict[tuple[str, int], dict[str, Any]]:
    table = table_of(BusinessCaseRow)
    rows = connection.execute(select(table).where(table.c.workspace_id == workspace_id)).mappings()
    names = ("name", "content", "locked", "leading", "version", "author")
    return {(row["pand_id"], row["number"]): {"at": row["at"].isoformat()} | {name: row[name] for name in names} for row in rows}


def _look_at_duo(connection: Connection, workspace_id: str) -> dict[str, Any]:
    found = []
    for model in (DuoReadyRow, DuoRevealRow, DuoDissentRow):
        table = table_of(model)
        joined = select(BuildingRow.pand_id, table).join(table, table.c.building_id == BuildingRow.id)
        found.append(connection.execute(joined.where(BuildingRow.workspace_id == workspace_id)).mappings().all())
    ready, revealed, dissents = found
    return {
        "ready": {(row["pand_id"], str(row["party"])): (row["author"], row["at"].isoformat()) for row in ready},
        "revealed": {(row["pand_id"],): (row["author"], row["at"].isoformat()) for row in revealed},
        "dissents": {
            (row["pand_id"], row["criterion"], row["version"]): (row["reason"], row["author"], row["at"].isoformat())
            for row in dissents
        },
    }
