"""What is measured: PostgreSQL and Valkey of our own, databases that stay between runs, web servers."""

import hashlib
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path

from psycopg import sql

from bench import processor
from govtech import processes
from govtech.embedded import APPLICATION_ROLE, OWNER_ROLE, EmbeddedServers, free_port

ROOT = processes.BASE_DIR
STATE = Path(os.environ.get("BENCH_STATE_DIR", ROOT / ".state" / "bench")).resolve()
KEYS = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@dataclass
class Server:
    """A web server that answers on `port`; `pid` is its master."""

    name: str
    port: int
    process: processes.Process

    @property
    def pid(self) -> int:
        """The master's number."""
        assert self.process.child
        return self.process.child.pid

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


class Stage:
    """The servers of one run, all below one folder."""

    def __init__(self, folder: Path = STATE, *, workers: int = 2, threads: int = 4) -> None:
        """Prepare; nothing runs yet."""
        self.folder = folder
        self.workers, self.threads = workers, threads
        self.servers = EmbeddedServers(folder)
        self.second = EmbeddedServers(folder / "second", postgres=False)  # what is kept is of one installation
        self.started: list[Server] = []

    @contextmanager
    def running(self) -> Iterator["Stage"]:
        """Run the database and the cache, and stop everything at the end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.servers.hold()
        try:
            self.servers.launch()
            self.second.hold()
            self.second.launch()
            yield self
        finally:
            for server in self.started:
                server.process.stop()
            self.second.stop()
            self.servers.stop()

    # Databases -------------------------------------------------------------------------------------------

    def environment(self, database: str, *, owner: bool = False, **more: str) -> dict[str, str]:
        """Return the settings' variables: production's ways, plain http, a second factor asked of nobody."""
        cluster = self.servers.postgres
        assert cluster
        return {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
            "DJANGO_SETTINGS_MODULE": "govtech.settings",
            "SECRET_KEY": "measured-and-thrown-away-" * 3,
            "SEALING_KEYS": KEYS,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": "http://127.0.0.1",
            "DATABASE_URL": cluster.url(APPLICATION_ROLE, database),
            "DATABASE_OWNER_URL": cluster.url(OWNER_ROLE, database),
            "DATABASE_ROLE": "owner" if owner else "application",
            "REDIS_URL": self.servers.redis_url,
            "EMAIL_FILE_PATH": str(self.folder / "mail"),
            "PRIVATE_FILES_DIR": str(self.folder / "files"),
            "STATIC_ROOT": str(self.folder / "static"),
            "STAFF_MFA_REQUIRED": "0",
            **more,
        }

    def database(self, rows: int) -> str:
        """Return the name of a database with that many challenges, made if it isn't there from an earlier run."""
        base = f"bench_base_{_digest(ROOT.glob('*/migrations/*.py'), ROOT.glob('*/*/migrations/*.py'))}"
        week = datetime.now(UTC).strftime("%G%V")  # open challenges close as time passes: made anew each week
        name = f"bench_{rows}_{_digest([ROOT / 'bench/data.py', ROOT / 'bench/texts.py'], text=base + week)}"
        self._drop_all_but(base, prefix="bench_base_")
        self._drop_all_but(name, prefix=f"bench_{rows}_")
        if not self._is_ready(base):
            self._make(base, None)
            self.command(base, "manage.py", "migrate", "--no-input", "--verbosity=0")
            self._mark(base)
        if not self._is_ready(name):
            print(f"Loading {rows} challenges …", file=sys.stderr)
            self._make(name, base)
            self.command(name, "-m", "bench.data", str(rows))
            self._mark(name)
        return name

    def command(self, database: str, *command: str, owner: bool = True) -> str:
        """Run Python on a database and return what it printed."""
        run = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(database, owner=owner),
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{run.stdout}\n{run.stderr}")
        return run.stdout

    def connect(self, database: str = "postgres"):
        """Open a connection as the owner."""
        assert self.servers.postgres
        return self.servers.postgres.connect(database)

    def _is_ready(self, name: str) -> bool:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with self.connect() as connection:
            found = connection.execute(query, [name]).fetchone()
        return bool(found and found[0] == "ready")

    def _mark(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))

    def _make(self, name: str, template: str | None) -> None:
        self._drop(name)
        what = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with self.connect() as connection:
            connection.execute(what)

    def _drop(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_all_but(self, kept: str, *, prefix: str) -> None:
        with self.connect() as connection:
            names = [name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()]
        for name in names:
            if name.startswith(prefix) and name != kept:
                self._drop(name)

    # Web servers -----------------------------------------------------------------------------------------

    def collect_static(self, database: str) -> None:
        """Put the style sheets where the web servers look for them."""
        self.command(database, "manage.py", "compile_catalogues")
        self.command(database, "manage.py", "collectstatic", "--no-input", "--verbosity=0", owner=False)

    def serve(self, name: str, database: str, **more: str) -> Server:
        """Start the portal's web server on a database, as production does."""
        env = self.environment(database, DATABASE_POOL="1", **more)
        return self._start(name, "govtech.wsgi:application", env, "/readyz")

    def serve_bare(self) -> Server:
        """Start the same web server with the barest view."""
        return self._start("bare", "bench.bare:application", self.environment("postgres"), "/")

    def _start(self, name: str, application: str, env: dict[str, str], path: str) -> Server:
        port = free_port()
        env |= {"WEB_WORKERS": str(self.workers), "WEB_THREADS": str(self.threads)}
        command = processes.web_command(application, port=port)
        log = self.folder / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        server = Server(name, port, processes.Process(f"web server {name}", command, env=env, log=log).start())
        self.started.append(server)
        wait_until_answers(server, path)
        return server

    def seconds(self, server: Server) -> float:
        """Return the processor seconds used so far by a web server's workers and by PostgreSQL."""
        return processor.seconds(server.pid) + processor.seconds(self.postgres_pid)

    @property
    def postgres_pid(self) -> int:
        """The postmaster's number."""
        assert self.servers.postgres
        return int((self.servers.postgres.data / "postmaster.pid").read_text().split("\n", 1)[0])


def wait_until_answers(server: Server, path: str) -> None:
    """Return once it answers 200."""
    import http.client
    import time

    for _attempt in range(600):
        server.process.check()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": "127.0.0.1"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise RuntimeError(f"The web server {server.name} does not answer. See {server.process.log}.")


def _digest(*groups: "Iterator[Path] | list[Path]", text: str = "") -> str:
    found = hashlib.sha256(text.encode())
    for path in sorted(path for group in groups for path in group):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:10]


