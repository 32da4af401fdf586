"""Run the app as `python -m quickscan app` does, and note in a file each time that a map is drawn or written as JSON.

`python -m benchmarks.counted_app NOTES --server.port N`. The app's own modules are the ones that are counted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.web.cli import main as streamlit

from quickscan.ui import map3d

SERVER = Path(__file__).resolve().parent.parent / "quickscan" / "server.py"


def counted(work: Callable[..., Any], notes: Path) -> Callable[..., Any]:
    """Return the same function, which also adds a line to the notes."""

    def count(*args: object, **options: object) -> object:
        with notes.open("a") as file:
            file.write(f"{work.__name__}\n")
        return work(*args, **options)

    return count


class Writer:
    """The module orjson as map3d uses it, counted."""

    def __init__(self, notes: Path) -> None:
        self.dumps = counted(map3d.orjson.dumps, notes)


if __name__ == "__main__":
    notes = Path(sys.argv[1])
    map3d.make_picture = counted(map3d.make_picture, notes)
    map3d.orjson = Writer(notes)  # type: ignore[assignment]
    sys.argv = ["streamlit", "run", str(SERVER), *sys.argv[2:]]
    streamlit()
