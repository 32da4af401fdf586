"""What the environment says about how the app is served. Read once, at the start; `start.py` judges it.

Local mode is a laptop: one user, no log-in, reachable from this computer only. Server mode is for many users behind a
proxy that does TLS; it has a public address, the one that people type.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from quickscan.settings import (
    DATABASE_VARIABLE,
    DEFAULT_DATABASE,
    IDLE_VARIABLE,
    INVITATION_VARIABLE,
    LOCAL,
    MODE_VARIABLE,
    PROJECT,
    PUBLIC_VARIABLE,
    SERVER,
    SESSION_VARIABLE,
)

__all__ = ["LOCAL", "MODE_VARIABLE", "PUBLIC_VARIABLE", "SERVER", "ServerSettings", "read_settings"]

REPLICAS_VARIABLE = "QUICKSCAN_REPLICAS"
METRICS_VARIABLE = "QUICKSCAN_METINGEN"
SECRET_VARIABLE = "STREAMLIT_SERVER_COOKIE_SECRET"  # noqa: S105 - the name of a variable
SECRETS_FILES_VARIABLE = "STREAMLIT_SECRETS_FILES"
# Variables that make a program talkative, with the values that do no harm.
DEBUG_VARIABLES: Mapping[str, frozenset[str]] = {
    "QUICKSCAN_DEBUG": frozenset({"", "0"}),
    "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": frozenset({"", "none", "false"}),
    "STREAMLIT_LOGGER_LEVEL": frozenset({"", "info", "warning", "error", "critical"}),
    "STREAMLIT_GLOBAL_DEVELOPMENT_MODE": frozenset({"", "0", "false"}),
    "PYTHONASYNCIODEBUG": frozenset({"", "0"}),
}
LIMITS = (IDLE_VARIABLE, SESSION_VARIABLE, INVITATION_VARIABLE)
MOUNTS = Path("/proc/mounts")
# As quickscan.wiring has it, whose imports the start cannot wait for.


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """How this process is served. What is secret stays out of its text."""

    mode: str = LOCAL
    bind: str = "127.0.0.1"
    public: str = ""
    database: str = field(default="", repr=False)
    replicas: str = "1"
    cookie_secret: str = field(default="", repr=False)
    oidc: Mapping[str, str] = field(default_factory=dict, repr=False)
    debug: tuple[str, ...] = ()
    metrics: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)  # how long log-ins and invitations last, as written
    mounts: str = field(default="", repr=False)

    @property
    def is_server(self) -> bool:
        """Whether this serves many users. A misspelt mode counts as one, so that nothing is open by mistake."""
        return self.mode != LOCAL

    @property
    def has_tls(self) -> bool:
        """Whether people reach this through https, so that the browser may be told to insist on it."""
        return self.public.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, name and port of the public address, as a browser writes them in `Origin`."""
        parts = urlsplit(self.public)
        return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


def read_settings(environ: Mapping[str, str], *, bind: str) -> ServerSettings:
    """Read what the environment and the secrets files say; `bind` is the address to listen on."""
    auth = _read_auth(_secrets_files(environ))
    return ServerSettings(
        mode=environ.get(MODE_VARIABLE, "").strip() or LOCAL,
        bind=bind,
        public=environ.get(PUBLIC_VARIABLE, "").strip().rstrip("/"),
        database=environ.get(DATABASE_VARIABLE) or DEFAULT_DATABASE,
        replicas=environ.get(REPLICAS_VARIABLE, "").strip() or "1",
        cookie_secret=auth.get("cookie_secret") or environ.get(SECRET_VARIABLE, ""),
        oidc=auth,
        debug=tuple(name for name, calm in DEBUG_VARIABLES.items() if environ.get(name, "").strip().lower() not in calm),
        limits={name: environ[name].strip() for name in LIMITS if environ.get(name, "").strip()},
        metrics=environ.get(METRICS_VARIABLE, "").strip(),
        mounts=MOUNTS.read_text(encoding="utf-8", errors="replace") if MOUNTS.is_file() else "",
    )


def _secrets_files(environ: Mapping[str, str]) -> Iterable[Path]:
    """Where Streamlit looks for secrets; the last one that has a key wins."""
    named = environ.get(SECRETS_FILES_VARIABLE, "").split()
    return [Path(name) for name in named] or [place / ".streamlit" / "secrets.toml" for place in (Path.home(), PROJECT)]


def _read_auth(files: Iterable[Path]) -> dict[str, str]:
    """Return the texts of the section [auth]; a provider with a name of its own (`[auth.naam]`) counts as well."""
    found: dict[str, str] = {}
    for file in files:
        try:
            section = tomllib.loads(file.read_text(encoding="utf-8")).get("auth", {})
        except (OSError, ValueError):
            continue  # a file that is absent or broken gives nothing, and what is missing is said at the start
        tables = [section, *(value for value in section.values() if isinstance(value, dict))]
        found |= {key: value for table in reversed(tables) for key, value in table.items() if isinstance(value, str)}
    return found
