"""Challenges: the city's needs put to the market."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    """Departments' problems, from draft to published call."""

    name = "challenges"
    verbose_name = _("Challenges")
