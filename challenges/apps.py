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
        from challenges.actions import alert, rights  # noqa: PLC0415
        from challenges.calculations.step import LABELS  # noqa: PLC0415
        from challenges.feeds import entries  # noqa: PLC0415
        from challenges.listeners import sign_in  # noqa: F401, PLC0415 - it connects itself
        from challenges.notifications import challenge, incident, planned, question, support  # noqa: PLC0415
        from challenges.policies import preflight, training  # noqa: PLC0415
        from challenges.tasks.news import match_news  # noqa: PLC0415
        from govtech.notifications import digests, reminders  # noqa: PLC0415
        from govtech.programme import places  # noqa: PLC0415

        desk.register()
        entries.register()
        preflight.register(training.checks)
        challenge.register_kinds()
        incident.register_kinds()
        planned.register_kinds()
        question.register_kinds()
        support.register_kinds()
        reminders.register(question.remind_of_answers)
        digests.before(match_news)
        alert.register_sources()
        rights.register()
        for key, label in LABELS.items():
            if key != "terms":
                places.register(f"challenge.{key}", _("Writing a challenge"), label)
