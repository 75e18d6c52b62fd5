"""Makes sure that a Chromium for the browser tests is there: the system's, else through apt as root, else through playwright.

Run by `make test`. Fails with what to do when none can be had; it never lets the browser tests be skipped in silence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-noto-core")


def system_chromium() -> str | None:
    """Path of a Chromium or Chrome of the system; $CHROMIUM comes first."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.path.exists(named) else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


def playwright_chromium() -> str | None:
    """Path of the Chromium that playwright keeps, if it has one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and os.path.exists(path) else None


def _run(*command: str) -> bool:
    print("+", " ".join(command), flush=True)
    try:
        return subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False).returncode == 0
    except OSError as error:
        print(error)
        return False


def main() -> int:
    """0 when a Chromium is there (installed if need be), 1 with advice when not."""
    if system_chromium() or playwright_chromium():
        return 0
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        if _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES) and system_chromium():
            return 0
    if _run(sys.executable, "-m", "playwright", "install", "chromium") and playwright_chromium():
        return 0
    print(
        "No Chromium was found and none could be installed. Install Chromium or Chrome "
        "(Debian, Ubuntu: sudo apt-get install chromium; others: https://www.chromium.org), "
        "or name one with CHROMIUM=/path/to/chrome, then run `make test` again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
