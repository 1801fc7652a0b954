"""The demonstration: the whole portal on one machine, with its own servers and its own data.

`manage.py demo` enters `environment()` before Django loads its settings. Nothing of a production environment is
used: every variable that the settings know, but for the city's name and looks, is replaced.
"""

import base64
import json
import os
import re
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from govtech import catalogues, processes
from govtech.embedded import EmbeddedServers, ServerError, remove

BASE_DIR = Path(__file__).resolve().parent.parent
PASSWORD = "demo-govtech-155"  # noqa: S105 - printed for everybody who starts the demonstration
DOMAIN = "demo.example"
ACCOUNTS = {
    "delegada": "digital delegate of a department",
    "oficina": "officer of the programme's office",
    "direccion": "director, approves",
    "evaluador1": "member of evaluation panels",
    "evaluador2": "member of evaluation panels",
    "evaluador3": "member of evaluation panels",
    "empresa": "a company",
    "empresa2": "another company",
    "universidad": "a university",
    "auditoria": "auditor, reads",
    "admin": "administrator of reference data, at /gestion/",
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What a visitor of the demonstration may change from outside; every other setting is ours.
KEPT = {
    "PROGRAMME_NAME", "CITY_NAME", "CITY_COUNCIL_NAME", "OFFICE_NAME", "OFFICE_EMAIL", "BRAND_COLOUR",
    "CURRENCY_SYMBOL", "TIME_ZONE", "LANGUAGE_CODE", "LOG_LEVEL", "MAIL_SWEEP_SECONDS",
}  # fmt: skip


def state_folder() -> Path:
    """Return where the demonstration keeps everything it makes."""
    return Path(os.environ.get("DEMO_STATE_DIR", BASE_DIR / ".state")).resolve()


def port() -> int:
    """Return the port of the web server: `PORT`, or 8000."""
    return int(os.environ.get("PORT") or 8000)


@contextmanager
def environment() -> Iterator[None]:
    """Start the servers, export the settings' variables, and stop the servers at the end, whatever happens.

    Ctrl-C, SIGTERM and SIGHUP end the block with SystemExit.
    """
    for number in SIGNALS:
        signal.signal(number, _leave)
    state = state_folder()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    servers = EmbeddedServers(
        state / "servers",
        postgres="DEMO_DATABASE_URL" not in os.environ,
        valkey="DEMO_REDIS_URL" not in os.environ,
    )
    try:
        servers.hold()
        processes.stop_recorded(state / "children")  # what a run that was killed outright left behind
        _refuse_taken_port(port())
        servers.launch()
        export(variables(servers, state))
        catalogues.compile_all(BASE_DIR)
        yield
    except (ServerError, processes.ProcessError) as error:
        sys.exit(f"\n{error}")
    finally:
        _ignore_signals()
        servers.stop()


def variables(servers: EmbeddedServers, state: Path) -> dict[str, str]:
    """Return the settings' variables of the demonstration: production's ways, on http://localhost."""
    application = os.environ.get("DEMO_DATABASE_URL") or servers.application_url
    owner = os.environ.get("DEMO_DATABASE_OWNER_URL") or (application if not servers.postgres else servers.owner_url)
    return {
        **_secrets(state / "secrets.json"),
        "DEBUG": "0",
        "DEMO": "1",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SITE_URL": f"http://localhost:{port()}",
        "DATABASE_URL": application,
        "DATABASE_OWNER_URL": owner,
        "DATABASE_ROLE": "owner",
        "REDIS_URL": os.environ.get("DEMO_REDIS_URL") or servers.redis_url,
        "EMAIL_DELIVERY_BACKEND": "govtech.notifications.backends.FolderBackend",
        "EMAIL_FILE_PATH": str(state / "mail"),
        "PRIVATE_FILES_DIR": str(state / "files"),
        "STATIC_ROOT": str(state / "static"),
        "MAIL_SWEEP_SECONDS": os.environ.get("MAIL_SWEEP_SECONDS", "5"),
    }


def known_variables() -> set[str]:
    """Return the name of every variable that the settings read, as `.env.example` lists them."""
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))


def welcome() -> str:
    """Return what to show once the portal answers."""
    width = max(map(len, ACCOUNTS)) + len(DOMAIN) + 1
    lines = [f"  {f'{name}@{DOMAIN}':<{width}}  {role}" for name, role in ACCOUNTS.items()]
    return "\n".join(
        [
            "",
            f"The portal is at http://localhost:{port()}/",
            "",
            f"Demonstration accounts, all with the password {PASSWORD}",
            *lines,
            "",
            f"E-mails that it sends: http://localhost:{port()}/correo/   Logs and data: {state_folder()}",
            "Stop with Ctrl-C; start again on the same data; begin anew with: make demo-reset",
            "",
        ]
    )


def export(values: dict[str, str]) -> None:
    """Replace every variable of the settings by `values`, but for the city's name and looks."""
    for name in known_variables() - KEPT:
        os.environ.pop(name, None)
    os.environ.update(values)


def _secrets(path: Path) -> dict[str, str]:
    """Return the demonstration's secrets, made once."""
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SEALING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    return dict(json.loads(path.read_text()))


def _refuse_taken_port(number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            raise ServerError(
                f"Port {number} is taken by another program. Choose one: make demo PORT={number + 1}"
            ) from None


def _leave(signum: int, frame: FrameType | None) -> None:
    _ignore_signals()
    raise SystemExit(0)


def _ignore_signals() -> None:
    """Let nothing interrupt the way out: a second Ctrl-C would leave servers behind."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def reset() -> None:
    """Delete what the demonstration made on this machine. A database of DEMO_DATABASE_URL is left alone."""
    state = state_folder()
    try:
        remove(state / "servers")
    except ServerError as error:
        sys.exit(str(error))
    shutil.rmtree(state, ignore_errors=True)
    sys.stdout.write(f"{state} is deleted.\n")


if __name__ == "__main__" and sys.argv[1:] == ["reset"]:
    reset()
