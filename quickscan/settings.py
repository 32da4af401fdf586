"""The few names that the command line and the app share before anything heavy is loaded: folder and environment."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DATABASE_VARIABLE = "QUICKSCAN_DATABASE"
DEMO_VARIABLE = "QUICKSCAN_DEMO"
