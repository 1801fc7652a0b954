"""Pilots: awards, pilots, and every euro from reservation to payment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PilotsConfig(AppConfig):
    """Awards, pilots, milestones, indicators, decisions; budget and ledger."""

    name = "pilots"
    verbose_name = _("Pilots and budget")
