"""`python -m benchmarks [filter …]`: one JSON line per measurement; with filters only the topics whose name has one.

Each line has name, value, unit, against, ratio, goal and holds. Ratios travel from machine to machine, seconds do not.
Nothing here is asserted in the tests.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from benchmarks import (
    answer,
    cold_start,
    families,
    finance,
    finance_page,
    live,
    map_bytes,
    nation,
    reading,
    saving,
    schedule,
    scoring,
    screen,
)
from benchmarks.measuring import Topic

TOPICS: dict[str, Topic] = {
    "scoring_1e6_vs_numpy": scoring.against_floor,
    "scoring_1e6_vs_loop": scoring.against_loop,
    "scoring_1e6_peak_memory": scoring.peak_memory,
    "screen_den_haag": screen.against_bare_script,
    "families_den_haag": families.against_floor,
    "xlsx_50000": reading.xlsx_against_openpyxl,
    "arrow_shapes": reading.arrow_against_objects,
    "national": nation.against_pyarrow,
    "dask": nation.dask_against_one_process,
    "finance_draws": finance.draws_against_floor,
    "finance_memory": finance.draws_memory,
    "finance_irr": finance.rates_against_pyxirr,
    "finance_npv": finance.values_against_numpy,
    "finance_page": finance_page.draws_against_rerun,
    "schedule_draws": schedule.against_bare_numpy,
    "schedule_memory": schedule.memory,
    "answer": answer.against_bare_page,
    "saving": saving.against_bare_commit,
    "live_session": live.against_bare_page,
    "map_bytes": map_bytes.against_plain_pydeck,
    "cold_start": cold_start.against_hello,
}


def main(filters: Sequence[str]) -> None:
    """Run the topics asked for and print each result as soon as it is there."""
    for name, topic in TOPICS.items():
        if not filters or any(wanted in name for wanted in filters):
            for result in topic():
                print(result.as_json(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
