"""Notifications: inbox, outgoing mail, the sender."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Notices and mail."""

    name = "govtech.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Say what is held of people."""
        from govtech.notifications import holdings  # noqa: PLC0415 - models must be loaded

        holdings.register()
