"""The peer of the map: the same buildings, colours and texts with plain pydeck, as its documentation shows.

Run by `benchmarks.map_bytes` with `streamlit run`. It reads the frames that the benchmark left: one row per polygon, with
the corners that our map draws, in degrees. What is out of reach has a shape and a height; the rest has its texts too.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pydeck as pdk
import streamlit as st

HEIGHT = 640

folder = Path(os.environ["BENCHMARK_FRAMES"])
common = {"get_polygon": "p", "extruded": True, "get_elevation": "h"}
layers = []
for place, file in enumerate(sorted(folder.glob("*.pickle"))):
    frame = pd.read_pickle(file)  # noqa: S301 - written by the benchmark itself
    texts = {"pickable": True, "auto_highlight": True} if "n" in frame else {}
    layers.append(pdk.Layer("PolygonLayer", frame, id=f"laag-{place}", get_fill_color=[140, 146, 160], **common, **texts))
deck = pdk.Deck(
    layers,
    initial_view_state=pdk.ViewState(longitude=4.3, latitude=52.07, zoom=14, pitch=50, bearing=-15),
    map_provider=None,
    tooltip={"html": "<b>{n}</b><br>{w}<br>{o}"},
)
st.pydeck_chart(deck, height=HEIGHT)
st.button("Nog eens")
