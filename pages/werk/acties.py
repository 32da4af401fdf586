"""Acties."""

from __future__ import annotations

from quickscan.ui.frame import open_page

desk = open_page("Acties")
