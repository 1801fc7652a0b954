"""What every test shares. The database starts here, before Django's settings load."""

from tests import environment

environment.prepare()

import gc  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager, suppress  # noqa: E402
from typing import Any  # noqa: E402

import django  # noqa: E402
import pytest  # noqa: E402

django.setup()  # now, because the conftest of a folder may import models

from django.conf import settings as django_settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.db.backends.postgresql.operations import DatabaseOperations  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from django.utils import translation  # noqa: E402
from kombu import pools  # noqa: E402 - Celery publishes through its pools
from psycopg import sql  # noqa: E402

from govtech.celery import app as celery_app  # noqa: E402
from govtech.embedded import PostgresServer, ValkeyServer  # noqa: E402


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares something dear, where several processes run the tests (`--dist loadgroup`).

    A world is made once for the tests of a module. The visits to an address are made once for all that look at them.
    """
    for item in items:
        if "visits" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(f"visits to {item.callspec.params['name']}"))
        elif "world" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what is here to stay: looking at it all costs a tenth of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """The run's PostgreSQL: `.connect(database, role)`, `.url(role, database)`."""
    return environment.cluster()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Make the database also when only tests were chosen that share a world and so carry no mark."""
    with django_db_blocker.unblock():
        environment.clone(environment.cluster(), environment.migrated(), connection.creation._get_test_db_name())
        made = setup_databases(verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[], keepdb=True)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_guards() -> Iterator[None]:
    """Let the flush after a transactional test empty tables whose triggers refuse TRUNCATE."""
    original = DatabaseOperations.execute_sql_flush

    def execute(self: DatabaseOperations, statements: list[str]) -> None:
        original(self, ["SET LOCAL session_replication_role = replica;", *statements])

    DatabaseOperations.execute_sql_flush = execute
    yield
    DatabaseOperations.execute_sql_flush = original


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _start_in_spanish() -> None:
    """Forget the language of the last page that another test opened."""
    translation.activate(django_settings.LANGUAGE_CODE)


@contextmanager
def as_application() -> Iterator[None]:
    """Run SQL with the rights of the application's role, in the test's own transaction."""
    role = sql.Identifier(django_settings.APPLICATION_DATABASE_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(role).as_string(connection.connection))
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a broken transaction resets it by itself
            cursor.execute("RESET ROLE")


@pytest.fixture
def app_role(db: None) -> Iterator[None]:
    """The test's SQL runs with the application's rights, not the owner's. Make rows before with `as_owner`."""
    with as_application():
        yield


@pytest.fixture(scope="session")
def _valkey_server() -> Iterator[ValkeyServer]:
    worker = environment.os.environ.get("PYTEST_XDIST_WORKER", "main")
    server = ValkeyServer(environment.folder() / worker, durable=False).start()
    yield server
    server.stop()


@pytest.fixture
def valkey(_valkey_server: ValkeyServer, settings: Any) -> Iterator[ValkeyServer]:
    """A running, empty Valkey that settings and Celery point to. A test may stop and start it."""
    if not _valkey_server.process:
        _valkey_server.start()
    import redis  # noqa: PLC0415 - only where it is needed

    with redis.Redis.from_url(_valkey_server.url) as client:
        client.flushall()
    settings.REDIS_URL = _valkey_server.url
    before = celery_app.conf.broker_url
    settings.CELERY_BROKER_URL = _valkey_server.url + "/0"
    _publish_to(settings.CELERY_BROKER_URL)
    yield _valkey_server
    _publish_to(before)


def _publish_to(url: str) -> None:
    """Point Celery to a broker. Its producers keep the connection they once made, whatever the settings say."""
    celery_app.conf.broker_url = url
    celery_app.close()
    celery_app.amqp._producer_pool = None
    pools.reset()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The world of `tests.world`, one for all tests of a module, taken back at its end. Wrap writes in `undone()`."""
    from tests.world import World  # noqa: PLC0415 - it needs every app; few tests need it

    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        made.sign_in_everybody()
        yield made
        transaction.set_rollback(True)
