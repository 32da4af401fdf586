"""`python -m quickscan`: see quickscan.cli."""

from __future__ import annotations

import gc
import os
import sys

# A command loads a few hundred thousand objects that stay to the end; looking through them again and again for garbage
# took a tenth of a small `screen`. Still on, because a large file is read for minutes.
gc.set_threshold(100_000, 50, 100)
# Pydantic would look through every installed package for plugins, and none may change what a rule accepts.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from quickscan.cli import main  # noqa: E402 - after what has to be set first

if __name__ == "__main__":
    sys.exit(main())
