"""Challenges: the city's needs put to the market."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    """Departments' problems, from draft to published call."""

    name = "challenges"
    verbose_name = _("Challenges")

    def ready(self) -> None:
        """Register what this app shows on the pages of others, what it tells, and when."""
        from challenges import desk  # noqa: PLC0415 - models must be loaded
        from challenges.notifications import challenge, question  # noqa: PLC0415
        from govtech.notifications import reminders  # noqa: PLC0415

        desk.register()
        challenge.register_kinds()
        question.register_kinds()
        reminders.register(challenge.remind_of_published)
        reminders.register(question.remind_of_answers)
