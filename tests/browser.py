"""Chromium for the browser tests: the system's, else Debian's package when we may install it.

`python -m tests.browser` is the first step of `make test`. Without a browser the browser tests are skipped, loudly;
in CI (the variable CI is set) that is a failure.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-sandbox",  # it refuses to run as root and in most containers; the tests visit our own pages only
]


def path() -> str | None:
    """Return the browser's program, or None."""
    chosen = os.environ.get("CHROMIUM", "")
    return chosen or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    """Make sure that there is a browser; return the exit code."""
    if not path() and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's package chromium for the browser tests…", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
        subprocess.run(command, check=False, **quiet)
    if path():
        return 0
    line = "#" * 100
    print(f"{line}\n# NO CHROMIUM: the browser tests will be SKIPPED. Install Debian's package chromium, or set\n"
          f"# CHROMIUM=/path/to/chromium.\n{line}", flush=True)  # fmt: skip
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
