"""`python -m benchmarks [filter …]`: one JSON line per measurement; with filters only the topics whose name has one.

Each line has name, value, unit, against, ratio, goal and holds. Ratios travel from machine to machine, seconds do not.
Nothing here is asserted in the tests.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from benchmarks import scoring, screen
from benchmarks.measuring import Topic

# The lead adds here, once the screens are there, one module a topic with the same shape (a function that yields Results):
#   answer      from a click to saved and scored again, against a rerun of an app with the same widgets and no logic
#   map_bytes   bytes that the map sends, against the same polygons written compactly by hand
#   cold_start  from `app` to the first widgets, against an empty Streamlit script
TOPICS: dict[str, Topic] = {
    "scoring_1e6_vs_numpy": scoring.against_floor,
    "scoring_1e6_vs_loop": scoring.against_loop,
    "scoring_1e6_peak_memory": scoring.peak_memory,
    "screen_den_haag": screen.against_bare_script,
}


def main(filters: Sequence[str]) -> None:
    """Run the topics asked for and print each result as soon as it is there."""
    for name, topic in TOPICS.items():
        if not filters or any(wanted in name for wanted in filters):
            for result in topic():
                print(result.as_json(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
