"""Quickscan optoppen: can homes be added on, against or under a building, and what comes first?"""

__version__ = "0.1.0"
