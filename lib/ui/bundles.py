"""The scripts and sheets of Streamlit, compressed once: they are most of what a first visit costs."""

import asyncio
import gzip
from posixpath import normpath
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = (".js", ".css")
LEVEL = 6
MAX_KEPT = 512  # Streamlit has 320 bundles


class Reply(NamedTuple):
    """A whole answer."""

    start: Message
    body: bytes


class PackedBundles:
    """Serves compressed what Streamlit serves as it is: it would compress a bundle again at each request.

    A bundle is named by its content and never changes; once packed it is kept, for every visitor. What Streamlit does
    not say immutable is passed on: it answers its page at any path that it does not know.

    Args:
        app: What serves the bundles.
        base: ``server.baseUrlPath`` with its slash, or nothing.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self.folder = f"{base}/static/"
        self.packed: dict[str, Reply] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request for a bundle from a browser that reads gzip; passes any other on."""
        if not self._is_packable(scope):
            await self.app(scope, receive, send)
            return
        reply = self.packed.get(scope["path"]) or await self._asked(scope, receive)
        await send({**reply.start})  # what stands around adds its headers to it
        await send({"type": "http.response.body", "body": reply.body})

    def _is_packable(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] != "GET":
            return False
        path, headers = scope["path"], Headers(scope=scope)
        is_plain = not {"range", "if-none-match", "if-modified-since"} & set(headers)
        is_read = "gzip" in headers.get("accept-encoding", "")
        is_bundle = path.startswith(self.folder) and path.endswith(KINDS) and path == normpath(path)
        return is_bundle and is_plain and is_read

    async def _asked(self, scope: Scope, receive: Receive) -> Reply:
        reply = await _whole(self.app, scope, receive)
        if len(self.packed) >= MAX_KEPT or not _is_keepable(reply):
            return reply
        body = await asyncio.to_thread(gzip.compress, reply.body, LEVEL, mtime=0)
        headers = MutableHeaders(raw=list(reply.start["headers"]))
        headers["content-encoding"], headers["content-length"] = "gzip", str(len(body))
        headers.add_vary_header("Accept-Encoding")
        if "etag" in headers:
            headers["etag"] = f"W/{headers['etag'].removeprefix('W/')}"  # the same content, other bytes
        packed = self.packed[scope["path"]] = Reply({**reply.start, "headers": headers.raw}, body)
        return packed


def _is_keepable(reply: Reply) -> bool:
    headers = Headers(raw=reply.start["headers"])
    is_immutable = "immutable" in headers.get("cache-control", "")
    return reply.start["status"] == 200 and is_immutable and "content-encoding" not in headers


async def _whole(app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    started: list[Message] = []
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    return Reply(started[0], b"".join(parts))
