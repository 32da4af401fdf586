"""From panden to what the registers say about them: an Intake a register, and what failed in Dutch."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from quickscan.domain.errors import LookupFailedError
from quickscan.domain.intake import Intake
from quickscan.domain.terms import Herkomst
from quickscan.services.lookups import MOST_PANDEN, LookupOutcome, Lookups
from tests.lookups.conftest import Clock
from tests.lookups.register_server import EEN, ONBEKEND, TWEE, RegisterServer, World, X, Y, make_home_id, send

Open = Callable[..., Lookups]
ALL = ["BAG via PDOK", "3DBAG", "EP-Online", "CBS wijken en buurten"]


def _row(outcome: LookupOutcome, label: str, pand_id: str = EEN) -> dict[str, Any]:
    buildings = dict(outcome.intakes)[label].buildings
    (row,) = buildings[buildings["pand_id"] == pand_id].to_dict("records")
    return {name: value for name, value in row.items() if name != "geometry" and not pd.isna(value)}


def _intake(outcome: LookupOutcome, label: str) -> Intake:
    return dict(outcome.intakes)[label]


def test_each_register_gives_an_intake_in_the_order_to_import(lookups: Open) -> None:
    outcome = lookups().collect([EEN])
    assert [label for label, _ in outcome.intakes] == ALL
    assert [intake.adds for _, intake in outcome.intakes] == [True, False, False, False]
    assert outcome.problems == ()
    assert outcome.notes == ()
    assert all(intake.errors == () for _, intake in outcome.intakes)


def test_every_fact_says_which_register_and_which_day(lookups: Open) -> None:
    for label, intake in lookups().collect([EEN]).intakes:
        assert set(intake.sources) == set(intake.buildings.columns)
        given = [note for note in intake.sources.values() if note.source is Herkomst.REGISTER]
        assert len(given) >= len(intake.sources) - 1, "only what is measured on the shape is derived"
        assert {note.day for note in given} == {date(2026, 11, 12)}
        assert all(label in note.label for note in given)


def test_the_bag_gives_the_pand_with_its_homes_counted_once(lookups: Open) -> None:
    outcome = lookups().collect([EEN, TWEE])
    een = _row(outcome, "BAG via PDOK")
    assert een == {
        "pand_id": EEN,
        "bouwjaar": 1962,
        "status": "Pand in gebruik",
        "gebruiksdoel": "winkelfunctie,woonfunctie",
        "aantal_verblijfsobjecten": 4,
        "aantal_woningen": 3,  # 1, 3 and 5; the shop and the withdrawn one are no homes
        "gemiddelde_go_m2": 62,  # of 61 and 63: an area of 1 says unknown
        "straat": "Verzonnen Laan",
        "huisnummer": een["huisnummer"],
        "postcode": "1234AB",
        "woonplaats": "Nergenshuizen",
        "grondvlak_m2": 400,
    }
    twee = _row(outcome, "BAG via PDOK", TWEE)
    assert twee["aantal_woningen"] == 1, "the home in both panden counts in the first it names"
    assert "bouwjaar" not in twee, "1005 is how the BAG says unknown"


def test_a_home_shared_with_a_pand_that_was_not_asked_for_counts_there(lookups: Open) -> None:
    assert _row(lookups().collect([TWEE]), "BAG via PDOK", TWEE)["aantal_woningen"] == 1


def test_the_3dbag_gives_height_above_ground_and_no_storeys_it_cannot_know(lookups: Open) -> None:
    outcome = lookups().collect([EEN, TWEE])
    een = _row(outcome, "3DBAG")
    assert {name: een[name] for name in ("hoogte_m", "daktype", "dakoppervlak_plat_m2", "bouwlagen")} == {
        "hoogte_m": 12.4,
        "daktype": "plat",
        "dakoppervlak_plat_m2": 390.5,
        "bouwlagen": 4,
    }
    twee = _row(outcome, "3DBAG", TWEE)
    assert twee["hoogte_m"] == 30
    assert "daktype" not in twee
    assert outcome.problems == ()


def test_storeys_of_a_high_pand_are_not_taken_from_the_3dbag(lookups: Open) -> None:
    intake = _intake(lookups().collect([EEN, TWEE]), "3DBAG")
    high = intake.buildings[intake.buildings["pand_id"] == TWEE]
    assert high["bouwlagen"].isna().all() or intake.sources["bouwlagen"].source is Herkomst.AFGELEID


def test_ep_online_gives_the_commonest_and_the_worst_label_that_still_holds(lookups: Open) -> None:
    assert _row(lookups().collect([EEN]), "EP-Online") == {"pand_id": EEN, "energielabel": "D", "energielabel_slechtst": "D"}


def test_the_newest_label_of_a_home_counts(lookups: Open, world: World) -> None:
    del world.labels[make_home_id(3)]
    world.labels[make_home_id(5)][0]["Energieklasse"] = "B"
    assert _row(lookups().collect([EEN]), "EP-Online")["energielabel_slechtst"] == "B"


def test_one_label_in_a_pand_is_that_of_a_household_and_left_out(lookups: Open, world: World, tmp_path: Path) -> None:
    del world.labels[make_home_id(3)], world.labels[make_home_id(5)]
    outcome = lookups().collect([EEN])
    assert "EP-Online" not in dict(outcome.intakes)
    assert outcome.problems == (f"EP-Online: niet bekend: pand {EEN}.",)
    assert not any(b'"A"' in path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_a_pand_with_one_home_is_not_asked_for_its_label(lookups: Open, world: World, server: RegisterServer) -> None:
    del world.objects[2]
    outcome = lookups().collect([TWEE])
    assert server.count("/ep/") == 0
    assert outcome.notes == ("EP-Online: niet opgezocht bij een pand met één woning, want dat label is een persoonsgegeven.",)


def test_labels_of_single_homes_are_never_kept(lookups: Open, tmp_path: Path) -> None:
    lookups().collect([EEN])
    kept = [json.loads(path.read_bytes().partition(b"\n")[2]) for path in tmp_path.rglob("*.json")]
    assert {"D": 2, "A": 1} in kept
    assert not any("Energieklasse" in json.dumps(content) or "Adviesbureau" in json.dumps(content) for content in kept)


def test_a_label_of_another_home_is_not_believed(lookups: Open, world: World) -> None:
    for records in world.labels.values():
        for record in records:
            record["BAGVerblijfsobjectID"] = "0000000000000000"
    assert lookups().collect([EEN]).problems == (f"EP-Online: niet bekend: pand {EEN}.",)


def test_a_wrong_key_says_where_the_key_stands(lookups: Open) -> None:
    (problem,) = lookups(QUICKSCAN_EP_ONLINE_SLEUTEL="verkeerd").collect([EEN]).problems
    assert problem.startswith(
        "EP-Online: de dienst geeft geen toegang (401). Controleer de sleutel in QUICKSCAN_EP_ONLINE_SLEUTEL"
    )
    assert "verkeerd" not in problem


@pytest.mark.parametrize(
    ("key", "remark"), [("", "er is geen sleutel"), ("sleutel\nx", "vreemde tekens"), ("slëutel", "vreemde tekens")]
)
def test_without_a_usable_key_ep_online_is_left_out(lookups: Open, server: RegisterServer, key: str, remark: str) -> None:
    outcome = lookups(QUICKSCAN_EP_ONLINE_SLEUTEL=key).collect([EEN])
    assert [label for label, _ in outcome.intakes] == [label for label in ALL if label != "EP-Online"]
    assert remark in outcome.notes[0]
    assert server.count("/ep/") == 0


def test_cbs_gives_the_buurt_that_holds_the_pand(lookups: Open) -> None:
    assert _row(lookups().collect([EEN]), "CBS wijken en buurten") == {
        "pand_id": EEN,
        "buurtcode": "BU99990001",
        "buurt": "Verzonbuurt",
        "wijkcode": "WK999900",
        "wijk": "Verzonwijk",
        "gemeentecode": "GM9999",
        "gemeente": "Nergenshuizen",
    }


def test_cbs_fields_of_another_year_are_understood(lookups: Open, world: World) -> None:
    world.buurt = {"bu_code": "BU99990001", "bu_naam": "Verzonbuurt", "gm_code": "GM9999", "gm_naam": "Nergenshuizen"}
    row = _row(lookups().collect([EEN]), "CBS wijken en buurten")
    assert (row["buurtcode"], row["gemeente"]) == ("BU99990001", "Nergenshuizen")
    assert "wijk" not in row


@pytest.mark.parametrize(("part", "label"), [("/3d/", "3DBAG"), ("/ep/", "EP-Online"), ("/cbs/", "CBS wijken en buurten")])
@pytest.mark.parametrize("fault", [send(500), send(200, b"{"), send(200, b"[1]"), send(200, b"{}", kind="text/html"), send(400)])
def test_one_register_that_fails_does_not_stop_the_others(
    lookups: Open, server: RegisterServer, part: str, label: str, fault: Callable[..., None]
) -> None:
    server.plan(part, *[fault] * 20)
    outcome = lookups().collect([EEN])
    assert [each for each, _ in outcome.intakes] == [each for each in ALL if each != label]
    (problem,) = outcome.problems
    assert problem.startswith(f"{label}: ")
    assert problem.endswith(f"(bij pand {EEN})")


def test_without_the_bag_only_what_needs_no_place_is_asked(lookups: Open, server: RegisterServer) -> None:
    server.plan("/bag/", *[send(500)] * 50)
    outcome = lookups().collect([EEN, TWEE])
    assert [label for label, _ in outcome.intakes] == ["3DBAG"]
    assert [problem.partition(":")[0] for problem in outcome.problems] == ["BAG via PDOK", "EP-Online", "CBS wijken en buurten"]
    assert "niet opgezocht bij 2 panden, want de BAG gaf ze niet" in outcome.problems[1]


def test_a_pand_the_bag_does_not_know_is_named(lookups: Open) -> None:
    outcome = lookups().collect([EEN, ONBEKEND])
    assert f"BAG via PDOK: niet bekend: pand {ONBEKEND}." in outcome.problems
    assert f"3DBAG: niet bekend: pand {ONBEKEND}." in outcome.problems
    assert len(_intake(outcome, "BAG via PDOK").buildings) == 1


def test_a_service_that_ignores_the_question_is_not_believed(lookups: Open, server: RegisterServer, world: World) -> None:
    everything = json.dumps({"type": "FeatureCollection", "features": world.panden}).encode()
    server.plan(f"identificatie={ONBEKEND}", send(200, everything, kind="application/geo+json"))
    assert f"BAG via PDOK: niet bekend: pand {ONBEKEND}." in lookups().collect([ONBEKEND]).problems


SHAPES = [
    None,
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[0, "x"]]]},
    "geen",
    {"type": "Blob"},
]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_a_pand_without_a_sound_shape_is_a_problem_not_a_crash(lookups: Open, world: World, shape: Any) -> None:
    world.panden[0]["geometry"] = shape
    outcome = lookups().collect([EEN])
    assert any(problem.startswith("BAG via PDOK: ") for problem in outcome.problems)


def test_degrees_where_rd_was_asked_are_refused_by_name(lookups: Open, world: World) -> None:
    ring = [[4.3, 52.1], [4.301, 52.1], [4.301, 52.101], [4.3, 52.1]]
    world.panden[0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    outcome = lookups().collect([EEN])
    assert "BAG via PDOK" not in dict(outcome.intakes)
    assert any("dit zijn graden" in problem for problem in outcome.problems)


def test_objects_come_in_pages_and_links_are_not_followed_elsewhere(lookups: Open, world: World, server: RegisterServer) -> None:
    world.page = 2
    assert _row(lookups().collect([EEN]), "BAG via PDOK")["aantal_woningen"] == 3
    assert server.count("cursor=") == 2


def test_a_pand_with_too_many_objects_around_it_keeps_the_count_of_the_bag(lookups: Open, world: World) -> None:
    world.page = 1
    outcome = lookups().collect([EEN])
    row = _row(outcome, "BAG via PDOK")
    assert row["aantal_verblijfsobjecten"] == 4
    assert "aantal_woningen" not in row
    assert "woningen zijn niet geteld" in outcome.notes[0]


def test_offline_afterwards_everything_comes_from_the_cache_and_says_so(
    lookups: Open, server: RegisterServer, clock: Clock
) -> None:
    first = lookups().collect([EEN])
    clock.at += timedelta(days=200)
    server.plan("/", *[send(503)] * 500)
    again = lookups().collect([EEN])
    assert again.problems == ()
    assert [label for label, _ in again.intakes] == ALL
    for (_, before), (_, after) in zip(first.intakes, again.intakes, strict=True):
        pd.testing.assert_frame_equal(before.buildings, after.buildings)
        assert after.sources["pand_id"].day == date(2026, 11, 12)
    assert again.notes == tuple(f"{label}: uit de cache van 12 november 2026, want de dienst gaf geen antwoord." for label in ALL)


def test_the_same_panden_are_asked_once(lookups: Open, server: RegisterServer) -> None:
    lookups().collect([EEN, TWEE])
    asked = len(server.asked)
    outcome = lookups().collect([EEN, TWEE, EEN])
    assert len(server.asked) == asked
    assert "BAG via PDOK: uit de cache van 12 november 2026." in outcome.notes


def test_without_a_network_a_register_is_left_alone_after_some_failures(lookups: Open, world: World) -> None:
    ids = [f"00001000000{number:05}" for number in range(30)]
    world.panden = [{**world.panden[0], "properties": {**world.panden[0]["properties"], "identificatie": each}} for each in ids]
    outcome = lookups(QUICKSCAN_OPZOEKEN_3DBAG="http://127.0.0.1:1").collect(ids)
    failed, left = [problem for problem in outcome.problems if problem.startswith("3DBAG")]
    assert "geen verbinding met 127.0.0.1" in failed
    assert "gestopt na 3 fouten" in left


def test_no_more_than_four_questions_are_under_way(lookups: Open, world: World) -> None:
    import threading  # noqa: PLC0415 - only this test counts threads

    ids = [f"00001000000{number:05}" for number in range(20)]
    busy, most, lock = 0, 0, threading.Lock()
    search = world.answer

    def count(path: str, query: Any, key: str | None) -> Any:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        try:
            return search(path, query, key)
        finally:
            with lock:
                busy -= 1

    world.answer = count  # type: ignore[method-assign]
    lookups().collect(ids)
    assert 1 <= most <= 4


def test_progress_is_told_and_may_stop_the_rest(lookups: Open, server: RegisterServer) -> None:
    steps: list[tuple[int, int]] = []
    lookups().collect([EEN, TWEE], on_progress=lambda done, total: steps.append((done, total)))
    assert steps[0] == (1, 8)
    assert steps[-1] == (8, 8)

    class Stopped(Exception):  # noqa: N818 - a wish, not an error
        pass

    def stop(*_: int) -> None:
        raise Stopped

    asked = len(server.asked)
    with pytest.raises(Stopped):
        lookups().collect([f"00001000000{number:05}" for number in range(40)], on_progress=stop)
    assert len(server.asked) - asked <= 4


def test_a_list_that_is_too_long_is_for_a_file(lookups: Open, server: RegisterServer) -> None:
    ids = [f"00001000000{number:05}" for number in range(MOST_PANDEN + 1)]
    with pytest.raises(LookupFailedError, match="51 panden is te veel, hooguit 50 tegelijk"):
        lookups().collect(ids)
    assert server.asked == []


@pytest.mark.parametrize("wrong", ["", "123", "../../etc", "00001000000001ab", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦"])
def test_something_else_than_a_pand_id_is_not_asked(lookups: Open, server: RegisterServer, wrong: str) -> None:
    with pytest.raises(LookupFailedError, match="is geen pand-id"):
        lookups().collect([wrong])
    assert server.asked == []


def test_nothing_to_look_up_is_nothing(lookups: Open) -> None:
    assert lookups().collect([]) == LookupOutcome((), ())


def test_the_questions_are_those_the_registers_document(lookups: Open, server: RegisterServer) -> None:
    lookups().find("1234AB 1")
    lookups().collect([EEN])
    paths = {asked.partition("?")[0] for asked in server.asked}
    assert paths >= {
        "/ls/free",
        "/bag/collections/pand/items",
        "/bag/collections/verblijfsobject/items",
        f"/3d/collections/pand/items/NL.IMBAG.Pand.{EEN}",
        f"/ep/PandEnergielabel/AdresseerbaarObject/{make_home_id(1)}",
        "/cbs/collections/buurten/items",
    }
    (box,) = [asked for asked in server.asked if "bbox=" in asked and "verblijfsobject" in asked]
    assert f"bbox={X - 0.5:.2f}%2C{Y - 0.5:.2f}%2C{X + 40.5:.2f}%2C{Y + 10.5:.2f}" in box
    assert "bbox-crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F28992" in box
