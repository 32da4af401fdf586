"""The first tables: workspaces, buildings, facts, answers and their history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
PARTY = "party IN ('samen', 'gemeente', 'corporatie')"
CERTAINTY = "certainty IN ('zeker', 'redelijk zeker', 'inschatting')"
SOURCE = "source IN ('antwoord', 'opgave', 'register', 'afgeleid', 'aanname')"


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID"),
        sa.Column("name", sa.String(), nullable=False, comment="naam voor mensen"),
        sa.Column("fictional", sa.Boolean(), nullable=False, comment="verzonnen gegevens, bijvoorbeeld om te oefenen"),
        sa.Column("created_at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("changed_at", MOMENT, nullable=False, comment="UTC; laatste feit of antwoord"),
        sa.Column("facts_version", sa.Integer(), nullable=False, comment="telt elke wijziging van een feit; sleutel van de cache"),
        sa.Column(
            "answers_version", sa.Integer(), nullable=False, comment="telt elke wijziging van een antwoord; sleutel van de cache"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
    )
    op.create_table(
        "building",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="volgorde in het ingelezen bestand, vanaf 0"),
        sa.Column("pand_id", sa.String(16), nullable=False, comment="BAG-id van het pand, met de nul vooraan"),
        sa.Column("geometry", sa.LargeBinary(), nullable=True, comment="WKB in RD New (EPSG:28992)"),
        sa.PrimaryKeyConstraint("id", name="pk_building"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_building_workspace_id_workspace", ondelete="CASCADE"),
        sa.UniqueConstraint("workspace_id", "pand_id", name="uq_building_workspace_id_pand_id"),
        sa.UniqueConstraint("workspace_id", "position", name="uq_building_workspace_id_position"),
    )
    op.create_table(
        "fact",
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="naam in het kolommencontract"),
        sa.Column("source", sa.String(20), nullable=False, comment="herkomst"),
        sa.Column("number", sa.Double(), nullable=True, comment="de waarde, als het een getal is"),
        sa.Column("text", sa.String(), nullable=True, comment="de waarde, als het tekst of een keuze is"),
        sa.Column("source_label", sa.String(), nullable=False, comment="de bron voor mensen, bijvoorbeeld 'BAG via PDOK'"),
        sa.Column("source_date", sa.Date(), nullable=True, comment="dag waarop de bron geldt"),
        sa.Column("confidence", sa.String(), nullable=False, comment="hoog, normaal of laag"),
        sa.Column("author", sa.String(), nullable=False, comment="wie het invoerde of inlas"),
        sa.Column("recorded_at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("building_id", "name", "source", name="pk_fact"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_fact_building_id_building", ondelete="CASCADE"),
        sa.CheckConstraint("(number IS NULL) <> (text IS NULL)", name=op.f("ck_fact_one_value")),
        sa.CheckConstraint(SOURCE, name=op.f("ck_fact_source")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answer",
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False, comment="id van het criterium, bijvoorbeeld bou.lift"),
        sa.Column("party", sa.String(20), nullable=False, comment="wie antwoordt"),
        sa.Column("choice", sa.String(), nullable=True, comment="code van de keuze; leeg is een bewust 'weet ik niet'"),
        sa.Column("note", sa.String(), nullable=False, comment="toelichting"),
        sa.Column("certainty", sa.String(20), nullable=False, comment="hoe zeker het antwoord is"),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("version", sa.Integer(), nullable=False, comment="begint bij 1 en telt de wijzigingen"),
        sa.PrimaryKeyConstraint("building_id", "criterion", "party", name="pk_answer"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_answer_building_id_building", ondelete="CASCADE"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_answer_version")),
        sa.CheckConstraint(PARTY, name=op.f("ck_answer_party")),
        sa.CheckConstraint(CERTAINTY, name=op.f("ck_answer_certainty")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answer_history",
        sa.Column("workspace_id", sa.String(36), nullable=False, comment="geen verwijzing: zie de module"),
        sa.Column("pand_id", sa.String(16), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("party", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(20), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("workspace_id", "pand_id", "criterion", "party", "version", name="pk_answer_history"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_answer_history_version")),
        sa.CheckConstraint(PARTY, name=op.f("ck_answer_history_party")),
        sa.CheckConstraint(CERTAINTY, name=op.f("ck_answer_history_certainty")),
        sqlite_with_rowid=False,
    )
    statements = SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS
    for statement in statements:
        op.execute(sa.text(statement))


# The history only grows. It may be removed once its workspace is gone: a portfolio can be deleted, an answer cannot be hidden.
SQLITE_GUARDS = (
    """
    CREATE TRIGGER answer_history_no_update BEFORE UPDATE ON answer_history
    BEGIN
        SELECT RAISE(ABORT, 'answer_history is append only');
    END
    """,
    """
    CREATE TRIGGER answer_history_no_delete BEFORE DELETE ON answer_history
    WHEN EXISTS (SELECT 1 FROM workspace WHERE id = OLD.workspace_id)
    BEGIN
        SELECT RAISE(ABORT, 'answer_history is append only');
    END
    """,
    # INSERT OR REPLACE removes the old row without asking the trigger above.
    """
    CREATE TRIGGER answer_history_no_replace BEFORE INSERT ON answer_history
    WHEN EXISTS (
        SELECT 1 FROM answer_history WHERE workspace_id = NEW.workspace_id AND pand_id = NEW.pand_id
            AND criterion = NEW.criterion AND party = NEW.party AND version = NEW.version
    )
    BEGIN
        SELECT RAISE(ABORT, 'answer_history is append only');
    END
    """,
)
POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF NOT EXISTS (SELECT 1 FROM workspace WHERE id = OLD.workspace_id) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'answer_history is append only' USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    """
    CREATE TRIGGER answer_history_no_change BEFORE UPDATE OR DELETE ON answer_history
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change()
    """,
    """
    CREATE TRIGGER answer_history_no_truncate BEFORE TRUNCATE ON answer_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change()
    """,
)


def downgrade() -> None:
    raise NotImplementedError("put the back-up back instead")
