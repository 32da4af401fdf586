"""Show an error once, at the page: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from quickscan.domain.errors import QuickscanError
from quickscan.ui import look


@contextmanager
def shown() -> Iterator[None]:
    """Show a QuickscanError in place of the page's content and stop; anything else is a fault of ours and goes on."""
    try:
        yield
    except QuickscanError as error:
        show(error)
        st.stop()


def show(error: QuickscanError) -> None:
    """Draw the message; the first line is what matters."""
    st.error("\n\n".join(look.plain(line) for line in str(error).splitlines()), icon=":material/error:")
