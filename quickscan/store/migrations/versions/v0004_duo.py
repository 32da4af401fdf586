"""Scoring apart and together: who is ready, the reveal, and on what two parties agree to disagree."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "duo_ready",
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(20), nullable=False, comment="wie klaar is"),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("building_id", "party", name="pk_duo_ready"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_duo_ready_building_id_building", ondelete="CASCADE"),
        sa.CheckConstraint("party IN ('gemeente', 'corporatie')", name=op.f("ck_duo_ready_party")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duo_reveal",
        sa.Column("building_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(), nullable=False, comment="wie onthulde, of als laatste klaar was"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("building_id", name="pk_duo_reveal"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_duo_reveal_building_id_building", ondelete="CASCADE"),
    )
    op.create_table(
        "duo_dissent",
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False, comment="id van het criterium, bijvoorbeeld bou.lift"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False, comment="begint bij 1; de hoogste geldt"),
        sa.Column("reason", sa.String(), nullable=False, comment="waarom de twee het oneens blijven"),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("building_id", "criterion", "version", name="pk_duo_dissent"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_duo_dissent_building_id_building", ondelete="CASCADE"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_duo_dissent_version")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("put the back-up back instead")
