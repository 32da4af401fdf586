"""The plan of a building: start, wish and choices; and what people said about its actions, every version of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "plan_settings",
        sa.Column("building_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True, comment="dag waarop stap 1 begint"),
        sa.Column("wish_date", sa.Date(), nullable=True, comment="dag waarop de eerste huurder er moet wonen"),
        sa.Column("content", sa.String(), nullable=False, comment="JSON: lessen, seizoenen, participatie, taken en doorstroming"),
        sa.Column("version", sa.Integer(), nullable=False, comment="begint bij 1 en telt de wijzigingen"),
        sa.Column("author", sa.String(), nullable=False, comment="wie het laatst wijzigde"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("building_id", name="pk_plan_settings"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_plan_settings_building_id_building", ondelete="CASCADE"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_plan_settings_version")),
    )
    op.create_table(
        "plan_action",
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="id van de actie in de normenset, of eigen_1, eigen_2, …"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False, comment="begint bij 1; de hoogste geldt"),
        sa.Column("status", sa.String(20), nullable=False, comment="hoe ver het is"),
        sa.Column("owner", sa.String(), nullable=False, comment="rol of persoon; leeg: de partijen uit de normenset"),
        sa.Column("due", sa.Date(), nullable=True, comment="afgesproken dag; leeg: volgt uit de planning"),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False, comment="alleen van een eigen actie"),
        sa.Column("step", sa.Integer(), nullable=False, comment="stap van de handreiking, 1 tot en met 8"),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("building_id", "code", "version", name="pk_plan_action"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_plan_action_building_id_building", ondelete="CASCADE"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_plan_action_version")),
        sa.CheckConstraint("step BETWEEN 1 AND 8", name=op.f("ck_plan_action_step")),
        sa.CheckConstraint("status IN ('te doen', 'bezig', 'klaar', 'niet nodig')", name=op.f("ck_plan_action_status")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("plan_action")
    op.drop_table("plan_settings")
