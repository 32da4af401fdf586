"""What a tab is bringing in: the files, where they go, and how far reading is.

A tray lives in the session and holds the files on disk in a folder of its own, which goes when the tray goes. A file is
read in a process apart, once for each way of reading it: the mapping that a person chose, and the buildings it may add to.
Files with buildings are read first; what only says more about buildings (labels, neighbourhoods) is read with those.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from quickscan.domain.errors import UnusableInputError
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.services.imports import FileNote, ImportPlan
from quickscan.services.lookups import LookupOutcome
from quickscan.ui.frame import Desk
from quickscan.wiring import start_reading

KEY, ROUND = "_inlezen", "_inlezen_ronde"
NEW = ""  # the target "a new workspace"


class Stage(Protocol):
    """How far a reading is."""

    @property
    def stage(self) -> str: ...


class Reading(Protocol):
    """A file that is being read in a process apart; `poll` gives None once the outcome is there."""

    def poll(self) -> Stage | None: ...
    def result(self) -> Intake: ...
    def cancel(self) -> None: ...


_CANCELLED = UnusableInputError("Het lezen is gestopt.", "Kies het bestand opnieuw om het alsnog te lezen.")


@dataclass
class Sent:
    """One file as it was sent, and what reading it gave."""

    file_id: str
    name: str
    path: Path
    sha256: str
    size: int
    mapping: dict[str, str | None] = field(default_factory=dict)  # what a person decided, or was remembered
    remembered: bool = False
    brings: bool | None = None  # whether its buildings may be new; None: nobody decided
    read_as: object = None  # the way of reading that `outcome` or `problem` belongs to
    outcome: Intake | None = None
    problem: UnusableInputError | None = None
    reading: Reading | None = None  # under way

    def note(self, sender: str) -> FileNote:
        """Return what is kept of the file: its name and fingerprint, never its content."""
        recognised = self.outcome.recognised if self.outcome is not None else ""
        return FileNote(self.name, self.sha256, self.size, recognised, sender)

    def stop(self) -> None:
        """Stop reading."""
        if self.reading is not None:
            self.reading.cancel()
            self.reading = None


class Tray:
    """The files of one tab."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="quickscan-")
        self.files: dict[str, Sent] = {}
        self.target = NEW
        self.sender = ""
        self._versions = (0, 0)  # of the facts and answers of the target
        self.found: LookupOutcome | None = None  # what was looked up, beside the files
        self._plan: tuple[object, ImportPlan] | None = None

    def take(self, uploads: Sequence[UploadedFile]) -> None:
        """Make the tray hold just these uploads. The name on disk is ours; of the sender's name only the ending counts."""
        wanted = {upload.file_id: upload for upload in uploads}
        for file_id in [name for name in self.files if name not in wanted]:
            self.files[file_id].stop()
            self.files.pop(file_id).path.unlink(missing_ok=True)
        for file_id, upload in wanted.items():
            if file_id not in self.files:
                content = upload.getbuffer()
                path = Path(self._folder.name) / f"{len(self.files)}-{hashlib.sha256(file_id.encode()).hexdigest()[:12]}"
                path = path.with_suffix(Path(upload.name).suffix.lower())
                path.write_bytes(content)
                digest = hashlib.sha256(content).hexdigest()
                self.files[file_id] = Sent(file_id, upload.name, path, digest, len(content))
        # Back in the order in which they were chosen.
        self.files = {file_id: self.files[file_id] for file_id in wanted}

    def aim(self, desk: Desk, target: str) -> None:
        """Choose the workspace that the files go to, as it is now."""
        self.target, self._versions = target, (0, 0)
        if target != NEW:
            workspace = desk.services.portfolios.get(target)
            self._versions = workspace.facts_version, workspace.answers_version

    def is_stale(self, desk: Desk, sent: Sent) -> bool:
        """Tell whether a file still has to be read, or read again in another way."""
        return sent.read_as != self._way(desk, sent)

    def under_way(self, desk: Desk) -> tuple[Sent, Reading] | None:
        """Return the file that is being read, after starting the next one; None when all are read."""
        for sent in self.files.values():
            if sent.reading is not None:
                return sent, sent.reading
        for sent in self.files.values():
            if self.is_stale(desk, sent):
                try:
                    reading = start_reading(
                        sent.path,
                        answer_codes=desk.rules.answer_codes,
                        name=sent.name,
                        mapping=sent.mapping or None,
                        known=self._known(desk, sent),
                    )
                except UnusableInputError as error:
                    sent.outcome, sent.problem, sent.read_as = None, error, self._way(desk, sent)
                    continue
                sent.reading = reading
                return sent, reading
        return None

    def settle(self, desk: Desk, sent: Sent) -> None:
        """Keep what the finished reading of a file gave."""
        reading, sent.reading = sent.reading, None
        if reading is None:  # somebody stopped it in between
            return
        sent.outcome = sent.problem = None
        try:
            sent.outcome = reading.result()
        except UnusableInputError as error:
            sent.problem = error
        if sent.outcome is not None and not sent.mapping:
            headers = [column.header for column in sent.outcome.columns]
            known = desk.services.imports.recall_mapping(self.target or None, self.sender, headers)
            differs = {header: target for header, target in known.items() if sent.outcome.mapping.get(header) != target}
            if differs:  # read once more, with what this sender's columns were said to be before
                sent.mapping, sent.remembered = dict(differs), True
                return
        sent.read_as = self._way(desk, sent)

    def cancel(self, desk: Desk, sent: Sent) -> None:
        """Stop reading a file; it stays unread until it is sent again."""
        sent.stop()
        sent.outcome, sent.problem, sent.read_as = None, _CANCELLED, self._way(desk, sent)

    def choose(self, sent: Sent, mapping: Mapping[str, str | None]) -> None:
        """Have a file read again with other columns."""
        sent.mapping = {**sent.mapping, **mapping}
        sent.remembered = False

    def plan(self, desk: Desk) -> ImportPlan | None:
        """Return what bringing in the files would do, None when none could be read; made once for each way of reading."""
        good = [
            (sent.note(self.sender), replace(sent.outcome, adds=self.brings(sent)))
            for sent in self.files.values()
            if sent.outcome is not None
        ]
        if self.found is not None:
            good += [(FileNote(f"opgezocht: {label}", "", 0, intake.recognised), intake) for label, intake in self.found.intakes]
        if not good:
            return None
        read = tuple((sent.file_id, sent.read_as, self.brings(sent)) for sent in self.files.values())
        key = (read, id(self.found), self.target, self._versions)
        if self._plan is None or self._plan[0] != key:
            self._plan = (key, desk.services.imports.plan(good, workspace_id=self.target or None))
        return self._plan[1]

    def brings(self, sent: Sent) -> bool:
        """Tell whether a file may bring new buildings: as was chosen, else what is likely meant.

        A register has every pand of a place. Beside a list, or for a workspace that has its buildings, it only says more.
        """
        if sent.outcome is None or not sent.outcome.adds:
            return False
        if sent.brings is not None:
            return sent.brings
        others = [other.outcome for other in self.files.values() if other is not sent and other.outcome is not None]
        listed = any(outcome.adds and not _is_register(outcome) for outcome in others)
        return not (_is_register(sent.outcome) and (listed or self.target != NEW))

    def _way(self, desk: Desk, sent: Sent) -> tuple[object, ...]:
        """Return everything that decides what reading a file gives."""
        mapping = tuple(sorted(sent.mapping.items(), key=str))
        way: tuple[object, ...] = (desk.rules.fingerprint, mapping, self.target, self._versions[0])
        if sent.outcome is not None and not sent.outcome.adds:
            way += tuple(other.file_id for other in self._bringing(sent))
        return way

    def _bringing(self, sent: Sent) -> list[Sent]:
        """Return the other files that were read and bring buildings."""
        return [other for other in self.files.values() if other is not sent and self.brings(other)]

    def _known(self, desk: Desk, sent: Sent) -> pd.DataFrame | None:
        """Return the buildings that a file may say more about: those of the workspace and of the other files."""
        frames = [other.outcome.buildings for other in self._bringing(sent) if other.outcome is not None]
        if self.target != NEW:
            frames.insert(0, desk.services.imports.known_buildings(self.target))
        wanted = ["pand_id", "geometry", "postcode", "huisnummer", "straat", "woonplaats"]
        frames = [frame[[name for name in wanted if name in frame.columns]] for frame in frames if len(frame)]
        if not frames:
            return None
        known = pd.concat(frames, ignore_index=True)
        # What a later file says of a building that is there already fills its gaps.
        return known.groupby("pand_id", sort=False, as_index=False).first()


def _is_register(outcome: Intake) -> bool:
    note = outcome.sources.get("pand_id")
    return note is not None and note.source is Herkomst.REGISTER


def current() -> Tray:
    """Return the tray of this tab."""
    tray = st.session_state.get(KEY)
    if not isinstance(tray, Tray):
        tray = st.session_state[KEY] = Tray()
    return tray


def empty() -> None:
    """Let go of the files, after an import or when somebody starts over."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # another uploader, which holds nothing
    tray = st.session_state.pop(KEY, None)
    if isinstance(tray, Tray):
        for sent in tray.files.values():
            sent.stop()
