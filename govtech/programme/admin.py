"""The programme's pages in the administration."""

from typing import Any

from django.contrib import admin

from govtech import clock
from govtech.programme.actions import page as actions
from govtech.programme.models import Page


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """Texts of the programme. Their addresses belong to the portal: pages aren't added or removed here."""

    list_display = ("title", "slug", "updated_at", "updated_by")
    list_select_related = ("updated_by",)
    ordering = ("slug",)
    fields = ("title", "body", "title_en", "body_en", "updated_at", "updated_by")
    readonly_fields = ("updated_at", "updated_by")

    def has_add_permission(self, request: Any) -> bool:
        """Never: a page without an address would be read by nobody."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Never: the foot of every page links it."""
        return False

    def save_model(self, request: Any, obj: Page, form: Any, change: bool) -> None:  # noqa: FBT001 - the framework's signature
        """Keep what it said before as a version."""
        words = {name: getattr(obj, name) for name in actions.FIELDS}
        saved = actions.save_page(obj, **words, by=request.user, at=clock.now())
        obj.updated_at, obj.updated_by = saved.updated_at, saved.updated_by
