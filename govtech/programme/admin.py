"""The programme's pages in the administration."""

from typing import Any

from django.contrib import admin

from govtech import clock
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
        """Say who changed it and when."""
        obj.updated_at, obj.updated_by = clock.now(), request.user
        super().save_model(request, obj, form, change)
