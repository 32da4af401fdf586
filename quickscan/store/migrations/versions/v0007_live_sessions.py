"""Live sessions: stops, seats, votes, and remarks and decisions, around one counter per session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
TABLES = ("live_line", "live_vote", "live_seat", "live_stop", "live_session")


def upgrade() -> None:
    op.create_table(
        "live_session",
        sa.Column("code", sa.String(12), nullable=False, comment="waarmee iemand meedoet"),
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="peildatum van de normen"),
        sa.Column("interventie", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("ended_at", MOMENT, nullable=True, comment="UTC; leeg: open"),
        sa.Column("version", sa.Integer(), nullable=False, comment="telt elke wijziging; hier kijken alle schermen naar"),
        sa.Column("scene", sa.Integer(), nullable=False, comment="versie waarop het beeld voor iedereen wijzigde"),
        sa.Column("place", sa.Integer(), nullable=False, comment="het gebouw waar het nu over gaat"),
        sa.Column("timer_ends_at", MOMENT, nullable=True, comment="UTC; de klok loopt"),
        sa.Column("timer_left_s", sa.Integer(), nullable=True, comment="seconden over; de klok staat stil"),
        sa.PrimaryKeyConstraint("code", name="pk_live_session"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_live_session_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.CheckConstraint("scene <= version", name=op.f("ck_live_session_scene")),
    )
    op.create_index("ix_live_session_workspace_id", "live_session", ["workspace_id"])
    op.create_table(
        "live_stop",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False, comment="volgorde, vanaf 0"),
        sa.Column("pand_id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="naam van het gebouw bij het openen"),
        sa.Column("questions", sa.String(), nullable=False, comment="JSON: criteria, in volgorde"),
        sa.PrimaryKeyConstraint("code", "place", name="pk_live_stop"),
        sa.ForeignKeyConstraint(["code"], ["live_session.code"], name="fk_live_stop_code_live_session", ondelete="CASCADE"),
        sa.UniqueConstraint("code", "pand_id", name="uq_live_stop_code_pand_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "live_seat",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("key", sa.String(32), nullable=False, comment="geheim van het scherm"),
        sa.Column("who", sa.String(), nullable=False, comment="waaraan iemand wordt herkend die nog eens meedoet"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=True, comment="leeg: kijkt mee"),
        sa.Column("here", sa.Boolean(), nullable=False, comment="is er nu"),
        sa.Column("joined_at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("seen_at", MOMENT, nullable=False, comment="UTC; laatste teken van leven"),
        sa.PrimaryKeyConstraint("code", "key", name="pk_live_seat"),
        sa.ForeignKeyConstraint(["code"], ["live_session.code"], name="fk_live_seat_code_live_session", ondelete="CASCADE"),
        sa.UniqueConstraint("code", "who", name="uq_live_seat_code_who"),
        sa.CheckConstraint("party IN ('gemeente', 'corporatie')", name=op.f("ck_live_seat_party")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "live_vote",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("pand_id", sa.String(16), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("seat", sa.String(32), nullable=False, comment="key van de plek"),
        sa.Column("choice", sa.String(), nullable=True, comment="leeg is een bewust 'weet ik niet'"),
        sa.Column("note", sa.String(), nullable=False, comment="toelichting"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("code", "pand_id", "criterion", "seat", name="pk_live_vote"),
        sa.ForeignKeyConstraint(
            ["code", "seat"], ["live_seat.code", "live_seat.key"], name="fk_live_vote_code_live_seat", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "live_line",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="volgnummer, vanaf 1"),
        sa.Column("form", sa.String(), nullable=False, comment="van het formulier; twee keer verstuurd is één keer bewaard"),
        sa.Column("kind", sa.String(), nullable=False, comment="opmerking of besluit"),
        sa.Column("pand_id", sa.String(16), nullable=True, comment="leeg: over alles"),
        sa.Column("course", sa.String(), nullable=True, comment="wat een besluit voor het gebouw betekent"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False, comment="wie het oppakt"),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("code", "number", name="pk_live_line"),
        sa.ForeignKeyConstraint(["code"], ["live_session.code"], name="fk_live_line_code_live_session", ondelete="CASCADE"),
        sa.UniqueConstraint("code", "form", name="uq_live_line_code_form"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
