"""People: accounts, organisations, who is in which workspace with which role, invitations and log-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
ROLES = "role IN ('beheerder', 'regisseur', 'gemeente', 'corporatie', 'toeschouwer')"
PARTIES = "party IN ('gemeente', 'corporatie')"


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(36), nullable=False, comment="UUID"),
        sa.Column("name", sa.String(), nullable=False, comment="naam voor mensen"),
        sa.Column("created_at", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("name", name="uq_organisation_name"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False, comment="nummer van de deelnemer"),
        sa.Column("issuer", sa.String(), nullable=True, comment="de inlogdienst; leeg: gewist"),
        sa.Column("subject", sa.String(), nullable=True, comment="wie het is bij de inlogdienst; leeg: gewist"),
        sa.Column("name", sa.String(), nullable=False, comment="naam voor mensen; leeg: gewist"),
        sa.Column("email", sa.String(), nullable=False, comment="leeg: niet bekend of gewist"),
        sa.Column("organisation_id", sa.String(36), nullable=True, comment="voor wie deze persoon werkt"),
        sa.Column("created_at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("erased_at", MOMENT, nullable=True, comment="UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("issuer", "subject", name="uq_person_issuer_subject"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_person_organisation_id_organisation"),
        sa.CheckConstraint("(issuer IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_person_erased")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workspace_home",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_workspace_home"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_workspace_home_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_workspace_home_organisation_id_organisation"),
    )
    op.create_table(
        "membership",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False, comment="rol in deze werkruimte"),
        sa.Column("party", sa.String(), nullable=True, comment="voor wie een beheerder of regisseur apart antwoordt"),
        sa.Column("since", MOMENT, nullable=False, comment="UTC"),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name="pk_membership"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_membership_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id_person"),
        sa.CheckConstraint(ROLES, name=op.f("ck_membership_role")),
        sa.CheckConstraint(PARTIES, name=op.f("ck_membership_party")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(36), nullable=True),
        sa.Column("organisation_id", sa.String(36), nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=False, comment="SHA-256 van het geheim in de link"),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("party", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False, comment="wie uitnodigde"),
        sa.Column("at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("expires_at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("used_at", MOMENT, nullable=True, comment="UTC; een link werkt één keer"),
        sa.Column("revoked_at", MOMENT, nullable=True, comment="UTC; ingetrokken"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("fingerprint", name="uq_invitation_fingerprint"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name="fk_invitation_workspace_id_workspace", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_invitation_organisation_id_organisation"),
        sa.CheckConstraint("(workspace_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_invitation_one_place")),
        sa.CheckConstraint("(workspace_id IS NULL) = (role IS NULL)", name=op.f("ck_invitation_role_of_workspace")),
        sa.CheckConstraint(ROLES, name=op.f("ck_invitation_role")),
        sa.CheckConstraint(PARTIES, name=op.f("ck_invitation_party")),
    )
    op.create_index("ix_invitation_workspace_id", "invitation", ["workspace_id"])
    op.create_table(
        "login_session",
        sa.Column("fingerprint", sa.String(64), nullable=False, comment="SHA-256 van de inlog"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False, comment="UTC"),
        sa.Column("seen_at", MOMENT, nullable=False, comment="UTC; op de minuut, niet op de klik"),
        sa.Column("ends_at", MOMENT, nullable=False, comment="UTC; hoe dan ook"),
        sa.Column("ended_at", MOMENT, nullable=True, comment="UTC; uitgelogd"),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_login_session"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_login_session_person_id_person"),
    )
    op.create_index("ix_login_session_person_id", "login_session", ["person_id"])


def downgrade() -> None:
    raise NotImplementedError("put the back-up back instead")
