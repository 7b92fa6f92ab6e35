"""Scripts that a page will need, announced with the page: Streamlit asks for each only when it draws its widget."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.file_util import get_static_dir

FOLDER = "static/js"
IMPORTED = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
EVERYWHERE = ("Html", "Selectbox", "Multiselect", "Button", "DownloadButton")
CHARTS = ("Checkbox", "PlotlyChart")
ON_PAGE: Mapping[str, tuple[str, ...]] = {
    "": (),
    "carte": ("TextInput", "ComponentInstance", "Slider", "Checkbox"),
    "tendances": CHARTS,
    "circonscriptions": CHARTS,
    "priorites": ("Slider",),
    "interventions": (),
    "donnees": ("FileUploader",),
}


class Preloads:
    """Adds to the answer of a page the ``Link`` that has a browser load its scripts together, not one after the other.

    Args:
        app: What serves the pages.
        base: ``server.baseUrlPath`` with its slash, or nothing.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self.base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; a page of ours says what it will need."""
        page = scope.get("path", "").removeprefix(self.base).strip("/")
        if scope["type"] != "http" or page not in ON_PAGE:
            await self.app(scope, receive, send)
            return

        async def announced(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                links = (f"<{self.base}/{FOLDER}/{name}>; rel=modulepreload" for name in scripts(page))
                MutableHeaders(raw=message["headers"]).append("link", ", ".join(links))
            await send(message)

        await self.app(scope, receive, announced)


@cache
def scripts(page: str) -> tuple[str, ...]:
    """Files that the widgets of a page are made of, with all that they import; not those that any page announces."""
    root = Path(get_static_dir())
    folder = root / FOLDER
    known = (root / "index.html").read_text(encoding="utf-8")
    found: dict[str, None] = {}
    waiting = [path.name for widget in (*EVERYWHERE, *ON_PAGE[page]) for path in sorted(folder.glob(f"{widget}.*.js"))]
    while waiting:
        name = waiting.pop(0)
        if name not in known and name not in found:
            found[name] = None
            waiting += IMPORTED.findall((folder / name).read_text(encoding="utf-8"))
    return tuple(found)
