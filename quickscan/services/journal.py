"""The audit log as people read it: who changed what, from what to what, when and why. It is only read here.

Every change writes its own line, in the store and in the same transaction. What a party answered apart stands in the log
too, and is left out for everybody else as long as the answers of that building are not open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quickscan.domain.answers import Party
from quickscan.services.duo import DuoStore
from quickscan.services.ports import Deed, LogLine, Store


@dataclass(frozen=True)
class Journal:
    """Use cases around the audit log."""

    store: Store
    duo: DuoStore

    def read(
        self,
        workspace_id: str,
        *,
        viewer: Party,
        pand_id: str | None = None,
        author: str | None = None,
        what: Deed | None = None,
        most: int = 200,
    ) -> Sequence[LogLine]:
        """Return the newest lines that the viewer may see, newest first; what is None is not asked for.

        `most` counts the lines that are looked at, so it may be that fewer come back.
        """
        lines = self.store.read_log(workspace_id, pand_id=pand_id, author=author, what=what, most=most)
        if not any(_is_apart(line, viewer) for line in lines):
            return lines
        opened = self.duo.read_revealed(workspace_id)
        return [line for line in lines if line.pand_id in opened or not _is_apart(line, viewer)]


def _is_apart(line: LogLine, viewer: Party) -> bool:
    """Tell whether a line says what another party answered; that it got ready is no secret."""
    return line.what == Deed.ANTWOORD and line.party not in (None, Party.SAMEN, viewer)
