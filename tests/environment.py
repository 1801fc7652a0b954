"""What a test run needs before Django loads its settings: its own PostgreSQL and environment variables.

Each run makes its own cluster in a temporary folder, so that runs don't meet. Under pytest-xdist the first process
starts it and the workers find it through the environment.
"""

import atexit
import base64
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psutil
from psycopg import sql

from govtech import catalogues
from govtech.embedded import APPLICATION_ROLE, OWNER_ROLE, EmbeddedServers, PostgresServer, remove
from govtech.embedded.postgres import programs

BASE_DIR = Path(__file__).resolve().parent.parent
FOLDER_VARIABLE = "GOVTECH_TEST_FOLDER"
PREFIX = "govtech-test-"
MIGRATED = "migrated"


def prepare() -> None:
    """Start the run's database and set the environment. In an xdist worker the first process has done it."""
    if FOLDER_VARIABLE in os.environ:
        return
    _remove_orphans()
    signal.signal(signal.SIGTERM, _interrupt)  # `timeout` and CI end a run so: clean up then, too
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    servers = EmbeddedServers.start(folder, valkey=False, fast=True)
    owner = os.getpid()

    def clean_up() -> None:
        if os.getpid() == owner:  # not in a forked child
            servers.stop()
            remove(folder)
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clean_up)
    catalogues.compile_all(BASE_DIR)
    (folder / "static").mkdir()  # whitenoise warns where there is none
    os.environ |= {
        FOLDER_VARIABLE: str(folder),
        "DJANGO_SETTINGS_MODULE": "govtech.settings",
        "DEBUG": "0",
        "DEMO": "0",
        "TESTING": "1",
        "SECRET_KEY": secrets.token_hex(),
        "SEALING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "*",
        "SITE_URL": "http://testserver",
        "STAFF_MFA_REQUIRED": "0",
        "DATABASE_URL": servers.application_url,
        "DATABASE_OWNER_URL": servers.owner_url,
        "DATABASE_ROLE": "owner",
        "DATABASE_POOL": "0",
        "REDIS_URL": "redis://127.0.0.1:1",  # nobody listens; a test that needs Valkey asks for the fixture
        "PRIVATE_FILES_DIR": str(folder / "private"),
        "EMAIL_DELIVERY_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        "EMAIL_FILE_PATH": str(folder / "mail"),
        "STATIC_ROOT": str(folder / "static"),
        "LANGUAGE_CODE": "es",
        "LOG_LEVEL": "WARNING",
    }


def folder() -> Path:
    """Return the run's temporary folder."""
    return Path(os.environ[FOLDER_VARIABLE])


def cluster() -> PostgresServer:
    """Return the run's PostgreSQL, which is running."""
    return PostgresServer(folder(), fast=True)


def migrated() -> str:
    """Return the name of a database with the schema and the reference data, to be copied.

    Migrating takes longer than most tests together: it is done once a run, whichever process is first.
    """
    done = folder() / "migrated"
    with (folder() / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, and when its process dies
        if not done.exists():
            server = cluster()
            clone(server, "template1", MIGRATED)
            kept = _kept()
            if not (kept.exists() and _tool("pg_restore", f"--dbname={_address(server)}", str(kept))):
                clone(server, "template1", MIGRATED)
                _migrate(server)
                _keep(server, kept)
            done.touch()
    return MIGRATED


def _migrate(server: PostgresServer) -> None:
    addresses = {"DATABASE_URL": server.url(APPLICATION_ROLE, MIGRATED), "DATABASE_OWNER_URL": _address(server)}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=BASE_DIR, env={**os.environ, **addresses}, check=True)


def _address(server: PostgresServer) -> str:
    return server.url(OWNER_ROLE, MIGRATED)


def _kept() -> Path:
    """Return where the schema is kept between runs while nothing that makes it has changed.

    In CI within the checkout: a bare one is migrated by its first run, and the next one finds what that has made.
    """
    made_of = hashlib.sha256((BASE_DIR / "requirements" / "dev.txt").read_bytes())
    for path in sorted(_makers()):
        made_of.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    folder = BASE_DIR / ".pytest_cache" if "CI" in os.environ else Path.home() / ".cache" / "govtech-portal"
    return folder / f"schema-{made_of.hexdigest()[:16]}.dump"


def _makers() -> Iterator[Path]:
    """Yield the files that a migrated database depends on: migrations, SQL, and the apps that fill it after them."""
    for pattern in ("*/migrations/*.py", "*/*/migrations/*.py", "*/sql/*.sql", "*/*/sql/*.sql"):
        yield from BASE_DIR.glob(pattern)
    for app in ("accounts", "audit", "programme", "reference"):
        files = (BASE_DIR / "govtech" / app).rglob("*")
        yield from (path for path in files if path.is_file() and path.suffix not in {".pyc", ".mo", ".po"})


def _keep(server: PostgresServer, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob("schema-*.dump"):
        if old.stat().st_mtime < time.time() - 7 * 86400:
            old.unlink(missing_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    if _tool("pg_dump", "--format=custom", f"--file={unfinished}", _address(server)):
        unfinished.rename(kept)


def _tool(program: str, *options: str) -> bool:
    """Run one of PostgreSQL's clients; say whether it went well."""
    done = subprocess.run([str(programs(copy=False) / program), *options], capture_output=True, check=False)
    return done.returncode == 0


def clone(server: PostgresServer, template: str, name: str) -> None:
    """Make database `name` as a copy of `template`, in a fraction of a second."""
    drop(server, name)
    with server.connect("postgres") as connection:
        names = sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER_ROLE)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*names))


def drop(server: PostgresServer, name: str) -> None:
    """Delete a database, breaking off its connections."""
    with server.connect("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _remove_orphans() -> None:
    """Stop and delete what runs that were killed outright have left behind."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and path.stat().st_uid == os.getuid() and not psutil.pid_exists(int(pid)):
            remove(path)
