"""Dockerfile, docker-compose.yml, Makefile and .ci/run say what the settings and the README say."""

import os
import re
from typing import Any

import pytest
import yaml
from django.conf import settings

from govtech.demonstration import known_variables

BASE = settings.BASE_DIR
PORTAL = {"migrate", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((BASE / "docker-compose.yml").read_text())["services"])


def test_compose_has_every_part_and_each_tells_its_health(services: dict[str, Any]) -> None:
    assert set(services) == {"db", "valkey", *PORTAL}
    dockerfile = (BASE / "Dockerfile").read_text()

    assert "HEALTHCHECK" in dockerfile  # the web server's
    assert all("healthcheck" in services[name] for name in set(services) - {"web"})


def test_compose_sets_only_variables_that_the_settings_know(services: dict[str, Any]) -> None:
    for name in PORTAL:
        assert set(services[name]["environment"]) <= known_variables()


def test_only_the_migration_has_the_owner_of_the_database(services: dict[str, Any]) -> None:
    with_owner = {name for name in PORTAL if "DATABASE_OWNER_URL" in services[name]["environment"]}

    assert with_owner == {"migrate"}


def test_no_secret_is_written_into_compose_or_image(services: dict[str, Any]) -> None:
    secrets = re.compile(r"SECRET|PASSWORD|KEY")
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if secrets.search(name):
                assert str(value).startswith("${"), name


def test_portal_runs_without_privileges(services: dict[str, Any]) -> None:
    assert re.findall(r"^USER (\w+)$", (BASE / "Dockerfile").read_text(), re.MULTILINE)[-1] != "root"
    for name in PORTAL:
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


def test_the_image_holds_what_it_copies() -> None:
    kept = {line[1:] for line in (BASE / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--)(\S+)", (BASE / "Dockerfile").read_text(), re.MULTILINE))

    assert copied == kept
    assert all((BASE / name).exists() for name in copied)


def test_ci_runs_the_line_that_the_readme_names() -> None:
    run = BASE / ".ci" / "run"

    assert os.access(run, os.X_OK)
    assert "make check" in run.read_text()
    assert "make check" in (BASE / "README.md").read_text()


@pytest.mark.xdist_group("together")
def test_what_shares_something_dear_runs_in_one_process(request: pytest.FixtureRequest) -> None:
    """Where several processes run the tests, the name says the group: else each makes its own worlds and portals."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@together")


def test_locked_requirements_name_no_address() -> None:
    for path in (BASE / "requirements").glob("*.txt"):
        assert "://" not in path.read_text()
        assert "--hash=sha256:" in path.read_text()
