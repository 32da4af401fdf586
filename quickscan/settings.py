"""The few names that the command line and the app share before anything heavy is loaded: folder and environment."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DATABASE_VARIABLE = "QUICKSCAN_DATABASE"
DEFAULT_DATABASE = f"sqlite:///{(PROJECT / 'data' / 'quickscan.db').as_posix()}"
DEMO_VARIABLE = "QUICKSCAN_DEMO"
LOOKUP_VARIABLE = "QUICKSCAN_OPZOEKEN"  # "1": ask public registers over the network; anything else: no traffic at all
LOOKUP_ADDRESS_VARIABLE = "QUICKSCAN_OPZOEKEN_{name}"  # another base address for one register, such as a proxy
EP_ONLINE_KEY_VARIABLE = "QUICKSCAN_EP_ONLINE_SLEUTEL"
