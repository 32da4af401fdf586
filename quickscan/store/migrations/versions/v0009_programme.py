"""Programmes: the target of a workspace, its projects with buildings and milestones, and what was learned from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
MILESTONE = "milestone IN ('initiatief', 'haalbaar', 'besluit', 'vergunning', 'start', 'oplevering')"
QUESTION = "question IN ('stoppen', 'minderen', 'versterken', 'beginnen')"
TABLES = ("programme_target", "programme_project", "programme_building", "programme_milestone", "programme_evaluation")


def upgrade() -> None:
    op.create_table(
        "programme_target",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="naam voor mensen"),
        sa.Column("low", sa.Integer(), nullable=False, comment="minste woningen"),
        sa.Column("high", sa.Integer(), nullable=False, comment="meeste woningen"),
        sa.Column("starts", sa.Date(), nullable=False, comment="eerste dag van het kwartaal"),
        sa.Column("ends_early", sa.Date(), nullable=False, comment="eerste dag van het kwartaal; vroegste einde"),
        sa.Column("ends_late", sa.Date(), nullable=False, comment="eerste dag van het kwartaal; laatste einde"),
        sa.Column("tranche", sa.String(), nullable=False, comment="ronde waarin het duo begon"),
        sa.Column("gemeente", sa.String(), nullable=False),
        sa.Column("corporatie", sa.String(), nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_programme_target"),
        _of_workspace("programme_target"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_programme_target_version")),
        sa.CheckConstraint("low <= high", name=op.f("ck_programme_target_homes")),
    )
    op.create_table(
        "programme_project",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="volgnummer, vanaf 1"),
        sa.Column("name", sa.String(), nullable=False, comment="naam voor mensen"),
        sa.Column("low", sa.Double(), nullable=True, comment="eigen aantal woningen; leeg: uit de scan"),
        sa.Column("likely", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True, comment="opgeleverde woningen"),
        sa.Column("note", sa.String(), nullable=False, comment="toelichting"),
        sa.Column("stopped", sa.Boolean(), nullable=False, comment="gaat niet door"),
        *_kept(),
        sa.PrimaryKeyConstraint("workspace_id", "number", name="pk_programme_project"),
        _of_workspace("programme_project"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_programme_project_version")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "programme_building",
        *_project_key(),
        sa.Column("pand_id", sa.String(16), nullable=False, comment="geen verwijzing: een pand dat weg is, telt niet mee"),
        sa.PrimaryKeyConstraint("workspace_id", "number", "pand_id", name="pk_programme_building"),
        _of_project("programme_building"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "programme_milestone",
        *_project_key(),
        sa.Column("milestone", sa.String(20), nullable=False),
        sa.Column("first", sa.Date(), nullable=True, comment="eerste dag van het kwartaal waarin het eerst gepland was"),
        sa.Column("planned", sa.Date(), nullable=True, comment="eerste dag van het kwartaal waarin het nu gepland is"),
        sa.Column("reached", sa.Date(), nullable=True, comment="eerste dag van het kwartaal waarin het gehaald is"),
        sa.PrimaryKeyConstraint("workspace_id", "number", "milestone", name="pk_programme_milestone"),
        _of_project("programme_milestone"),
        sa.CheckConstraint(MILESTONE, name=op.f("ck_programme_milestone_milestone")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "programme_evaluation",
        *_project_key(),
        sa.Column("question", sa.String(20), nullable=False),
        sa.Column("text", sa.String(), nullable=False, comment="het antwoord"),
        *_kept(),
        sa.PrimaryKeyConstraint("workspace_id", "number", "question", name="pk_programme_evaluation"),
        _of_project("programme_evaluation"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_programme_evaluation_version")),
        sa.CheckConstraint(QUESTION, name=op.f("ck_programme_evaluation_question")),
        sqlite_with_rowid=False,
    )


def _kept() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False, comment="begint bij 1 en telt de wijzigingen"),
        sa.Column("author", sa.String(), nullable=False, comment="wie het laatst wijzigde"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
    )


def _project_key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="van het project"),
    )


def _of_workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=f"fk_{table}_workspace_id_workspace", ondelete="CASCADE")


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", "number"],
        ["programme_project.workspace_id", "programme_project.number"],
        name=f"fk_{table}_workspace_id_number_programme_project",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
