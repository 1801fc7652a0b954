"""Amounts, instants and sizes, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from govtech.shell import words

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("language", "amount", "expected"),
    [
        ("es", "14500", "14.500\xa0€"),
        ("es", "17545.50", "17.545,50\xa0€"),
        ("es", "1000000", "1.000.000\xa0€"),
        ("es", "0", "0\xa0€"),
        ("es", "0.05", "0,05\xa0€"),
        ("es", "-12100", "−12.100\xa0€"),
        ("es", "10.005", "10,01\xa0€"),
        ("en", "14500", "€14,500"),
        ("en", "17545.5", "€17,545.50"),
        ("en", "-3", "−€3"),
    ],
)
def test_euros_are_written_as_the_language_does(language, amount, expected):
    with override(language):
        assert words.euros(Decimal(amount)) == expected


def test_euros_of_nothing_is_a_dash_and_the_symbol_is_a_setting(settings):
    settings.CURRENCY_SYMBOL = "£"

    with override("en"):
        assert words.euros(None) == "—"
        assert words.euros(Decimal(5)) == "£5"


@pytest.mark.parametrize(("language", "expected"), [("es", "22,5\xa0%"), ("en", "22.5%")])
def test_percent_is_written_as_the_language_does(language, expected):
    with override(language):
        assert words.percent(Decimal("22.50")) == expected


@pytest.mark.parametrize(
    ("language", "kind", "expected"),
    [
        ("es", "when", "sábado 12 de diciembre de 2026, 14:00"),
        ("es", "short_when", "12 dic, 14:00"),
        ("es", "day", "12 de diciembre de 2026"),
        ("es", "short_day", "12 dic"),
        ("es", "short_day_year", "12 dic 2026"),
        ("en", "when", "Saturday 12 December 2026, 14:00"),
        ("en", "short_when", "12 Dec, 14:00"),
        ("en", "short_day", "12 Dec"),
    ],
)
def test_instants_are_shown_in_the_citys_zone(language, kind, expected):
    with override(language):
        assert words.formatted(datetime(2026, 12, 12, 13, 0, tzinfo=UTC), kind) == expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 mar, 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 mar, 03:00"),  # two o'clock doesn't exist that night
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 oct, 02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 oct, 02:30"),  # and half past two comes twice
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "1 jul, 00:30"),
    ],
)
def test_instants_follow_the_change_of_hour(instant, expected):
    with override("es"):
        assert words.formatted(instant, "short_when") == expected


def test_a_day_has_no_zone():
    with override("es"):
        assert words.formatted(date(2026, 1, 1), "day") == "1 de enero de 2026"


AT = datetime(2026, 11, 23, 9, 0, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("instant", "spanish", "english"),
    [
        (datetime(2026, 11, 23, 9, 20, tzinfo=MADRID), "en 20 minutos", "in 20 minutes"),
        (datetime(2026, 11, 23, 9, 0, 10, tzinfo=MADRID), "en 1 minuto", "in 1 minute"),
        (datetime(2026, 11, 23, 14, 0, tzinfo=MADRID), "hoy a las 14:00", "today at 14:00"),
        (datetime(2026, 11, 24, 0, 0, tzinfo=MADRID), "mañana a las 00:00", "tomorrow at 00:00"),
        (datetime(2026, 11, 26, 14, 0, tzinfo=MADRID), "en 3 días", "in 3 days"),
        (datetime(2026, 11, 23, 8, 1, tzinfo=MADRID), "hace 59 minutos", "59 minutes ago"),
        (datetime(2026, 11, 22, 23, 0, tzinfo=MADRID), "ayer a las 23:00", "yesterday at 23:00"),
        (datetime(2026, 11, 21, 8, 0, tzinfo=MADRID), "hace 2 días", "2 days ago"),
    ],
)
def test_duration_until_counts_calendar_days_of_the_city(instant, spanish, english):
    with override("es"):
        assert words.duration_until(instant, AT) == spanish
    with override("en"):
        assert words.duration_until(instant, AT) == english


def test_duration_until_counts_one_day_over_the_change_of_hour():
    before = datetime(2026, 10, 24, 14, 0, tzinfo=MADRID)  # the next day has 25 hours

    with override("es"):
        assert words.duration_until(datetime(2026, 10, 25, 14, 30, tzinfo=MADRID), before) == "mañana a las 14:30"


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 23, 14, 0, tzinfo=MADRID), "Hoy, 14:00"),
        (datetime(2026, 11, 24, 14, 0, tzinfo=MADRID), "Mañana"),
        (datetime(2026, 11, 27, 14, 0, tzinfo=MADRID), "27 nov"),
        (datetime(2026, 11, 20, 14, 0, tzinfo=MADRID), "20 nov"),
        (None, ""),
    ],
)
def test_due_says_the_day_of_a_task(instant, expected):
    with override("es"):
        assert words.due(instant, AT) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (240_000, "240\xa0kB"),
        (2_100_000, "2,1\xa0MB"),
        (20_000_000, "20\xa0MB"),
        (None, ""),
    ],
)
def test_file_size_is_said_in_thousands(size, expected):
    with override("es"):
        assert words.file_size(size) == expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "—"),
    ],
)
def test_device_names_browser_and_system(agent, expected):
    assert words.device(agent) == expected
