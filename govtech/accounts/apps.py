"""Accounts: people, roles, appointments."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def create_groups(using: str = "default", apps: Any = global_apps, **kwargs: Any) -> None:
    """Create the groups of the Office after a migration, and again after a flush in tests."""
    from govtech.accounts.roles import GROUPS  # noqa: PLC0415 - models must be loaded

    try:
        group = apps.get_model("auth", "Group")
    except LookupError:
        return
    group.objects.using(using).bulk_create([group(name=name) for name in GROUPS], ignore_conflicts=True)


def remember_enrolment(request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Let a session that has just set up a second factor go on without typing another code."""
    from govtech.accounts.adapters import FACTORS  # noqa: PLC0415 - models must be loaded
    from govtech.accounts.middleware import ENROLLED  # noqa: PLC0415

    if authenticator.type in FACTORS:
        request.session[ENROLLED] = user.pk


class AccountsConfig(AppConfig):
    """Creates the groups after migrations."""

    name = "govtech.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Connect the groups and the enrolment of second factors."""
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415 - models must be loaded

        from govtech.accounts import holdings  # noqa: PLC0415

        holdings.register()
        post_migrate.connect(create_groups, sender=self, dispatch_uid="accounts.groups")
        authenticator_added.connect(remember_enrolment, dispatch_uid="accounts.enrolment")
