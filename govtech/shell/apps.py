"""The shell: base page, components, registries, health, errors."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """What every page shares."""

    name = "govtech.shell"
    label = "shell"
    verbose_name = "Shell"
