"""What the map of 5,613 real panden sends over the websocket, against plain pydeck; and what a rerun sends again.

The peer gets the same polygons, with the corners that our map keeps after simplifying, and the same texts. Bytes are
counted on the socket. Both servers read .streamlit/config.toml, so both compress what they send, or neither does.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pandas as pd

from benchmarks.client import Client
from benchmarks.measuring import Result
from benchmarks.screen import DEN_HAAG
from benchmarks.serving import serve
from quickscan import wiring
from quickscan.services.imports import FileNote
from quickscan.services.ports import Workspace
from quickscan.ui import map3d
from quickscan.wiring import Services

GOAL_BYTES, GOAL_RERUN = 0.2, 0.001
PEER = str(Path(__file__).with_name("peer_map.py"))


def against_plain_pydeck() -> Iterator[Result]:
    """Yield the bytes of the first load beside plain pydeck, as sent and uncompressed, and those of a rerun."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        services = wiring.make_services(f"sqlite:///{folder.as_posix()}/kaart.db")
        workspace = _open_workspace(services)
        count = _leave_frames(services, workspace, folder)
        notes = folder / "notes.txt"
        ours = ["benchmarks.counted_app", str(notes)]
        with (
            serve(ours, environment={"QUICKSCAN_DATABASE": f"sqlite:///{folder.as_posix()}/kaart.db"}) as address,
            serve(["streamlit", "run", PEER], environment={"BENCHMARK_FRAMES": str(folder)}) as peer,
            Client(address, page="kaart", query=f"werkruimte={workspace.id}") as client,
            Client(peer) as other,
        ):
            mine, theirs = client.rerun(), other.rerun()
            drawn = notes.read_text().split()
            again = client.rerun()
            drawn_again = notes.read_text().split()[len(drawn) :]
            if client.compressed != other.compressed:
                raise AssertionError("one of the two compresses and the other does not")
            if "deck_gl_json_chart" not in mine.kinds() or not drawn:
                raise AssertionError("our page has no map")
            if mine.text() != again.text():
                raise AssertionError("the rerun shows something else")
    sent = "gecomprimeerd" if client.compressed else "niet gecomprimeerd"
    for label, value, peer_value, goal, how in (
        ("map_bytes", mine.message_bytes, theirs.message_bytes, GOAL_BYTES, "beide zonder compressie"),
        (
            "map_bytes_as_sent",
            mine.wire_bytes,
            theirs.message_bytes,
            GOAL_BYTES,
            f"de onze {sent}, pydeck zoals het komt: zonder",
        ),
        ("map_bytes_both_compressed", mine.wire_bytes, theirs.wire_bytes, None, f"beide {sent}"),
    ):
        ratio = value / peer_value
        against = f"gewone pydeck met dezelfde {count} veelhoeken en teksten ({peer_value / 1e6:.2f} MB), {how}"
        yield Result(label, value / 1e6, "MB", against, ratio, f"≤ {goal}" if goal else None, ratio <= goal if goal else None)
    first, later = mine.map_bytes(), again.map_bytes()
    ratio = later / first
    against = (
        f"het bericht met de kaart bij de eerste keer ({first / 1e6:.2f} MB); opnieuw getekend of als JSON geschreven: "
        f"{len(drawn_again)} keer; de hele pagina stuurt dan {again.wire_bytes / 1e3:.1f} kB"
    )
    yield Result(
        "map_rerun_bytes", later, "B", against, ratio, f"≤ {GOAL_RERUN}, 0 keer", ratio <= GOAL_RERUN and not drawn_again
    )


def _open_workspace(services: Services) -> Workspace:
    rules = wiring.rules_on()
    if DEN_HAAG.is_file():
        intake = wiring.read_buildings(DEN_HAAG, answer_codes=rules.answer_codes)
        plan = services.imports.plan([(FileNote(DEN_HAAG.name, "", 0), intake)], workspace_id=None)
        record = services.imports.confirm(plan, name="Den Haag", author="benchmark")
        return services.portfolios.get(record.workspace_id)
    print(f"map_bytes: {DEN_HAAG} ontbreekt, gemeten op de voorbeeldwijk", file=sys.stderr)
    return services.portfolios.open_demo(rules, author="benchmark")


def _leave_frames(services: Services, workspace: Workspace, folder: Path) -> int:
    """Write what our map holds as one frame per layer, with corners in degrees, for the peer; return how many polygons."""
    rules = wiring.rules_on()
    table = services.portfolios.screen(workspace.id, rules)
    choice = map3d.Choice(map3d.default_colouring(table))
    spec = orjson.loads(map3d.make_picture(services.portfolios.buildings(workspace.id), table, rules, choice).spec)
    count = 0
    for place, layer in enumerate(spec["layers"]):
        flat = layer["positionFormat"] == "XY"
        rows = [
            {"p": item["p"], "h": item["h"], **{name: item[name] for name in ("i", "n", "w", "o")}}
            if isinstance(item, dict)
            else {"p": item[1], "h": item[0]}
            for item in layer["data"]
        ]
        frame = pd.DataFrame(rows)
        frame["p"] = [_degrees(corners, layer["coordinateOrigin"], 2 if flat else 3) for corners in frame["p"]]
        frame["h"] /= map3d.UNITS_PER_M
        frame.to_pickle(folder / f"{place}.pickle")
        count += len(frame)
    return count


def _degrees(corners: list[int] | dict[str, list[int]], origin: list[float], width: int) -> list[list[float]]:
    """Return the outer ring in degrees, closed: what `to_crs(4326)` and `exterior.coords` give. Holes are left out."""
    values = corners["positions"][: corners["holeIndices"][0]] if isinstance(corners, dict) else corners
    points = np.array(values, dtype=float).reshape(-1, width) / map3d.UNITS_PER_M
    points[:, 0] = origin[0] + points[:, 0] / (map3d.METRES_PER_DEGREE * np.cos(np.radians(origin[1])))
    points[:, 1] = origin[1] + points[:, 1] / map3d.METRES_PER_DEGREE
    ring: list[list[float]] = [*points.tolist(), points[0].tolist()]
    return ring
