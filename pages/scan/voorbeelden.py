"""Wordt geschreven."""
from quickscan.ui.frame import open_page
open_page("Volgt", needs_workspace=False)
