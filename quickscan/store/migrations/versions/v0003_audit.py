"""What happened, told for good: the audit log, which starts with what is there, and what was settled."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False, comment="volgorde"),
        sa.Column("workspace_id", sa.String(36), nullable=False, comment="geen verwijzing: zie de module"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("author", sa.String(), nullable=False, comment="wie het deed"),
        sa.Column("what", sa.String(), nullable=False, comment="soort wijziging, bijvoorbeeld antwoord"),
        sa.Column("pand_id", sa.String(16), nullable=True),
        sa.Column("name", sa.String(), nullable=True, comment="criterium, gegeven of wat anders veranderde"),
        sa.Column("party", sa.String(), nullable=True),
        sa.Column("old", sa.String(), nullable=True, comment="wat er stond; leeg: niets of weet ik niet"),
        sa.Column("new", sa.String(), nullable=True, comment="wat er kwam te staan"),
        sa.Column("note", sa.String(), nullable=False, comment="toelichting van de persoon"),
        sa.Column("detail", sa.String(), nullable=True, comment="JSON: de rest van een enkele wijziging"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="JSON met zlib: de cellen van een grote wijziging"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_workspace_id", "audit_log", ["workspace_id"])
    op.create_table(
        "snapshot",
        sa.Column("workspace_id", sa.String(36), nullable=False, comment="geen verwijzing: zie de module"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="begint bij 1"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("pand_id", sa.String(16), nullable=True, comment="leeg: alle gebouwen"),
        sa.Column("note", sa.String(), nullable=False, comment="toelichting"),
        sa.Column("day", sa.Date(), nullable=False, comment="peildatum van de normen"),
        sa.Column("fingerprint", sa.String(), nullable=False, comment="van de normenset, met de aanpassingen van de werkruimte"),
        sa.Column("rulebook", sa.String(), nullable=False, comment="sleutel in settled_rulebook"),
        sa.Column("buildings", sa.Integer(), nullable=False, comment="aantal gebouwen"),
        sa.Column("checksum", sa.String(), nullable=False, comment="SHA-256 van de inhoud zonder zlib"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="JSON met zlib: gegevens, antwoorden en uitkomsten"),
        sa.PrimaryKeyConstraint("workspace_id", "number", name="pk_snapshot"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_snapshot_number")),
    )
    op.create_table(
        "settled_rulebook",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="JSON met zlib"),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_settled_rulebook"),
    )
    statements = SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS
    for statement in statements:
        op.execute(sa.text(statement))
    _tell_what_is_there(op.get_bind())


def _tell_what_is_there(bind: sa.Connection) -> None:
    """Begin the log of every workspace with a line that holds all its cells, so that the log alone tells the tables."""
    workspaces = bind.execute(sa.text("SELECT id, name, changed_at FROM workspace ORDER BY created_at")).all()
    for workspace_id, name, changed_at in workspaces:
        line = {"w": workspace_id, "at": changed_at, "new": name, "content": _pack(bind, workspace_id)}
        bind.execute(
            sa.text(
                "INSERT INTO audit_log (workspace_id, at, author, what, new, note, content) VALUES"
                " (:w, :at, 'migratie', 'werkruimte gemaakt', :new, 'De stand toen het logboek begon.', :content)"
            ),
            line,
        )


def _pack(bind: sa.Connection, workspace_id: str) -> bytes:
    """Return the cells as `quickscan.store.audit.Effects.pack` wrote them when this step was made."""
    key = {"w": workspace_id}
    buildings = bind.execute(sa.text("SELECT id, pand_id, geometry FROM building WHERE workspace_id = :w ORDER BY position"), key).all()
    place_of = {row.id: place for place, row in enumerate(buildings)}
    shapes = [(place, base64.b64encode(row.geometry).decode()) for place, row in enumerate(buildings) if row.geometry is not None]
    facts: dict[tuple[object, ...], tuple[list[int], list[object]]] = {}
    for row in bind.execute(sa.text("SELECT fact.* FROM fact JOIN building ON id = building_id WHERE workspace_id = :w"), key):
        about = (row.source_label, _iso(row.source_date), row.confidence, row.author, _iso(row.recorded_at))
        places, values = facts.setdefault((row.name, row.source, *about), ([], []))
        places.append(place_of[row.building_id])
        values.append(row.text if row.number is None else row.number)
    answers: dict[tuple[object, ...], tuple[list[int], list[object], list[int]]] = {}
    for row in bind.execute(sa.text("SELECT answer.* FROM answer JOIN building ON id = building_id WHERE workspace_id = :w"), key):
        same = (row.criterion, row.party, row.note, row.certainty, row.author, _iso(row.at))
        places, choices, versions = answers.setdefault(same, ([], [], []))
        places.append(place_of[row.building_id])
        choices.append(row.choice)
        versions.append(row.version)
    content = {
        "pand_ids": [row.pand_id for row in buildings],
        "removed": [],
        "facts_gone": [],
        "answers_gone": [],
        "added": list(range(len(buildings))),
        "shapes": shapes,
        "facts": [(*alike, *columns) for alike, columns in facts.items()],
        "answers": [(*alike, *columns) for alike, columns in answers.items()],
    }
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _iso(value: date | str | None) -> str | None:
    """Return a day or a moment as ISO text; SQLite already gives text, with microseconds."""
    if value is None or (isinstance(value, str) and len(value) == len("2026-11-21")):
        return value
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


# The log and the rulebooks only grow, also when a workspace goes. A snapshot may be removed once its workspace is gone.
# INSERT OR REPLACE removes the old row without asking the triggers on DELETE, hence those on INSERT.
REFUSE = "SELECT RAISE(ABORT, '{table} is append only')"
KEYS = {
    "audit_log": "id = NEW.id",
    "snapshot": "workspace_id = NEW.workspace_id AND number = NEW.number",
    "settled_rulebook": "fingerprint = NEW.fingerprint",
}
GONE = "WHEN EXISTS (SELECT 1 FROM workspace WHERE id = OLD.workspace_id)"
SQLITE_GUARDS = tuple(
    statement
    for table, key in KEYS.items()
    for statement in (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {REFUSE.format(table=table)}; END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {GONE if table == 'snapshot' else ''} "
        f"BEGIN {REFUSE.format(table=table)}; END",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key}) "
        f"BEGIN {REFUSE.format(table=table)}; END",
    )
)
POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    *(
        statement
        for table in ("audit_log", "settled_rulebook")
        for statement in (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    ),
    # The function of the second migration allows a deletion once the workspace is gone.
    "CREATE TRIGGER snapshot_no_change BEFORE UPDATE OR DELETE ON snapshot FOR EACH ROW EXECUTE FUNCTION refuse_import_change()",
    "CREATE TRIGGER snapshot_no_truncate BEFORE TRUNCATE ON snapshot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def downgrade() -> None:
    raise NotImplementedError("put the back-up back instead")
