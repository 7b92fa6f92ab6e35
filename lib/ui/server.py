"""What surrounds Streamlit: security headers, public files, health, warm-up and the one error handler."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.config import ROOT, settings
from lib.errors import ObservatoryError
from lib.maps import files
from lib.ui import data
from lib.ui.bundles import PackedBundles
from lib.ui.preloads import Preloads

logger = logging.getLogger(__name__)
METRICS = "/_stcore/metrics"  # names our caches and their sizes to anyone
# Slow to import (scipy, plotly, folium): the modules of the pages.
WARMED = (
    "lib.ui.home_blocks",
    "lib.ui.map_blocks",
    "lib.ui.trend_alerts",
    "lib.ui.trend_blocks",
    "lib.ui.trend_places",
    "lib.ui.district_blocks",
    "lib.ui.priority_view",
    "lib.ui.action_view",
    "lib.ui.import_blocks",
    "lib.ui.style",
)


def content_security_policy(tiles_host: str | None) -> str:
    """Only our own host, and the tile server when there is one; tried on page and map component (map/MAP.md §7)."""
    images = " ".join(filter(None, ("'self' data: blob:", tiles_host)))
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src {images}; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; "
        "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
    )


class SecurityHeaders:
    """Plain ASGI, so that websockets pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = [
            (b"content-security-policy", content_security_policy(settings().tiles_host).encode()),
            (b"referrer-policy", b"same-origin"),
            (b"x-content-type-options", b"nosniff"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; the headers are added when the answer starts. What Streamlit counts is not told."""
        if scope["type"] == "http" and scope.get("path", "").endswith(METRICS):
            await Response(status_code=404)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def middleware() -> list[Middleware]:
    """Security headers on every answer, scripts announced with the pages, the bundles of Streamlit compressed."""
    base = base_path()
    return [Middleware(SecurityHeaders), Middleware(Preloads, base=base), Middleware(PackedBundles, base=base)]


def base_path() -> str:
    """``server.baseUrlPath`` with its slash: Streamlit does not add it to our routes."""
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def routes() -> list[BaseRoute]:
    """Health, fonts, Leaflet, outlines, and positions at secret addresses."""
    base = base_path()
    return [
        Route(f"{base}/sante", health),
        Route(f"{base}/accueil", home),
        Mount(f"{base}/fonts", StaticFiles(directory=ROOT / "static" / "fonts")),
        *files.routes(base),
    ]


async def home(request: Request) -> RedirectResponse:
    """The home page answers at the root: Streamlit says «Page not found» at the path of its default page."""
    return RedirectResponse(f"{base_path()}/" + (f"?{request.url.query}" if request.url.query else ""))


async def health(_request: Request) -> JSONResponse:
    """Whether the store answers, for a supervisor: no figure in it."""
    revision = await asyncio.to_thread(lambda: data.snapshot().revision)
    return JSONResponse({"etat": "ok", "revision": revision})


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Reads the store and prepares the map before the first visitor, who would wait for it otherwise."""
    await asyncio.to_thread(warm_up)
    yield


def warm_up() -> None:
    """Imports what the pages import, builds the snapshot and the layers of the map: the first visitor waits for none.

    Never imports streamlit_folium: outside a page run its component stays unregistered (map/MAP.md §5, trap 1).
    """
    for module in WARMED:
        import_module(module)
    from lib.ui import layers  # noqa: PLC0415 - slow, and not needed by the routes

    try:
        layers.addresses(data.snapshot())
    except ObservatoryError as error:
        logger.error("warm-up without a store: %s", error)


def on_script_error(error: Exception) -> bool:
    """Draws the French block in place of the page: what happened, or a reference the log can be searched for."""
    from lib.ui import components  # noqa: PLC0415 - app.py must not draw at import

    if isinstance(error, ObservatoryError):
        components.empty("Cette demande ne peut pas aboutir", str(error), "Les autres pages restent disponibles.")
        return True
    reference = secrets.token_hex(4).upper()
    logger.error("page failed, reference %s", reference, exc_info=error)
    components.failure(reference)
    return True
