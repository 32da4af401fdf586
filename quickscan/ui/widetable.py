"""A table in HTML that scrolls sideways by itself where the screen is narrow; every text is escaped."""

from __future__ import annotations

import html

import pandas as pd


def wide_table(frame: pd.DataFrame, *, label: str) -> str:
    """Return a frame of texts as a table; the first column is what a row is called, the last may hold a sentence."""
    heads = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in frame.columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(first))}</th>{"".join(f"<td>{html.escape(str(cell))}</td>" for cell in rest)}</tr>'
        for first, *rest in frame.to_numpy(dtype=object).tolist()
    )
    inside = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="breedtabel tekst" tabindex="0" role="group" aria-label="{html.escape(label)}">{inside}</div>'
