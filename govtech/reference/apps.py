"""Reference data: the city's units, places and calendar, and the numbers that law sets."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    """Loads the reference data after migrations."""

    name = "govtech.reference"
    label = "reference"
    verbose_name = _("Reference data")

    def ready(self) -> None:
        """Connect the loader."""
        from govtech.reference.loading import load_reference  # noqa: PLC0415 - models must be loaded

        post_migrate.connect(load_reference, sender=self, dispatch_uid="reference.load")
