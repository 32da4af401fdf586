"""The tables, as typed models. The migrations make them; a test keeps the two equal.

A workspace has buildings; a building has facts (one per name and source) and answers (one per criterion and party).
`answer_history` keeps every version of every answer. It knows workspace and building by their own names and not by
foreign key, so that nothing cascades into it; triggers in the database refuse every change, and allow its deletion
only once its workspace is gone. The same goes for `import_version` (but that an import is undone can be told, once) and
`import_change`. `column_mapping` is what a person decided about the columns of a sender.

`audit_log` has a line for every change, written in the same transaction, and stays when its workspace goes. `snapshot`
is what was settled ("vastgesteld"), and `settled_rulebook` the rules it was settled with, kept once for all of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    Double,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from quickscan.domain.answers import Certainty, Party
from quickscan.domain.facts import PAND_ID_LENGTH
from quickscan.domain.terms import Herkomst

_UUID_LENGTH = 36
_ISO_LENGTH = 32
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite has no type for it and gets ISO text with its offset, which sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = String(_ISO_LENGTH) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value.isoformat()}")
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | str | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


def _words(words: type[StrEnum], name: str) -> Enum:
    """Store an enum by its Dutch value, and let the database refuse other words."""
    values = [word.value for word in words]
    return Enum(words, name=name, native_enum=False, create_constraint=True, length=20, values_callable=lambda _: values)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model: for Core statements, without the work of the ORM."""
    return cast(Table, model.__table__)


class WorkspaceRow(Base):
    __tablename__ = "workspace"

    id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True, comment="UUID")
    name: Mapped[str] = mapped_column(String, comment="naam voor mensen")
    fictional: Mapped[bool] = mapped_column(comment="verzonnen gegevens, bijvoorbeeld om te oefenen")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC; laatste feit of antwoord")
    facts_version: Mapped[int] = mapped_column(comment="telt elke wijziging van een feit; sleutel van de cache")
    answers_version: Mapped[int] = mapped_column(comment="telt elke wijziging van een antwoord; sleutel van de cache")


class BuildingRow(Base):
    __tablename__ = "building"
    __table_args__ = (
        UniqueConstraint("workspace_id", "pand_id"),
        UniqueConstraint("workspace_id", "position"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(comment="volgorde in het ingelezen bestand, vanaf 0")
    pand_id: Mapped[str] = mapped_column(String(PAND_ID_LENGTH), comment="BAG-id van het pand, met de nul vooraan")
    geometry: Mapped[bytes | None] = mapped_column(LargeBinary, comment="WKB in RD New (EPSG:28992)")


class FactRow(Base):
    """Clustered by building on SQLite (no row id): a whole workspace is then read in one sweep."""

    __tablename__ = "fact"
    __table_args__ = (
        CheckConstraint("(number IS NULL) <> (text IS NULL)", name="one_value"),
        {"sqlite_with_rowid": False},
    )

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String, primary_key=True, comment="naam in het kolommencontract")
    source: Mapped[Herkomst] = mapped_column(_words(Herkomst, "source"), primary_key=True, comment="herkomst")
    number: Mapped[float | None] = mapped_column(Double, comment="de waarde, als het een getal is")
    text: Mapped[str | None] = mapped_column(String, comment="de waarde, als het tekst of een keuze is")
    source_label: Mapped[str] = mapped_column(String, comment="de bron voor mensen, bijvoorbeeld 'BAG via PDOK'")
    source_date: Mapped[date | None] = mapped_column(Date, comment="dag waarop de bron geldt")
    confidence: Mapped[str] = mapped_column(String, comment="hoog, normaal of laag")
    author: Mapped[str] = mapped_column(String, comment="wie het invoerde of inlas")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class AnswerRow(Base):
    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        {"sqlite_with_rowid": False},
    )

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String, primary_key=True, comment="id van het criterium, bijvoorbeeld bou.lift")
    party: Mapped[Party] = mapped_column(_words(Party, "party"), primary_key=True, comment="wie antwoordt")
    choice: Mapped[str | None] = mapped_column(String, comment="code van de keuze; leeg is een bewust 'weet ik niet'")
    note: Mapped[str] = mapped_column(String, comment="toelichting")
    certainty: Mapped[Certainty] = mapped_column(_words(Certainty, "certainty"), comment="hoe zeker het antwoord is")
    author: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    version: Mapped[int] = mapped_column(comment="begint bij 1 en telt de wijzigingen")