class Form(HTMLParser):
    """What the form with the field `version`, or the only one with a token, would send, as a browser reads it."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.area = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        if not self.forms:
            return
        name, fields = given.get("name", ""), self.forms[-1]
        if tag == "input" and name:
            skipped = given.get("type") in ("checkbox", "radio") and "checked" not in given
            if not skipped and given.get("type") not in ("file", "submit"):
                fields[name] = given.get("value", "")
        elif tag == "textarea":
            self.area = name
            fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given and self.select:
            fields[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a text or a list."""
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        """Add to the text."""
        if self.area:
            self.forms[-1][self.area] += data

    def with_field(self, name: str) -> dict[str, str]:
        """Return the fields of the first form that has the field."""
        return next(form for form in self.forms if name in form)


class Visitor:
    """Somebody with cookies who can sign in."""

    def __init__(self, server: Server) -> None:
        """Come without a cookie."""
        self.server = server
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        """Return a page."""
        with self.opener.open(self.server.url + path, timeout=60) as answer:
            return answer.read().decode()

    def sign_in(self, address: str, password: str) -> "Visitor":
        """Sign in by the form. Raises RuntimeError where that doesn't work."""
        fields = Form(self.get("/cuenta/login/")).with_field("login")
        fields |= {"login": address, "password": password}
        data = urllib.parse.urlencode(fields).encode()
        with self.opener.open(self.server.url + "/cuenta/login/", data, timeout=60) as answer:
            if "login" in answer.url:
                raise RuntimeError(f"{address} could not sign in.")
        return self

    @property
    def cookies(self) -> str:
        """The header's value."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def links(self, page: str, pattern: str) -> list[str]:
        """Return the addresses on a page that match, each once, in order."""
        return list(dict.fromkeys(re.findall(f'href="({pattern})"', self.get(page))))
