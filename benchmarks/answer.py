"""From a click on a choice to saved, scored again and sent: against a rerun of a page with the same widgets and no logic.

Both servers get the same click from the same kind of client, in turn: what a browser sends when a choice is clicked, until
the server says that it is finished. Ours draws the part of the page that an answer changes (a fragment), the peer all of
it; as whole pages both must be the same amount. Afterwards the database must hold every answer.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.client import Client, Run
from benchmarks.measuring import Result
from benchmarks.serving import serve
from quickscan import wiring
from quickscan.domain.terms import INTERVENTIES, Voorselectie

GOAL = 1.5
CLICKS, WARM_UP = 24, 6
THINK_S = 0.15  # the servers collect garbage meanwhile, as they do between the clicks of a person
SIMILAR = 0.1  # how far the number of elements and bytes of both pages may be apart
PEER = str(Path(__file__).with_name("peer_answer.py"))


def against_bare_page() -> Iterator[Result]:
    """Yield the seconds of an answer on the Quick scan page of the demo, beside the peer."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder).as_posix()}/demo.db"
        rules, services = wiring.rules_on(), wiring.make_services(url)
        workspace = services.portfolios.open_demo(rules, author="benchmark").id
        table = services.portfolios.screen(workspace, rules)
        reached = table.loc[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK), "pand_id"]
        kind = INTERVENTIES[0]

        def open_questions(pand_id: str) -> int:
            return len(services.scans.look(workspace, pand_id, rules, interventies=(kind,)).results[kind].questions)

        pand_id = max(reached, key=open_questions)
        answered = len(services.scans.look(workspace, pand_id, rules, interventies=(kind,)).answers)
        with (
            serve(["quickscan", "app"], environment={"QUICKSCAN_DATABASE": url}, option="--port") as ours,
            serve(["streamlit", "run", PEER]) as theirs,
            Client(ours, page="quickscan", query=f"werkruimte={workspace}&pand={pand_id}") as our_client,
            Client(theirs) as their_client,
        ):
            mine, other = our_client.rerun(), their_client.rerun()
            pairs = []
            for _ in range(WARM_UP + CLICKS):
                mine, other = _click(our_client, mine), _click(their_client, other)
                pairs.append((mine.seconds, other.seconds))
            elements = _require_similar(our_client.rerun(), their_client.rerun())
        saved = len(services.scans.look(workspace, pand_id, rules, interventies=(kind,)).answers) - answered
        if saved != WARM_UP + CLICKS:
            raise AssertionError(f"{saved} answers were saved, not {WARM_UP + CLICKS}")
    counted = pairs[WARM_UP:]
    value, peer = (statistics.median(pair[place] for pair in counted) * 1000 for place in (0, 1))
    # Pair by pair: the machine may be slower at the end than at the start, but not within a pair.
    ratio = statistics.median(mine / theirs for mine, theirs in counted)
    against = f"een rerun van een Streamlit-pagina met dezelfde {elements} elementen zonder logica ({peer:.1f} ms)"
    yield Result("answer", value, "ms", against, ratio, f"≤ {GOAL}", ratio <= GOAL)


def _click(client: Client, shown: Run) -> Run:
    run = client.rerun(button=shown.button("keuze_"))
    time.sleep(THINK_S)
    return run


def _require_similar(mine: Run, other: Run) -> int:
    """Return the number of elements of the peer; raise when it is not the same amount of page."""
    sizes = ((len(run.elements), sum(element.ByteSize() for element in run.elements)) for run in (mine, other))
    for ours, theirs in zip(*sizes, strict=True):
        if abs(ours - theirs) > SIMILAR * ours:
            raise AssertionError(f"the peer is another page: {theirs} against {ours}; {mine.kinds()}, {other.kinds()}")
    return len(other.elements)
