"""A page that fails in the way its address says, with something personal in every message. For test_errors.py only."""

from __future__ import annotations

import builtins

import streamlit as st

from quickscan.store.errors import StoreError

SECRET = "Jan Jansen jan@voorbeeld.nl 111222333 wachtwoord=hunter2 /srv/geheim/q.db"  # noqa: S105 - what must not be seen


def fail(kind: str) -> None:
    """Raise one of the kinds, with a cause that says as much."""
    raise getattr(builtins, kind)(SECRET) from LookupError(SECRET)


@st.fragment
def part(kind: str) -> None:
    """Fail in a part of the page that runs by itself."""
    fail(kind)


st.title("Stuk")
st.button("Druk", key="druk", on_click=fail, args=("ValueError",))
kind = st.query_params.get("soort", "")
if st.query_params.get("waar") == "deel":
    part(kind)
elif st.query_params.get("waar") == "kader":
    with st.container(), st.expander("Kader"):
        fail(kind)
elif st.query_params.get("waar") == "database":
    raise StoreError("De schijf met de gegevens is vol.", "Er is niets bewaard.", where="/srv/geheim/q.db")
elif kind:
    fail(kind)