class AnswerHistoryRow(Base):
    """Append only; see the triggers in the first migration."""

    __tablename__ = "answer_history"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True, comment="geen verwijzing: zie de module")
    pand_id: Mapped[str] = mapped_column(String(PAND_ID_LENGTH), primary_key=True)
    criterion: Mapped[str] = mapped_column(String, primary_key=True)
    party: Mapped[Party] = mapped_column(_words(Party, "party"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    choice: Mapped[str | None] = mapped_column(String)
    note: Mapped[str] = mapped_column(String)
    certainty: Mapped[Certainty] = mapped_column(_words(Certainty, "certainty"))
    author: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")


class ImportVersionRow(Base):
    """Append only but for `undone_*`; see the triggers in the second migration."""

    __tablename__ = "import_version"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True, comment="geen verwijzing: zie de module")
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="begint bij 1")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    author: Mapped[str] = mapped_column(String, comment="wie de import bevestigde")
    files: Mapped[str] = mapped_column(String, comment="JSON: per bestand name, sha256, size, recognised, sender")
    added: Mapped[int] = mapped_column(comment="gebouwen die erbij kwamen")
    changed: Mapped[int] = mapped_column(comment="gebouwen waar iets wijzigde")
    cells: Mapped[int] = mapped_column(comment="geschreven waarden")
    refused: Mapped[int] = mapped_column(comment="geweigerde rijen")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC")
    undone_by: Mapped[str | None] = mapped_column(String)


class ImportChangeRow(Base):
    """One cell that an import changed in a building that was there, exact enough to put it back. Append only.

    A building that an import added is one row, with `pand_id` as its fact: undoing takes it away whole. Of an answer the
    label is its note and the confidence its certainty. Without `old_at` nothing was there; without a new value it went.
    """

    __tablename__ = "import_change"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True, comment="geen verwijzing: zie de module")
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="van de import")
    pand_id: Mapped[str] = mapped_column(String(PAND_ID_LENGTH), primary_key=True)
    fact: Mapped[str] = mapped_column(String, primary_key=True, comment="gegeven, criterium, geometry of pand_id")
    source: Mapped[Herkomst] = mapped_column(_words(Herkomst, "source"), primary_key=True, comment="herkomst")
    new_number: Mapped[float | None] = mapped_column(Double)
    new_text: Mapped[str | None] = mapped_column(String)
    new_shape: Mapped[bytes | None] = mapped_column(LargeBinary, comment="WKB in RD New (EPSG:28992)")
    old_number: Mapped[float | None] = mapped_column(Double)
    old_text: Mapped[str | None] = mapped_column(String)
    old_shape: Mapped[bytes | None] = mapped_column(LargeBinary, comment="WKB in RD New (EPSG:28992)")
    old_label: Mapped[str | None] = mapped_column(String)
    old_date: Mapped[date | None] = mapped_column(Date)
    old_confidence: Mapped[str | None] = mapped_column(String)
    old_author: Mapped[str | None] = mapped_column(String)
    old_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="UTC; leeg: er was niets")


class ColumnMappingRow(Base):
    __tablename__ = "column_mapping"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    sender: Mapped[str] = mapped_column(String, primary_key=True, comment="van wie het bestand komt, in kleine letters")
    header: Mapped[str] = mapped_column(String, primary_key=True, comment="kop van de kolom, in kleine letters")
    target: Mapped[str | None] = mapped_column(String, comment="gegeven, criterium of geometry; leeg: niet gebruiken")


