"""The business case page of one building: a rerun that works the case out with 10,000 draws, beside one that need not.

Both run the real page in this process, in turn; between the two only the outcome that the service keeps is thrown away. Sending
to a browser is in neither, which makes the bare rerun faster and the ratio harder.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.measuring import Result, interleaved
from quickscan import wiring
from quickscan.services import finance
from quickscan.settings import DATABASE_VARIABLE

PAGE = Path(__file__).resolve().parent.parent / "pages" / "werk" / "businesscase.py"
GOAL = 1.5
REPEATS = 9


def draws_against_rerun() -> Iterator[Result]:
    """Yield the processor time of a rerun with the draws, beside the same rerun without."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ[DATABASE_VARIABLE] = f"sqlite:///{Path(folder).as_posix()}/demo.db"
        rules, services = wiring.rules_on(), wiring.make_services(url)
        workspace = services.portfolios.open_demo(rules, author="benchmark").id
        table = services.portfolios.screen(workspace, rules)
        page = AppTest.from_file(str(PAGE), default_timeout=120)
        page.query_params["werkruimte"] = workspace
        page.query_params["pand"] = str(table.loc[table["woningen"].idxmax(), "pand_id"])

        def with_draws() -> None:
            finance.forget_outcomes()
            page.run()

        page.run()
        if page.exception or not page.title:
            raise AssertionError("the page did not come out")
        ours, theirs, ratio = interleaved(with_draws, page.run, repeats=REPEATS, clock=time.process_time)
    against = f"dezelfde rerun zonder doorrekenen ({theirs * 1000:.0f} ms)"
    yield Result("finance_page_10000_draws", ours * 1000, "ms processortijd", against, ratio, f"≤ {GOAL}", ratio <= GOAL)
