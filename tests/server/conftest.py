"""A real PostgreSQL and a real browser; made where the store and the pages are tested."""

from __future__ import annotations

import warnings

from tests.e2e.conftest import browser
from tests.store.conftest import empty_postgres_url, postgres_server

__all__ = ["browser", "empty_postgres_url", "postgres_server"]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have httpx2, and works with httpx
    import starlette.testclient  # noqa: F401
