"""The few names that the command line and the app share before anything heavy is loaded: folder and environment."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODE_VARIABLE = "QUICKSCAN_MODUS"
LOCAL, SERVER = "lokaal", "server"
DATABASE_VARIABLE = "QUICKSCAN_DATABASE"
DEFAULT_DATABASE = f"sqlite:///{(PROJECT / 'data' / 'quickscan.db').as_posix()}"
DEMO_VARIABLE = "QUICKSCAN_DEMO"
LOOKUP_VARIABLE = "QUICKSCAN_OPZOEKEN"  # "1": ask public registers over the network; anything else: no traffic at all
LOOKUP_ADDRESS_VARIABLE = "QUICKSCAN_OPZOEKEN_{name}"  # another base address for one register, such as a proxy
EP_ONLINE_KEY_VARIABLE = "QUICKSCAN_EP_ONLINE_SLEUTEL"
# Who may log in is the log-in service's; what they may do here starts with these. See docs/server.md.
FIRST_VARIABLE = "QUICKSCAN_EERSTE_BEHEERDER"  # e-mail addresses or subjects, with commas between
MAKERS_VARIABLE = "QUICKSCAN_WERKRUIMTEN_MAKEN"  # "iedereen", or only who was invited for an organisation
IDLE_VARIABLE = "QUICKSCAN_SESSIE_STIL"  # minutes
SESSION_VARIABLE = "QUICKSCAN_SESSIE_DUUR"  # hours
INVITATION_VARIABLE = "QUICKSCAN_UITNODIGING_DAGEN"
PUBLIC_VARIABLE = "QUICKSCAN_ADRES"
