"""Startups: organisations, their proposals under seal, and the panel that judges them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StartupsConfig(AppConfig):
    """Organisations, proposals, opening, panels, scores, ranking."""

    name = "startups"
    verbose_name = _("Organisations and proposals")

    def ready(self) -> None:
        """Register what this app shows on the pages of others."""
        from govtech.programme import places  # noqa: PLC0415
        from govtech.programme.models import Audience  # noqa: PLC0415
        from govtech.programme.policies import audience  # noqa: PLC0415
        from startups import desk  # noqa: PLC0415 - models must be loaded
        from startups.actions import consortium_due, incident, rights  # noqa: PLC0415
        from startups.policies import panel  # noqa: PLC0415
        from startups.views import parts  # noqa: PLC0415

        desk.register()
        consortium_due.register()
        incident.register()
        rights.register()
        audience.register(Audience.REVIEWERS, panel.on_a_panel)
        for key, label in parts.LABELS.items():
            places.register(f"proposal.{key}", _("Writing a proposal"), label)
