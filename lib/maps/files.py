"""What the browser fetches for the map beside the page: code and outlines (public), positions (secret address).

Imports neither folium nor streamlit-folium: app.py imports this module, and a component first imported outside
a page run stays unregistered for the life of the process.
"""

import gzip
import hashlib
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

ONE_YEAR_S = 31_536_000
TOKEN_TTL_S = 1_800
TOKEN_LIMIT = 500
POSITION_SCALE = 100_000  # 1e-5 degree, about 1 m: finer would say which door
SESSION_KEY = "carte.jeton"


class Asset(NamedTuple):
    """A file kept compressed, named by its content."""

    name: str
    body: bytes
    kind: str


def digest(content: bytes) -> str:
    """Sixteen hexadecimal digits: never an underscore, which streamlit-folium's hash drops with what follows."""
    return hashlib.sha256(content).hexdigest()[:16]


def pack(content: bytes, kind: str = "application/json") -> Asset:
    """The content compressed once, for every browser that will ask for it."""
    return Asset(digest(content), gzip.compress(content, 6, mtime=0), kind)


def residence_positions(
    latitude: ArrayLike,
    longitude: ArrayLike,
    *,
    homes: Sequence[int],
    names: Sequence[str],
    halls: Sequence[str] | None = None,
) -> Asset:
    """Residences of one scope, in the order of the values sent later.

    Coordinates are integers of 1e-5 degree, each written as its difference from the one before.

    Args:
        latitude: Degrees, EPSG:4326; every residence has one.
        longitude: Same order.
        homes: Dwellings of each residence.
        names: Names shown in tooltips and lists: these make the file private.
        halls: Codes of the halls of each residence («A-1, A-2, B», «» without any), written at street zoom.

    Raises:
        ValueError: If the columns do not have the same length.
    """
    columns = {
        "lat": _differences(latitude),
        "lon": _differences(longitude),
        "homes": [int(count) for count in homes],
        "names": [str(name) for name in names],
    }
    if halls is not None:
        columns["halls"] = [str(codes) for codes in halls]
    if len({len(column) for column in columns.values()}) != 1:
        raise ValueError("latitude, longitude, homes, names and halls differ in length")
    return pack(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode())


def _differences(degrees: ArrayLike) -> list[int]:
    return np.diff(np.rint(np.asarray(degrees, dtype=float) * POSITION_SCALE).astype(int), prepend=0).tolist()


class PublicFiles:
    """Code and outlines: no secret in them, cached for a year under a name that changes with the content."""

    def __init__(self) -> None:
        self._assets: dict[str, Asset] = {}

    def add(self, filename: str, content: bytes, kind: str = "application/json") -> str:
        """Publishes the content and returns its path from the root of the site; the same content twice is one file."""
        asset = pack(content, kind)
        self._assets[asset.name] = asset
        return f"/carte/{asset.name}/{filename}"

    async def serve(self, request: Request) -> Response:
        """The file of that digest, whatever the file name that follows it."""
        asset = self._assets.get(request.path_params["digest"])
        return _reply(request, asset, f"public, max-age={ONE_YEAR_S}, immutable")


class SecretFiles:
    """Positions of a scope, readable at an address drawn for one session, bound to one content, for a limited time."""

    def __init__(
        self, ttl_s: float = TOKEN_TTL_S, *, limit: int = TOKEN_LIMIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ttl_s, self._limit, self._clock = ttl_s, limit, clock
        self._tokens: OrderedDict[str, tuple[Asset, float]] = OrderedDict()
        self._lock = threading.Lock()

    def publish(self, session: MutableMapping[Any, Any], asset: Asset) -> str:
        """The address of the asset for this session: another when the content changes or time has run out.

        Args:
            session: Where the address is remembered (``st.session_state``); the former one is closed when it changes.
            asset: Positions of the scope this session may see.
        """
        with self._lock:
            token, name = session.get(SESSION_KEY, ("", ""))
            if name != asset.name or not self._is_open(token):
                self._tokens.pop(token, None)
                token = secrets.token_hex(24)
                session[SESSION_KEY] = (token, asset.name)
            self._tokens[token] = (asset, self._clock() + self._ttl_s)
            self._tokens.move_to_end(token)
            self._forget_old()
        return f"/positions/{token}"

    async def serve(self, request: Request) -> Response:
        """The positions behind a token; an unknown and an expired one get the same 404."""
        token = request.path_params["token"]
        with self._lock:
            asset = self._tokens[token][0] if self._is_open(token) else None
        return _reply(request, asset, f"private, max-age={int(self._ttl_s)}")

    def _is_open(self, token: str) -> bool:
        return token in self._tokens and self._tokens[token][1] > self._clock()

    def _forget_old(self) -> None:
        while self._tokens and (len(self._tokens) > self._limit or not self._is_open(next(iter(self._tokens)))):
            self._tokens.popitem(last=False)


def _reply(request: Request, asset: Asset | None, cache: str) -> Response:
    if asset is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    headers = {"ETag": f'"{asset.name}"', "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(asset.body), media_type=asset.kind, headers=headers)
    return Response(asset.body, media_type=asset.kind, headers={**headers, "Content-Encoding": "gzip"})


PUBLIC_FILES = PublicFiles()
SECRET_FILES = SecretFiles()


def routes(base: str = "") -> list[BaseRoute]:
    """Routes to put beside Streamlit's own.

    Args:
        base: ``server.baseUrlPath`` with its leading slash («/obs»): Streamlit does not add it to our routes.
    """
    return [
        Mount(f"{base}/vendor/leaflet", StaticFiles(directory=leaflet.BASE_DIR)),
        Route(f"{base}/carte/{{digest}}/{{filename}}", PUBLIC_FILES.serve),
        Route(f"{base}/positions/{{token}}", SECRET_FILES.serve),
    ]
