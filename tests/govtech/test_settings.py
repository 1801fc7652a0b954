"""One settings file: every variable is documented, and production does not start without what it needs."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.conf import settings

from govtech import demonstration

PRODUCTION = {
    "SECRET_KEY": "s" * 50,
    "SEALING_KEYS": base64.b64encode(b"k" * 32).decode(),
    "ALLOWED_HOSTS": "govtech.example.org",
    "SITE_URL": "https://govtech.example.org",
    "DATABASE_URL": "postgres://portal_app@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1",
}
READS = re.compile(r"""(?:env(?:iron)?(?:\.\w+)?|required|_keys)\(\s*"([A-Z][A-Z_]*)\"""")


def load_settings(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process that has only these variables."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from django.conf import settings; print(settings.DEBUG, settings.SESSION_COOKIE_SECURE)",
        ],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "govtech.settings", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_is_in_the_example_and_no_other() -> None:
    source = "".join(
        Path(settings.BASE_DIR / "govtech" / name).read_text()
        for name in ("settings.py", "server.py", "connections.py")
    )

    assert set(READS.findall(source)) == demonstration.known_variables()


def test_production_starts_with_what_is_required_and_is_strict() -> None:
    run = load_settings(PRODUCTION)

    assert (run.returncode, run.stdout.split()) == (0, ["False", "True"]), run.stderr


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_stops_naming_the_missing_variable(missing: str) -> None:
    run = load_settings({name: value for name, value in PRODUCTION.items() if name != missing})

    assert run.returncode != 0
    assert f"Set the environment variable {missing}" in run.stderr


def test_a_short_sealing_key_is_refused() -> None:
    run = load_settings({**PRODUCTION, "SEALING_KEYS": base64.b64encode(b"short").decode()})

    assert "SEALING_KEYS must be 32 bytes" in run.stderr


def test_the_demonstration_drops_the_variables_of_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "postgres://real", "EMAIL_HOST": "real", "CITY_NAME": "Alcalá"})

    demonstration.export({"DEMO": "1"})

    assert os.environ == {"DEMO": "1", "CITY_NAME": "Alcalá"}


def test_the_hour_and_the_day_are_those_of_the_clock_whenever_the_beat_started() -> None:
    for name, minutes in (("remind", {3}), ("sweep-files", {20})):
        schedule = settings.CELERY_BEAT_SCHEDULE[name]["schedule"]
        assert isinstance(schedule, crontab)
        assert schedule.minute == minutes
    assert len(settings.CELERY_BEAT_SCHEDULE["remind"]["schedule"].hour) == 24
