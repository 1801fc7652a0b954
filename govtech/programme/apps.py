"""The programme: its own pages, and the entries of the menus for what stands below the shell."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProgrammeConfig(AppConfig):
    """Loads the programme's pages after migrations and fills the menus."""

    name = "govtech.programme"
    label = "programme"
    verbose_name = _("Programme")

    def ready(self) -> None:
        """Connect the loader and register menus.

        Accounts and notifications lie below the shell and can't register their own entries: they stand here.
        """
        from govtech.accounts import roles  # noqa: PLC0415 - models must be loaded
        from govtech.notifications import reminders  # noqa: PLC0415
        from govtech.programme import holdings  # noqa: PLC0415
        from govtech.programme.desk import content, mail, sessions, training  # noqa: PLC0415
        from govtech.programme.loading import load_pages  # noqa: PLC0415
        from govtech.programme.models import Page  # noqa: PLC0415
        from govtech.programme.notifications import training as told  # noqa: PLC0415
        from govtech.shell import pages, registry  # noqa: PLC0415

        pages.watch(Page)
        post_migrate.connect(load_pages, sender=self, dispatch_uid="programme.load")
        registry.desk.register(mail.undelivered)
        training.register()
        sessions.register()
        content.register()
        told.register_kinds()
        reminders.register(told.remind)
        holdings.register()
        _fill_menus(registry, roles)


def _fill_menus(registry: Any, roles: Any) -> None:
    """Register the entries of the menus."""
    registry.nav.register("participate", _("How to take part"), "programme:participate", 80)
    registry.footer.register("accessibility", _("Accessibility"), "programme:accessibility", 80)
    registry.footer.register("privacy", _("Privacy"), "programme:privacy", 85)
    registry.footer.register("legal", _("Legal notice"), "programme:legal", 90)
    registry.footer.register("news", pgettext_lazy("article", "News"), "programme:news_list", 18)
    registry.footer.register("guides", _("Guides"), "programme:guides", 19)
    registry.footer.register("videos", _("Videos"), "programme:videos", 20)
    registry.desk_links.register("contents", _("Contents"), "programme:contents", 63, allowed=roles.is_officer)
    registry.account.register("inbox", _("Notices"), "notifications:inbox", 10)
    registry.account.register("my_data", _("Your data"), "accounts:my_data", 85)
    registry.account.register("profile", _("Your account"), "accounts:profile", 80)
    registry.desk_links.register("inbox", _("Notices"), "notifications:inbox", 10)
    registry.desk_links.register(
        "delegates", _("Digital delegates"), "accounts:delegates", 60, allowed=roles.is_officer
    )
    registry.footer.register("data_protection", _("Data protection"), "accounts:data_protection", 86)
    registry.desk_links.register("retention", _("Retention"), "accounts:retention", 75, allowed=roles.is_staff_role)
    registry.desk_links.register("sent", _("Notices sent"), "notifications:sent", 70, allowed=roles.is_officer)
    registry.desk_links.register(
        "substitutes",
        _("Who approves in your place"),
        "accounts:substitutes",
        65,
        allowed=roles.is_named_director,
    )
