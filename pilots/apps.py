"""Pilots: awards, pilots, and every euro from reservation to payment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PilotsConfig(AppConfig):
    """Awards, pilots, milestones, indicators, decisions; budget and ledger."""

    name = "pilots"
    verbose_name = _("Pilots and budget")

    def ready(self) -> None:
        """Register what this app shows on the pages of others."""
        from pilots import desk  # noqa: PLC0415 - models must be loaded
        from pilots.actions import incident, rights  # noqa: PLC0415
        from pilots.feeds import entries  # noqa: PLC0415
        from pilots.policies import earlier  # noqa: PLC0415
        from startups.policies import conflict  # noqa: PLC0415

        conflict.register("pilot", earlier.tied)
        desk.register()
        entries.register()
        incident.register()
        rights.register()
