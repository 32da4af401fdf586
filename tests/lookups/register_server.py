"""A server on this machine that speaks the protocols of the five registers, with made-up buildings, and with faults.

The little world: two panden side by side in RD, with verblijfsobjecten, in one buurt. Pand EEN has three homes and a
shop; one of its homes lies in pand TWEE as well. A fault is planned for a path and used up by the requests that come.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

EEN, TWEE, ONBEKEND = "0000100000000101", "0000100000000102", "0000100000000999"
UUID_EEN, UUID_TWEE = "aaaaaaaa-0000-5000-8000-000000000001", "bbbbbbbb-0000-5000-8000-000000000002"
KEY = "geheim"
X, Y = 120_000.0, 480_000.0
ATTRIBUTES = {
    EEN: {"b3_h_maaiveld": 1.0, "b3_h_dak_70p": 13.4, "b3_dak_type": "horizontal", "b3_opp_dak_plat": 390.5, "b3_bouwlagen": 4},
    TWEE: {"b3_h_maaiveld": 1.0, "b3_h_dak_70p": 31.0, "b3_dak_type": "no points", "b3_opp_dak_plat": 0.0, "b3_bouwlagen": 4},
}


def make_home_id(number: int) -> str:
    return f"000001000000{number:04}"


def _make_box(x: float, y: float, width: float, depth: float) -> dict[str, Any]:
    ring = [[x, y], [x + width, y], [x + width, y + depth], [x, y + depth], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def _make_pand(pand_id: str, uuid: str, x: float, **about: Any) -> dict[str, Any]:
    properties = {
        "identificatie": pand_id,
        "bouwjaar": 1962,
        "status": "Pand in gebruik",
        "gebruiksdoel": "woonfunctie",
        "aantal_verblijfsobjecten": 4,
        **about,
    }
    return {"type": "Feature", "id": uuid, "properties": properties, "geometry": _make_box(x, Y, 40, 10)}


def _make_object(number: int, *uuids: str, letter: str | None = None, **about: Any) -> dict[str, Any]:
    properties = {
        "identificatie": make_home_id(number),
        "status": "Verblijfsobject in gebruik",
        "gebruiksdoel": "woonfunctie",
        "oppervlakte": 60 + number,
        "openbare_ruimte_naam": "Verzonnen Laan",
        "huisnummer": number,
        "huisletter": letter,
        "postcode": "1234AB",
        "woonplaats_naam": "Nergenshuizen",
        "pand.href": [f"https://api.pdok.nl/kadaster/bag/ogc/v2/collections/pand/items/{uuid}" for uuid in uuids],
        **about,
    }
    point = {"type": "Point", "coordinates": [X + 1, Y + 1]}
    return {"type": "Feature", "id": f"object-{number}", "properties": properties, "geometry": point}


def _make_address(number: int, letter: str = "") -> dict[str, Any]:
    shown = f"{number}{letter}"
    return {
        "id": f"adr-{shown}",
        "type": "adres",
        "weergavenaam": f"Verzonnen Laan {shown}, 1234AB Nergenshuizen",
        "straatnaam": "Verzonnen Laan",
        "huisnummer": number,
        "huis_nlt": shown,
        "postcode": "1234AB",
        "woonplaatsnaam": "Nergenshuizen",
        "gemeentenaam": "Nergenshuizen",
        "provincienaam": "Utrecht",
        "adresseerbaarobject_id": make_home_id(number),
        "centroide_rd": f"POINT({X + number} {Y + 5})",
        **({"huisletter": letter} if letter else {}),
    }


def _make_label(number: int, letter: str, *, registered: str = "2024-01-01T00:00:00", until: str = "2034-01-01T00:00:00") -> Any:
    return {
        "Registratiedatum": registered,
        "Geldig_tot": until,
        "BAGVerblijfsobjectID": make_home_id(number),
        "Energieklasse": letter,
        "Certificaathouder": "Verzonnen Adviesbureau",
    }


@dataclass
class World:
    """What the registers know. A test may change it."""

    panden: list[dict[str, Any]] = field(
        default_factory=lambda: [
            _make_pand(EEN, UUID_EEN, X, gebruiksdoel="woonfunctie,winkelfunctie"),
            _make_pand(TWEE, UUID_TWEE, X + 40, bouwjaar=1005, aantal_verblijfsobjecten=1),
        ]
    )
    objects: list[dict[str, Any]] = field(
        default_factory=lambda: [
            _make_object(1, UUID_EEN),
            _make_object(3, UUID_EEN),
            _make_object(5, UUID_EEN, UUID_TWEE, oppervlakte=1),
            _make_object(7, UUID_EEN, gebruiksdoel="winkelfunctie", oppervlakte=200),
            _make_object(9, UUID_EEN, status="Verblijfsobject ingetrokken"),
            _make_object(11, UUID_TWEE),
        ]
    )
    addresses: list[dict[str, Any]] = field(
        default_factory=lambda: [_make_address(1), _make_address(3), _make_address(5), _make_address(7), _make_address(11)]
    )
    labels: dict[str, list[Any]] = field(
        default_factory=lambda: {
            make_home_id(1): [_make_label(1, "C"), _make_label(1, "A", registered="2025-05-05T00:00:00")],
            make_home_id(3): [_make_label(3, "D"), _make_label(3, "A+", until="2020-01-01T00:00:00")],
            make_home_id(5): [_make_label(5, "D")],
            make_home_id(11): [_make_label(11, "E")],
        }
    )
    buurt: dict[str, Any] = field(
        default_factory=lambda: {
            "buurtcode": "BU99990001",
            "buurtnaam": "Verzonbuurt",
            "wijkcode": "WK999900",
            "wijknaam": "Verzonwijk",
            "gemeentecode": "GM9999",
            "gemeentenaam": "Nergenshuizen",
        }
    )
    page: int = 1000

    def answer(self, path: str, query: Mapping[str, str], key: str | None) -> Any:
        """Return what the register at this path says; None for 404, an int for another status."""
        register, _, rest = path.removeprefix("/").partition("/")
        return {"ls": self._search, "bag": self._ask_bag, "3d": self._ask_3d, "ep": self._ask_ep, "cbs": self._ask_cbs}[register](
            rest, query, key
        )

    def _search(self, rest: str, query: Mapping[str, str], key: str | None) -> Any:
        del key
        wanted = query["q"].upper().replace(" ", "")
        # Like the real one: what fits best comes first, but something always comes.
        docs = sorted(self.addresses, key=lambda doc: not wanted.endswith(f"{doc['huis_nlt']}".upper()))
        return {"response": {"numFound": len(docs), "start": 0, "maxScore": 9.1, "docs": docs}} if rest == "free" else None

    def _ask_bag(self, rest: str, query: Mapping[str, str], key: str | None) -> Any:
        del key
        parts = rest.split("/")
        features = self.panden if parts[1] == "pand" else self.objects
        if len(parts) > 3:
            return next((feature for feature in features if feature["id"] == parts[3]), None)
        if "identificatie" in query:
            found = [feature for feature in features if feature["properties"]["identificatie"] == query["identificatie"]]
        else:
            start = int(query.get("cursor", "0"))
            found = features[start : start + self.page]
            if start + self.page < len(features):
                following = f"https://elders.example/bag?cursor={start + self.page}"  # only its question is used
                return {"type": "FeatureCollection", "features": found, "links": [{"rel": "next", "href": following}]}
        return {"type": "FeatureCollection", "features": found, "links": [{"rel": "self", "href": "https://x.example"}]}

    def _ask_3d(self, rest: str, query: Mapping[str, str], key: str | None) -> Any:
        del query, key
        name = rest.rpartition("/")[2]
        attributes = ATTRIBUTES.get(name.removeprefix("NL.IMBAG.Pand."))
        if attributes is None:
            return None
        city = {
            name: {"type": "Building", "attributes": attributes, "children": [f"{name}-0"]},
            f"{name}-0": {"type": "BuildingPart"},
        }
        return {"id": name, "feature": {"type": "CityJSONFeature", "id": name, "CityObjects": city, "vertices": []}, "links": []}

    def _ask_ep(self, rest: str, query: Mapping[str, str], key: str | None) -> Any:
        del query
        return self.labels.get(rest.rpartition("/")[2]) if key == KEY else 401

    def _ask_cbs(self, rest: str, query: Mapping[str, str], key: str | None) -> Any:
        del rest, key
        left, low, right, high = map(float, query["bbox"].split(","))
        if left >= right or low >= high:
            return 400
        near = {"type": "Feature", "properties": {"buurtcode": "BU99990009"}, "geometry": _make_box(X - 500, Y, 499, 500)}
        here = {"type": "Feature", "properties": self.buurt, "geometry": _make_box(X - 1, Y - 1, 500, 500)}
        return {"type": "FeatureCollection", "features": [near, here]}


Fault = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class RegisterServer:
    """The server as a test sees it."""

    world: World
    address: str
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    plans: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    released: threading.Event = field(default_factory=threading.Event)

    def plan(self, part: str, *faults: Fault) -> None:
        """Let the next requests whose path holds `part` meet these faults, one each."""
        self.plans[part].extend(faults)

    def count(self, part: str) -> int:
        """Return how many requests had `part` in their address."""
        return sum(part in asked for asked in self.asked)


def send(status: int, body: bytes = b"{}", *, kind: str = "application/json", **headers: str) -> Fault:
    """Return a fault that is a whole answer."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return fault


