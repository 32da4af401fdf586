"""The ASGI entry around app.py: what `quickscan.serving` holds, joined with Streamlit. `python -m quickscan app` runs it."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config
from streamlit import logger as streamlit_logger
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from quickscan.domain.access import AccessError
from quickscan.domain.errors import NotFoundError, QuickscanError
from quickscan.serving import logs
from quickscan.serving.doorkeeper import LOOPBACK_NAMES, Doorkeeper
from quickscan.serving.headers import SafeAnswers, make_headers, make_policy
from quickscan.serving.health import Readiness, Watch, make_routes
from quickscan.serving.invitations import make_route
from quickscan.serving.returning import WayBack
from quickscan.serving.settings import read_settings
from quickscan.serving.start import check_start, read_place
from quickscan.serving.tidying import keep_tidy
from quickscan.serving.tracing import NamedRequests

APP = Path(__file__).resolve().parent.parent / "app.py"
START_PAGE = Path(st.__file__).parent / "static" / "index.html"
REFUSED = 2  # the exit code of a command that could not be carried out, as in quickscan.cli
SMALL = 64  # bytes; the message that ends a run is smaller, so that larger ones need not be read

settings = read_settings(os.environ, bind=st.get_option("server.address") or "0.0.0.0")  # noqa: S104 - Streamlit's own default
problems = check_start(settings)
if problems:
    sys.stderr.write("\n".join(["De app start niet:", *(f"- {problem}" for problem in problems), ""]))
    sys.exit(REFUSED)


def visit() -> Mapping[str, str]:
    """Name the visit in which the log is written: that of the websocket, and Streamlit's session made unusable."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return {}
    session = hashlib.sha256(context.session_id.encode()).hexdigest()[:8]  # with the id itself one could take the session over
    return {"session": session, "request": st.context.headers.get("X-Request-ID") or ""}


def tell_error(error: Exception) -> bool:
    """Show a person what to do about an exception that nobody expected, with the code under which it is in the log."""
    if isinstance(error, AccessError | NotFoundError):  # no fault of ours: a right that was taken away meanwhile, for one
        from quickscan.ui import look  # noqa: PLC0415 - see below

        st.error(look.plain(str(error)), icon=":material/block:")
        return True
    code = logs.report(error)
    if settings.metrics:
        from quickscan.serving.metrics import ERRORS  # noqa: PLC0415 - only loaded when figures are wanted

        ERRORS.labels(type(error).__name__).inc()
    st.error(
        f"{what_happened(error)}\n\nLaad de pagina opnieuw. Blijft het zo, geef dan code **{code}** door aan de beheerder.",
        icon=":material/error:",
    )
    return True  # instead of what Streamlit would show


def what_happened(error: Exception) -> str:
    """Return what a person may know: the sentence of an error made for people, without the place; else that it is ours."""
    if isinstance(error, QuickscanError) and hasattr(error, "problem"):
        from quickscan.ui import look  # noqa: PLC0415 - the page has long loaded it; the start must not wait for it

        return look.plain(f"{error.problem} {getattr(error, 'advice', '')}".strip())
    return "Er ging iets mis op deze pagina. Wat bewaard was, is bewaard."


def ends_run(content: bytes) -> bool:
    """Tell whether a message to the browser is the last one of a run of the page."""
    return len(content) <= SMALL and ForwardMsg.FromString(content).WhichOneof("type") == "script_finished"


def guards() -> list[Middleware]:
    """Return what stands around Streamlit, the outermost first."""
    headers = make_headers(make_policy(START_PAGE.read_text(encoding="utf-8")), has_tls=settings.has_tls)
    names = [name for name in (urlsplit(settings.public).hostname,) if name]
    around = [
        Middleware(NamedRequests),
        Middleware(SafeAnswers, headers=headers, has_tls=settings.has_tls),
        Middleware(Doorkeeper, origin=settings.origin if settings.is_server else "", names=names),
    ]
    if settings.is_server:
        around.append(Middleware(WayBack))
    if settings.metrics:
        from quickscan.serving.metrics import Measured  # noqa: PLC0415 - only loaded when figures are wanted

        around.insert(1, Middleware(Measured, ends_run=ends_run))
    return around


def probe() -> Readiness:
    """Ask the database whether this process can serve."""
    from quickscan.serving import database  # noqa: PLC0415 - the first paint must not wait for it

    return database.probe(settings.database)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, object]]:
    """Make the tables ready and open the door for figures; undo it at the end."""
    stop = threading.Event()
    with ExitStack() as open_things:
        open_things.callback(stop.set)
        threading.Thread(target=keep_tidy, args=(stop,), name="opruimen", daemon=True).start()
        if settings.is_server:
            from quickscan.serving import database  # noqa: PLC0415 - a laptop does this when somebody opens a page

            threading.Thread(target=database.prepare, args=(settings.database, stop), name="tabellen", daemon=True).start()
        place = read_place(settings.metrics)
        if place is not None:
            from quickscan.serving import database, metrics  # noqa: PLC0415 - only loaded when figures are wanted

            database.watch_saves(metrics.SAVES.observe)
            open_things.callback(metrics.open_door(*place))
            logging.getLogger("quickscan.serving").info("Metingen staan klaar")
        yield {}


if settings.is_server:
    logs.write_json_lines(names=visit)
    streamlit_logger.setup_formatter = logs.pass_on  # Streamlit gives each logger its own handler, also later ones
    streamlit_logger.update_formatter()
    config.set_option("server.allowedHosts", [*LOOPBACK_NAMES, urlsplit(settings.public).hostname])

# Until some session has called st.navigation, Streamlit takes the folder pages/ for its old kind of multipage app: a
# deep link into a fresh process would say "page not found", and a script directly in pages/ would run without app.py.
PagesManager.uses_pages_directory = False

# Streamlit tells the theme at every run, and puts it together anew from all its settings: a tenth of what a run of a small
# fragment takes. The settings are those of .streamlit/config.toml, and stay what they were at the start.
put_theme_together = app_session._populate_theme_msg  # noqa: SLF001 - Streamlit is pinned, and a test compares both themes


@cache
def make_theme(section: str) -> CustomThemeConfig:
    """Return one part of the theme as Streamlit tells it."""
    made = CustomThemeConfig()
    put_theme_together(made, section)
    return made


def tell_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    """Write one part of the theme into a message, and nothing when there is none."""
    theme = make_theme(section)
    if theme.ByteSize():
        msg.MergeFrom(theme)


app_session._populate_theme_msg = tell_theme  # noqa: SLF001 - as above

app = st.App(
    APP,
    routes=[*make_routes(Watch(probe)), make_route()],
    middleware=guards(),
    lifespan=lifespan,
    on_script_error=tell_error,
)
