"""A server of its own for a script of ours, and the moment a page has been drawn."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.request import urlopen

from playwright.sync_api import Frame, Page

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app.py"
START_TRIES, TRY_S, STOP_S = 300, 0.2, 10
DRAWN = "[data-testid='stApp'][data-test-script-state='notRunning']"
OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
}


@contextmanager
def serve(script: Path, env: Mapping[str, str]) -> Iterator[str]:
    """Address, without its last slash, of a Streamlit that runs the script on a free port until the block is left.

    Args:
        script: File that defines an ``st.App``.
        env: Variables added to those of this process.
    """
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in OPTIONS.items())],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for_health(server, address, log)
            yield address
        finally:
            stop(server)


def free_port() -> int:
    """A port nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_health(server: subprocess.Popen, address: str, log: IO[bytes]) -> None:
    """Returns when the server answers; a server that stops first says why.

    Raises:
        RuntimeError: With what the server wrote, when it stopped or never answered.
    """
    for _ in range(START_TRIES):
        try:
            server.wait(TRY_S)
            break
        except subprocess.TimeoutExpired:
            if is_healthy(address):
                return
    log.seek(0)
    raise RuntimeError(f"the server did not start:\n{log.read().decode(errors='replace')}")


def is_healthy(address: str) -> bool:
    """Whether Streamlit says that it is ready."""
    try:
        with urlopen(f"{address}/_stcore/health", timeout=5) as reply:
            return reply.status == 200
    except OSError:  # refused, cut or too slow: all of urllib's own are of this class
        return False


def stop(server: subprocess.Popen) -> None:
    """Ends the server and whatever it started."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def ready(page: Page) -> Page:
    """The page, once its script has run to its end."""
    page.wait_for_selector(DRAWN, timeout=30_000)
    return page


def carte_frame(page: Page) -> Frame:
    """The frame of the map, once its values are on screen."""
    inside = page.wait_for_selector("iframe[src*='streamlit_folium']").content_frame()
    assert inside is not None
    inside.wait_for_function("() => document.body.dataset.version")
    return inside
