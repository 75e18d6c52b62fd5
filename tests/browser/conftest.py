"""A server of its own, a Chromium that cannot reach anything outside, and an eye on what it asks for and complains about."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from analysis import desk
from tests.browser_setup import system_chromium

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).with_name("screenshots")
PATIENCE = 60  # seconds a busy machine may take: a build machine was seen to stand still for half a minute

#: On a deep link Streamlit first looks for itself below the page's path; the platform's, and harmless.
KNOWN_404 = ("/_stcore/health", "/_stcore/host-config")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # nothing outside can be reached, so nothing outside is needed
]

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium where there is one, else playwright's; no road to the outside."""
    path = system_chromium()
    chosen = {"executable_path": path} if path else {}
    return {**browser_type_launch_args, **chosen, "headless": True, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A common screen; a test may choose another."""
    return {**browser_context_args, "viewport": {"width": 1440, "height": 1000}}


@dataclass
class Server:
    """A running dashboard. `url` has no slash at its end."""

    url: str
    folder: Path
    process: subprocess.Popen = field(repr=False)

    def stop(self) -> None:
        """End it by its own handle."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(folder: Path, **environment: str) -> Server:
    """A dashboard on a free loopback port with its stores in a folder; waits until it answers."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
    own = {"RETURNS_VAR": str(folder), "RETURNS_DATABASE": f"sqlite:///{folder / 'returns.sqlite'}"}
    log = (folder / "server.log").open("w", encoding="utf-8")
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own, **environment}, stdout=log, stderr=subprocess.STDOUT)
    log.close()
    server = Server(f"http://127.0.0.1:{port}", folder, process)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return server
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.stop()
    raise RuntimeError(f"the dashboard did not start:\n{(folder / 'server.log').read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> Path:
    """A folder with the demonstration's store, built once."""
    folder = tmp_path_factory.mktemp("demonstration")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "VAR", folder)
        desk.demonstration()
    return folder


@pytest.fixture
def stores(demonstration, tmp_path) -> Path:
    """A copy of the demonstration's store, for one test alone."""
    shutil.copytree(demonstration, tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def fresh_server(stores):
    """A server that nobody has visited yet."""
    running = start(stores)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(demonstration, tmp_path_factory):
    """One server for all tests of a module; it starts with the demonstration."""
    folder = tmp_path_factory.mktemp("server") / "var"
    shutil.copytree(demonstration, folder)
    running = start(folder)
    yield running
    running.stop()


@dataclass
class Eye:
    """What a page asked for outside this machine, and what it complained about."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Look at everything this page does from now on."""
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def _console(self, message) -> None:
        where = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not where.endswith(KNOWN_404):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")


@contextmanager
def watched(page: Page):
    """Fails, at its end, for anything the page asked of the outside or wrote to the console as an error."""
    eye = Eye()
    eye.watch(page)
    yield page
    assert eye.outside == []
    assert eye.complaints == []


@pytest.fixture
def page(page: Page):
    """A page that is watched."""
    page.set_default_timeout(PATIENCE * 1000)
    with watched(page):
        yield page


@pytest.fixture(scope="session", autouse=True)
def screenshots() -> Path:
    """Where pictures of the pages go, to be looked at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS
