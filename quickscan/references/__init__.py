"""Reference projects: what was really added, with sources, and what can test the tool."""

from quickscan.references.table import Aantal, Meting, ReferenceProject, ReferenceTableError, load_references, read_references

__all__ = ["Aantal", "Meting", "ReferenceProject", "ReferenceTableError", "load_references", "read_references"]
