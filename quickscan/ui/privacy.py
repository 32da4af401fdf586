"""A warning beside a field in which somebody seems to have written about a person. Nothing is held back by it."""

from __future__ import annotations

import streamlit as st

from quickscan.domain.privacy import tell_personal


def warn(text: str) -> None:
    """Draw the warning about a text, when there is one."""
    said = tell_personal(text)
    if said:
        st.warning(said, icon=":material/privacy_tip:")
