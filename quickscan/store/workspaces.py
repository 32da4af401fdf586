"""Workspaces on a connection that somebody else commits: making, finding, locking, and raising their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, select, update

from quickscan.domain.errors import NotFoundError
from quickscan.services.ports import Workspace
from quickscan.store.tables import AnswerRow, BuildingRow, WorkspaceRow


def insert_workspace(connection: Connection, workspace_id: str, name: str, *, fictional: bool, at: datetime) -> None:
    """Make a workspace without buildings, at version 1."""
    versions = {"facts_version": 1, "answers_version": 1}
    row = {"id": workspace_id, "name": name, "fictional": fictional, "created_at": at, "changed_at": at, **versions}
    connection.execute(insert(WorkspaceRow).values(**row))


def get_workspace(connection: Connection, workspace_id: str) -> Workspace:
    """Return a workspace; raises NotFoundError."""
    row = connection.execute(_WORKSPACE, {"b_workspace": workspace_id}).one_or_none()
    if row is None:
        raise _no_workspace(workspace_id)
    return Workspace(*row)


def lock_workspace(connection: Connection, workspace_id: str) -> None:
    """Make other writers of this workspace wait. On SQLite, which leaves out FOR UPDATE, they wait since BEGIN."""
    if connection.execute(_LOCKED_WORKSPACE, {"b_workspace": workspace_id}).one_or_none() is None:
        raise _no_workspace(workspace_id)


def raise_version(connection: Connection, workspace_id: str, at: datetime, **versions: ColumnElement[int]) -> None:
    """Tell that a workspace changed."""
    connection.execute(update(WorkspaceRow).where(WorkspaceRow.id == workspace_id).values(changed_at=at, **versions))


def _no_workspace(workspace_id: str) -> NotFoundError:
    return NotFoundError("Werkruimte", workspace_id, advice="Kies een andere werkruimte.")


def _select_workspaces() -> Select[Any]:
    buildings = select(func.count()).where(BuildingRow.workspace_id == WorkspaceRow.id).scalar_subquery()
    answers = (
        select(func.count())
        .select_from(AnswerRow)
        .join(BuildingRow, BuildingRow.id == AnswerRow.building_id)
        .where(BuildingRow.workspace_id == WorkspaceRow.id)
        .scalar_subquery()
    )
    return select(
        WorkspaceRow.id,
        WorkspaceRow.name,
        WorkspaceRow.fictional,
        WorkspaceRow.created_at,
        WorkspaceRow.facts_version,
        WorkspaceRow.answers_version,
        buildings,
        answers,
    )


# Made once: making a statement anew costs as much as carrying it out.
_THIS_WORKSPACE = WorkspaceRow.id == bindparam("b_workspace")
WORKSPACES = _select_workspaces().order_by(WorkspaceRow.changed_at.desc(), WorkspaceRow.created_at.desc(), WorkspaceRow.name)
_WORKSPACE = _select_workspaces().where(_THIS_WORKSPACE)
_LOCKED_WORKSPACE = select(WorkspaceRow.id).where(_THIS_WORKSPACE).with_for_update()
