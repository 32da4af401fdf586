"""Business cases: per building the cases that people kept, and per workspace its own values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "business_case",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("pand_id", sa.String(16), nullable=False, comment="leeg: de eigen waarden van de werkruimte"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="volgnummer per pand, vanaf 1"),
        sa.Column("name", sa.String(), nullable=False, comment="naam voor mensen"),
        sa.Column("content", sa.String(), nullable=False, comment="JSON: wat afwijkt van scan en normenset, als in een casebestand"),
        sa.Column("locked", sa.Boolean(), nullable=False, comment="vast: kan niet meer wijzigen"),
        sa.Column("leading", sa.Boolean(), nullable=False, comment="de case die voor de scan telt"),
        sa.Column("version", sa.Integer(), nullable=False, comment="begint bij 1 en telt de wijzigingen"),
        sa.Column("author", sa.String(), nullable=False, comment="wie het laatst wijzigde"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("workspace_id", "pand_id", "number", name="pk_business_case"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_business_case_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_business_case_version")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("put the back-up back instead")
