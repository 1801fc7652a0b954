"""The shell: base page, components, registries, health, errors."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """What every page shares."""

    name = "govtech.shell"
    label = "shell"
    verbose_name = "Shell"

    def ready(self) -> None:
        """A change that is put on record ends the pages kept until then."""
        from django.contrib.admin.models import LogEntry  # noqa: PLC0415 - the apps are ready only now
        from django.db.models.signals import post_save  # noqa: PLC0415

        from govtech.audit.events import recorded  # noqa: PLC0415
        from govtech.shell import pages  # noqa: PLC0415

        recorded.connect(pages.on_recorded, dispatch_uid="pages")
        post_save.connect(pages.on_administered, sender=LogEntry, dispatch_uid="pages")
