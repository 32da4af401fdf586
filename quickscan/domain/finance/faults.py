"""What can be wrong with a business case: a fault names the key, the problem and the remedy; an error holds all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quickscan.domain.errors import QuickscanError


@dataclass(frozen=True, slots=True)
class CaseFault:
    """One thing wrong with a case: the key as the file has it, what was given, what is wrong and what to do."""

    key: str
    value: object
    problem: str
    advice: str

    def sentence(self) -> str:
        """Return one line that names the key, the problem and the remedy."""
        shown = "" if self.value is None else f" ({tell_value(self.value)})"
        return f"{self.key}: {self.problem}{shown}. {self.advice}"


class CaseError(QuickscanError):
    """A case that cannot be computed; says per key what is wrong and what to do."""

    def __init__(self, faults: Sequence[CaseFault]) -> None:
        self.faults = tuple(faults)
        count = "1 fout" if len(faults) == 1 else f"{len(faults)} fouten"
        super().__init__(f"{count} in de businesscase:\n" + "\n".join(f"- {fault.sentence()}" for fault in faults))


def tell_value(value: object) -> str:
    """Return a value as a case file has it, with a comma for decimals."""
    if isinstance(value, float):
        return f"{value:.6g}".replace(".", ",")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
