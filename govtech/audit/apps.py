"""Audit: what happened, who did it, and proof that nobody rewrote it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Grants the application's database role its rights after each migration."""

    name = "govtech.audit"
    label = "audit"

    def ready(self) -> None:
        """Connect the grants and the listeners."""
        from govtech.audit import holdings, listeners  # noqa: F401, PLC0415 - importing connects them
        from govtech.audit.grants import grant_application_role  # noqa: PLC0415 - models must be loaded

        holdings.register()
        post_migrate.connect(grant_application_role, dispatch_uid="audit.grants")
