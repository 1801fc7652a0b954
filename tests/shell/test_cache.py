"""The cache goes on in the database when its server is gone, and keeps its limits."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command

from govtech.shell.cache import ResilientRedisCache

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _table():
    call_command("createcachetable", verbosity=0)


def cache_at(url):
    return ResilientRedisCache(url + "/1", {"OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}})


def test_everything_works_without_a_server():
    cache = cache_at("redis://127.0.0.1:1")

    cache.set("a", 1)
    assert cache.add("a", 2) is False
    assert cache.incr("a") == 2
    cache.set_many({"b": 3, "c": 4})
    assert cache.get_many(["a", "b", "c"]) == {"a": 2, "b": 3, "c": 4}
    assert cache.touch("a", 60) is True
    assert cache.has_key("a")
    assert cache.delete("a") is True
    assert cache.get("a", "none") == "none"
    cache.delete_many(["b"])
    assert cache.get("b") is None
    cache.clear()
    assert cache.get("c") is None
    assert caches["fallback"].get("c") is None


def test_the_server_is_used_while_it_answers(valkey):
    cache = cache_at(valkey.url)

    cache.set("a", 1)

    assert RedisCache(valkey.url + "/1", {}).get("a") == 1
    assert caches["fallback"].get("a") is None


def test_a_server_that_dies_on_the_way_is_replaced(valkey):
    cache = cache_at(valkey.url)
    cache.set("a", 1)
    valkey.stop()

    cache.set("b", 2)

    assert cache.get("b") == 2
    assert caches["fallback"].get("b") == 2


def test_no_operation_of_djangos_redis_cache_is_left_unprotected():
    own = {name for name in vars(RedisCache) if not name.startswith("_")} - {"get_backend_timeout"}

    assert own <= set(vars(ResilientRedisCache)), own - set(vars(ResilientRedisCache))


def test_signing_in_works_without_a_server(client, settings):
    from govtech.accounts.models import User  # noqa: PLC0415 - after the cache's table

    settings.CACHES = {**settings.CACHES}
    User.objects.create_user("ana@demo.example", "a-long-password", full_name="Ana Gil")

    response = client.post("/cuenta/login/", {"login": "ana@demo.example", "password": "wrong"})

    assert response.status_code == 200
    assert "no son correctos" in response.content.decode()
