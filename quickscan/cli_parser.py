"""A parser of command lines that speaks Dutch; argparse itself only knows the languages of the system."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import NoReturn

UNUSABLE = 2  # the exit code of a command that could not be carried out
_ARGPARSE_IN_DUTCH: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.*)", r"dit ontbreekt: \1"),
    (r"unrecognized arguments: (.*)", r"onbekend: \1"),
    (r"argument (\S+): expected one argument", r"\1 heeft een waarde nodig"),
    (r"argument (\S+): invalid choice: '?([^' ]*)'? \(choose from (.*)\)", r"'\2' is geen opdracht; kies uit \3"),
    (r"argument (\S+): (.*)", r"\1: \2"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 is niet duidelijk; bedoel je \2?"),
)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_argument(self, action: argparse.Action) -> None:
        super().add_argument(action)
        for command in self._iter_indented_subactions(action):  # argparse measures these without their indent
            length = len(self._format_action_invocation(command)) + self._current_indent + self._indent_increment
            self._action_max_length = max(self._action_max_length, length)

    def add_usage(self, usage: str | None, actions: Iterable[argparse.Action], groups: object, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "gebruik: " if prefix is None else prefix)  # type: ignore[arg-type]


class DutchParser(argparse.ArgumentParser):
    """A parser that speaks Dutch; argparse itself only knows the languages of the system."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, "add_help": False, "allow_abbrev": False, **options})  # type: ignore[arg-type]
        self._positionals.title, self._optionals.title = "invoer", "opties"
        self.add_argument("-h", "--help", action="help", help="toon deze hulp")

    def error(self, message: str) -> NoReturn:
        for pattern, dutch in _ARGPARSE_IN_DUTCH:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, dutch, message)
                break
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"Deze opdracht klopt niet: {message}.\nHulp: {self.prog} --help\n")
