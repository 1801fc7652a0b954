"""How a receipt's time and public address are said, on its page, its document and in the mail."""

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from govtech.notifications.addresses import absolute
from startups.models import Receipt


def instant(receipt: Receipt) -> str:
    """Return the official time to the second, in the city's zone, with the zone."""
    local = timezone.localtime(receipt.received_at)
    spanish = (get_language() or settings.LANGUAGE_CODE).startswith("es")
    text = date_format(local, r"j \d\e F \d\e Y, H:i:s" if spanish else "j F Y, H:i:s")
    return f"{text} ({settings.TIME_ZONE}, {local:%z})"


def check_url(receipt: Receipt) -> str:
    """Return the whole address of its public check, in the language in force."""
    return absolute(receipt.get_absolute_url(), get_language() or settings.LANGUAGE_CODE)
