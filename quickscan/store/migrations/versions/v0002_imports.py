"""Imports as versions: who brought in what, what it changed, and how a sender's columns are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
SOURCE = "source IN ('antwoord', 'opgave', 'register', 'afgeleid', 'aanname')"


def upgrade() -> None:
    op.create_table(
        "import_version",
        sa.Column("workspace_id", sa.String(36), nullable=False, comment="geen verwijzing: zie de module"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="begint bij 1"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("author", sa.String(), nullable=False, comment="wie de import bevestigde"),
        sa.Column("files", sa.String(), nullable=False, comment="JSON: per bestand name, sha256, size, recognised, sender"),
        sa.Column("added", sa.Integer(), nullable=False, comment="gebouwen die erbij kwamen"),
        sa.Column("changed", sa.Integer(), nullable=False, comment="gebouwen waar iets wijzigde"),
        sa.Column("cells", sa.Integer(), nullable=False, comment="geschreven waarden"),
        sa.Column("refused", sa.Integer(), nullable=False, comment="geweigerde rijen"),
        sa.Column("undone_at", MOMENT, nullable=True, comment="UTC"),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "number", name="pk_import_version"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_import_version_number")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_import_version_undone")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_change",
        sa.Column("workspace_id", sa.String(36), nullable=False, comment="geen verwijzing: zie de module"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="van de import"),
        sa.Column("pand_id", sa.String(16), nullable=False),
        sa.Column("fact", sa.String(), nullable=False, comment="gegeven, criterium, geometry of pand_id"),
        sa.Column("source", sa.String(20), nullable=False, comment="herkomst"),
        sa.Column("new_number", sa.Double(), nullable=True),
        sa.Column("new_text", sa.String(), nullable=True),
        sa.Column("new_shape", sa.LargeBinary(), nullable=True, comment="WKB in RD New (EPSG:28992)"),
        sa.Column("old_number", sa.Double(), nullable=True),
        sa.Column("old_text", sa.String(), nullable=True),
        sa.Column("old_shape", sa.LargeBinary(), nullable=True, comment="WKB in RD New (EPSG:28992)"),
        sa.Column("old_label", sa.String(), nullable=True),
        sa.Column("old_date", sa.Date(), nullable=True),
        sa.Column("old_confidence", sa.String(), nullable=True),
        sa.Column("old_author", sa.String(), nullable=True),
        sa.Column("old_at", MOMENT, nullable=True, comment="UTC; leeg: er was niets"),
        sa.PrimaryKeyConstraint("workspace_id", "number", "pand_id", "fact", "source", name="pk_import_change"),
        sa.CheckConstraint(SOURCE, name=op.f("ck_import_change_source")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "column_mapping",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("sender", sa.String(), nullable=False, comment="van wie het bestand komt, in kleine letters"),
        sa.Column("header", sa.String(), nullable=False, comment="kop van de kolom, in kleine letters"),
        sa.Column("target", sa.String(), nullable=True, comment="gegeven, criterium of geometry; leeg: niet gebruiken"),
        sa.PrimaryKeyConstraint("workspace_id", "sender", "header", name="pk_column_mapping"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_column_mapping_workspace_id_workspace", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    statements = SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS
    for statement in statements:
        op.execute(sa.text(statement))


# As for the answers: what happened only grows, and may be removed once its workspace is gone. That an import is undone is
# told once, in its own two columns.
ONLY_UNDONE = " OR ".join(
    f"NEW.{column} IS {{differs}} OLD.{column}"
    for column in ("workspace_id", "number", "at", "author", "files", "added", "changed", "cells", "refused")
)
SQLITE_GUARDS = (
    f"""
    CREATE TRIGGER import_version_no_update BEFORE UPDATE ON import_version
    WHEN OLD.undone_at IS NOT NULL OR {ONLY_UNDONE.format(differs="NOT")}
    BEGIN
        SELECT RAISE(ABORT, 'import_version is append only');
    END
    """,
    """
    CREATE TRIGGER import_version_no_delete BEFORE DELETE ON import_version
    WHEN EXISTS (SELECT 1 FROM workspace WHERE id = OLD.workspace_id)
    BEGIN
        SELECT RAISE(ABORT, 'import_version is append only');
    END
    """,
    """
    CREATE TRIGGER import_version_no_replace BEFORE INSERT ON import_version
    WHEN EXISTS (SELECT 1 FROM import_version WHERE workspace_id = NEW.workspace_id AND number = NEW.number)
    BEGIN
        SELECT RAISE(ABORT, 'import_version is append only');
    END
    """,
    """
    CREATE TRIGGER import_change_no_update BEFORE UPDATE ON import_change
    BEGIN
        SELECT RAISE(ABORT, 'import_change is append only');
    END
    """,
    """
    CREATE TRIGGER import_change_no_delete BEFORE DELETE ON import_change
    WHEN EXISTS (SELECT 1 FROM workspace WHERE id = OLD.workspace_id)
    BEGIN
        SELECT RAISE(ABORT, 'import_change is append only');
    END
    """,
    """
    CREATE TRIGGER import_change_no_replace BEFORE INSERT ON import_change
    WHEN EXISTS (
        SELECT 1 FROM import_change WHERE workspace_id = NEW.workspace_id AND number = NEW.number
            AND pand_id = NEW.pand_id AND fact = NEW.fact AND source = NEW.source
    )
    BEGIN
        SELECT RAISE(ABORT, 'import_change is append only');
    END
    """,
)
POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION refuse_import_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF NOT EXISTS (SELECT 1 FROM workspace WHERE id = OLD.workspace_id) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    f"""
    CREATE TRIGGER import_version_no_update BEFORE UPDATE ON import_version FOR EACH ROW
    WHEN (OLD.undone_at IS NOT NULL OR {ONLY_UNDONE.format(differs="DISTINCT FROM")})
    EXECUTE FUNCTION refuse_import_change()
    """,
    """
    CREATE TRIGGER import_version_no_delete BEFORE DELETE ON import_version
    FOR EACH ROW EXECUTE FUNCTION refuse_import_change()
    """,
    """
    CREATE TRIGGER import_version_no_truncate BEFORE TRUNCATE ON import_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_import_change()
    """,
    """
    CREATE TRIGGER import_change_no_change BEFORE UPDATE OR DELETE ON import_change
    FOR EACH ROW EXECUTE FUNCTION refuse_import_change()
    """,
    """
    CREATE TRIGGER import_change_no_truncate BEFORE TRUNCATE ON import_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_import_change()
    """,
)


def downgrade() -> None:
    raise NotImplementedError("put the back-up back instead")
