"""Counting huurpunten with the package `woningwaardering`, in a process of its own.

The package is heavy, and importing it changes the whole process: the locale, the time zone, what warnings do and how
decimals round. So it is imported in `counting` only, which runs apart; `process` starts that and reads what it says.
"""