class AuditRow(Base):
    """One change. A cell has `name` with `old` and `new`; what changes many at once tells it all in `content`. Append only.

    `what` is a word of `services.ports.Deed`; the database does not check it, so that a new kind needs no migration.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "workspace_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, comment="volgorde")
    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), comment="geen verwijzing: zie de module")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    author: Mapped[str] = mapped_column(String, comment="wie het deed")
    what: Mapped[str] = mapped_column(String, comment="soort wijziging, bijvoorbeeld antwoord")
    pand_id: Mapped[str | None] = mapped_column(String(PAND_ID_LENGTH))
    name: Mapped[str | None] = mapped_column(String, comment="criterium, gegeven of wat anders veranderde")
    party: Mapped[str | None] = mapped_column(String)
    old: Mapped[str | None] = mapped_column(String, comment="wat er stond; leeg: niets of weet ik niet")
    new: Mapped[str | None] = mapped_column(String, comment="wat er kwam te staan")
    note: Mapped[str] = mapped_column(String, comment="toelichting van de persoon")
    detail: Mapped[str | None] = mapped_column(String, comment="JSON: de rest van een enkele wijziging")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, comment="JSON met zlib: de cellen van een grote wijziging")


class SnapshotRow(Base):
    """One building, or all of a workspace, as it was settled. Append only; goes once its workspace is gone."""

    __tablename__ = "snapshot"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    workspace_id: Mapped[str] = mapped_column(String(_UUID_LENGTH), primary_key=True, comment="geen verwijzing: zie de module")
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="begint bij 1")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
    author: Mapped[str] = mapped_column(String)
    pand_id: Mapped[str | None] = mapped_column(String(PAND_ID_LENGTH), comment="leeg: alle gebouwen")
    note: Mapped[str] = mapped_column(String, comment="toelichting")
    day: Mapped[date] = mapped_column(Date, comment="peildatum van de normen")
    fingerprint: Mapped[str] = mapped_column(String, comment="van de normenset, met de aanpassingen van de werkruimte")
    rulebook: Mapped[str] = mapped_column(String, comment="sleutel in settled_rulebook")
    buildings: Mapped[int] = mapped_column(comment="aantal gebouwen")
    checksum: Mapped[str] = mapped_column(String, comment="SHA-256 van de inhoud zonder zlib")
    content: Mapped[bytes] = mapped_column(LargeBinary, comment="JSON met zlib: gegevens, antwoorden en uitkomsten")


class RulebookRow(Base):
    """A rulebook that something was settled with, whole, so that it can be worked out again later. Append only."""

    __tablename__ = "settled_rulebook"

    fingerprint: Mapped[str] = mapped_column(String, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, comment="JSON met zlib")


class BusinessCaseRow(Base):
    """What people filled in for the business case of one building; `quickscan.store.finance` reads and writes it."""

    __tablename__ = "business_case"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        {"sqlite_with_rowid": False},
    )

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"), primary_key=True)
    pand_id: Mapped[str] = mapped_column(
        String(PAND_ID_LENGTH), primary_key=True, comment="leeg: de eigen waarden van de werkruimte"
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="volgnummer per pand, vanaf 1")
    name: Mapped[str] = mapped_column(String, comment="naam voor mensen")
    content: Mapped[str] = mapped_column(String, comment="JSON: wat afwijkt van scan en normenset, als in een casebestand")
    locked: Mapped[bool] = mapped_column(comment="vast: kan niet meer wijzigen")
    leading: Mapped[bool] = mapped_column(comment="de case die voor de scan telt")
    version: Mapped[int] = mapped_column(comment="begint bij 1 en telt de wijzigingen")
    author: Mapped[str] = mapped_column(String, comment="wie het laatst wijzigde")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="UTC")
