"""Startups: organisations, their proposals under seal, and the panel that judges them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StartupsConfig(AppConfig):
    """Organisations, proposals, opening, panels, scores, ranking."""

    name = "startups"
    verbose_name = _("Organisations and proposals")

    def ready(self) -> None:
        """Register what this app shows on the pages of others."""
        from startups import desk  # noqa: PLC0415 - models must be loaded
        from startups.actions import consortium_due, incident, rights  # noqa: PLC0415

        desk.register()
        consortium_due.register()
        incident.register()
        rights.register()
