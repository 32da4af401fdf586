"""The server with a page that fails in place of the app. For test_errors.py only."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from quickscan import server

app = st.App(
    Path(__file__).with_name("faulty_page.py"),
    middleware=server.guards(),
    lifespan=server.lifespan,
    on_script_error=server.tell_error,
)