def start_and(then: Callable[[BaseHTTPRequestHandler], None], *, length: int | None = None) -> Fault:
    """Return a fault that begins well and then does something else."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.send_header("Connection", "close")
        handler.end_headers()
        then(handler)
        handler.close_connection = True

    return fault


@contextmanager
def serve(world: World) -> Iterator[RegisterServer]:
    """Run the server for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = urlsplit(self.path)
            with lock:
                server.asked.append(self.path)
                server.agents.add(self.headers.get("User-Agent", ""))
                fault = next((faults.popleft() for part, faults in server.plans.items() if part in self.path and faults), None)
            if fault:
                fault(self)
                return
            query = {name: values[0] for name, values in parse_qs(found.query).items()}
            content = world.answer(found.path, query, self.headers.get("Authorization"))
            status = 404 if content is None else content if isinstance(content, int) else 200
            kind = "application/geo+json" if "/collections/" in found.path else "application/json; charset=utf-8"
            send(status, json.dumps(content).encode(), kind=kind)(self)

        def log_message(self, *args: object) -> None:
            del args

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            del args  # a client that hangs up on a huge or slow answer is what those tests are about

    lock = threading.Lock()
    http = Quiet(("127.0.0.1", 0), Handler)
    server = RegisterServer(world, f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        http.server_close()
        thread.join()
