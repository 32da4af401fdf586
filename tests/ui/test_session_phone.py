"""A phone in a live session: what it keeps of the buildings that the room left behind."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from quickscan import wiring
from quickscan.domain.answers import Party
from quickscan.domain.terms import Interventie, Voorselectie
from quickscan.store.sessions import SHARED_S

PAGE = str(Path(__file__).parents[2] / "pages" / "samen" / "sessie.py")


def known(phone: AppTest) -> list[str]:
    """Return the keys of the buttons and fields of a building that Streamlit remembers, as `forget_fields` finds them."""
    kept = phone.session_state._state
    every = getattr(kept, "_state", kept)._new_widget_state.widget_metadata
    return [name for name in every if "stem_" in name or "waarom_" in name]


def test_a_phone_remembers_this_building_and_the_one_before_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    url = f"sqlite:///{tmp_path / 'q.db'}"
    monkeypatch.setenv("QUICKSCAN_DATABASE", url)
    services, rules = wiring.make_services(url), wiring.rules_on()
    made = services.portfolios.open_demo(rules, author="proef").id
    table = services.portfolios.screen(made, rules)
    reached = table.loc[table["voorselectie"] != str(Voorselectie.BUITEN_BEREIK), "pand_id"].tolist()[:4]
    asked = [active.id for active in rules.criteria if active.codes][:2]
    code = services.sessions.open(made, reached, rules, interventie=Interventie.OPTOPPEN, author="Regie", criteria=asked)
    seat = services.sessions.join(made, code, name="Ada", party=Party.GEMEENTE)
    phone = AppTest.from_file(PAGE, default_timeout=60)
    phone.query_params.update({"werkruimte": made, "code": code, "plek": seat.key})
    for place, pand_id in enumerate(reached):
        services.sessions.go_to(made, code, place)
        sleep(SHARED_S)  # the page looks at the counter through a store of its own
        phone.run()
        assert not phone.exception
        seen = {each for each in reached if any(each in name for name in known(phone))}
        assert seen == set(reached[max(0, place - 1) : place + 1])
        next(button for button in phone.button if (button.key or "").startswith("stem_")).click().run()
        assert "Bewaard" in " ".join(caption.value for caption in phone.caption)
        assert services.sessions.own_votes(made, code, seat.key, pand_id)
    st.cache_resource.clear()
