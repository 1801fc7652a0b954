"""PostgreSQL and Valkey from wheels, for the demonstration and the tests. Never for production.

Both live below one folder and are started by `EmbeddedServers.start(folder)`. Data stays there: a second start finds
it again, also after a power cut. PostgreSQL listens on a Unix socket in a private folder, Valkey on a free port of
127.0.0.1 with a password. PostgreSQL refuses to run as root: then its program and data go to `ROOT_STATE`, outside any
home, and belong to the user `nobody`, so that no private folder has to be opened to anybody.
"""

import fcntl
import shutil
from pathlib import Path
from typing import Self, TextIO

from govtech.embedded.postgres import APPLICATION_ROLE, OWNER_ROLE, PostgresServer
from govtech.embedded.processes import ServerError, free_port, last_lines, private_folder, stop_process
from govtech.embedded.valkey import ValkeyServer

__all__ = [
    "APPLICATION_ROLE",
    "OWNER_ROLE",
    "EmbeddedServers",
    "PostgresServer",
    "ServerError",
    "ValkeyServer",
    "free_port",
    "last_lines",
    "remove",
    "stop_process",
]


class EmbeddedServers:
    """PostgreSQL and, unless told not to, Valkey, with their addresses."""

    def __init__(self, folder: Path, *, postgres: bool = True, valkey: bool = True, fast: bool = False) -> None:
        """Prepare the servers asked for below `folder`; `fast` gives up durability, for tests."""
        self.folder = folder.resolve()
        self.postgres = PostgresServer(self.folder, fast=fast) if postgres else None
        self.valkey = ValkeyServer(self.folder, durable=not fast) if valkey else None
        self._held: TextIO | None = None

    @classmethod
    def start(cls, folder: Path, *, postgres: bool = True, valkey: bool = True, fast: bool = False) -> Self:
        """Start the servers of `folder`; what an interrupted run left behind is stopped first.

        Raises ServerError when one does not start, or when another process holds the folder.
        """
        servers = cls(folder, postgres=postgres, valkey=valkey, fast=fast)
        servers.hold()
        servers.launch()
        return servers

    def launch(self) -> None:
        """Start the servers of a folder that is held. When one does not start, stop all and let the folder go."""
        try:
            for server in (self.postgres, self.valkey):
                if server:
                    server.start()
        except BaseException:
            self.stop()
            raise

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
        """Stop the servers and let the folder go. Data stays. Does nothing to servers that another process holds."""
        if not self._held:
            return
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()
        self.release()

    def hold(self) -> None:
        """Keep others from starting the servers of this folder. Raises ServerError when somebody already does."""
        private_folder(self.folder)
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            message = f"Another process already runs the servers of {self.folder}. Stop that one first."
            raise ServerError(message) from None
        self._held = lock

    def release(self) -> None:
        """Let others have the folder."""
        if self._held:
            self._held.close()
            self._held = None


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
