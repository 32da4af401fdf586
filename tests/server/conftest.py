"""A real PostgreSQL, made where the store is tested."""

from __future__ import annotations

import warnings

from tests.store.conftest import empty_postgres_url, postgres_server

__all__ = ["empty_postgres_url", "postgres_server"]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have httpx2, and works with httpx
    import starlette.testclient  # noqa: F401
