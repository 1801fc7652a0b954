"""The shell: base page, components, registries, health, errors."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """What every page shares."""

    name = "govtech.shell"
    label = "shell"
    verbose_name = "Shell"

    def ready(self) -> None:
        """A change that is put on record, or is made in reference data, ends the pages kept until then."""
        from django.apps import apps  # noqa: PLC0415 - they are ready only now
        from django.contrib.admin.models import LogEntry  # noqa: PLC0415

        from govtech.audit.events import recorded  # noqa: PLC0415
        from govtech.shell import pages  # noqa: PLC0415

        recorded.connect(pages.on_recorded, dispatch_uid="pages")
        # The administration's own record is written before rows are deleted, and without a signal where they are
        # several: reference data is watched itself, the record for all else (a person's name).
        pages.watch(LogEntry, *apps.get_app_config("reference").get_models())
