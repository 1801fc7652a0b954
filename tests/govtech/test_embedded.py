"""The embedded servers: two roles, one owner per folder, data that survives a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from govtech.embedded import EmbeddedServers, PostgresServer, ServerError, ValkeyServer, remove

START_AND_DIE = """
import os, sys
from pathlib import Path
from govtech.embedded import EmbeddedServers
servers = EmbeddedServers.start(Path(sys.argv[1]), fast=True)
servers.postgres.connect("portal").execute("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")
print(servers.valkey.process.pid, flush=True)
os._exit(9)
"""


def first_row(server: PostgresServer, statement: str) -> object:
    with server.connect() as connection:
        return connection.execute(statement).fetchone()


def test_application_role_may_not_change_the_schema(postgres: PostgresServer) -> None:
    with postgres.connect(role="portal_app") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE mine")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET session_replication_role = replica")


def test_servers_killed_without_warning_start_again_on_the_same_data(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    run = subprocess.run([sys.executable, "-c", START_AND_DIE, folder], capture_output=True, text=True, check=False)
    left_behind = int(run.stdout)

    servers = EmbeddedServers.start(folder, fast=True)

    assert first_row(servers.postgres, "SELECT count(*) FROM kept") == (1,)
    assert not psutil.pid_exists(left_behind) or psutil.Process(left_behind).status() == psutil.STATUS_ZOMBIE
    second = EmbeddedServers(folder)
    with pytest.raises(ServerError, match="Another process"):
        second.hold()
    second.stop()  # of no effect: it does not hold them
    assert first_row(servers.postgres, "SELECT 1") == (1,)
    servers.stop()
    remove(folder)
    assert not folder.exists()
    assert not servers.postgres.home.exists()


def test_note_of_a_server_long_gone_is_no_obstacle(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path, fast=True).start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")  # the number now is ours

    server.start()

    assert first_row(server, "SELECT 1") == (1,)
    server.stop()
    remove(tmp_path)


def test_deep_folder_gets_a_short_private_socket(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / ("deep" * 30), fast=True)

    server.start()

    assert len(str(server.sockets)) < 90
    assert server.sockets.stat().st_mode & 0o077 == 0
    server.stop()
    remove(server.folder)


def test_valkey_asks_for_its_password_and_hides_it(valkey: ValkeyServer) -> None:
    assert valkey.process
    with redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
    assert valkey.password not in " ".join(psutil.Process(valkey.process.pid).cmdline())


def test_valkey_killed_comes_back_on_the_same_port(valkey: ValkeyServer) -> None:
    assert valkey.process
    port = valkey.port
    os.kill(valkey.process.pid, signal.SIGKILL)
    valkey.process.wait()

    valkey.start()

    assert valkey.port == port
