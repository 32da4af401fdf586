"""`python -m quickscan`: see quickscan.cli."""

from __future__ import annotations

import sys

from quickscan.cli import main

if __name__ == "__main__":
    sys.exit(main())
