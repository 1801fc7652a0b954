"""Challenges: the city's needs put to the market."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    """Departments' problems, from draft to published call."""

    name = "challenges"
    verbose_name = _("Challenges")

    def ready(self) -> None:
        """Register what this app shows on the pages of others."""
        from challenges import desk  # noqa: PLC0415 - models must be loaded

        desk.register()
