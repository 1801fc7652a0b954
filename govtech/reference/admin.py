"""Reference data in the administration."""

from typing import Any

from django.contrib import admin

from govtech.reference.models import CpvCode, Department, District, Holiday, PolicyArea, Rules


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """Units of the city; one that ends gets a last day, so that old challenges keep their department."""

    list_display = ("code", "name", "kind", "parent", "valid_from", "valid_to")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("code", "name", "name_en", "short_name", "dir3")
    ordering = ("code",)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Never: give it a last day instead."""
        return False


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    """Districts by number."""

    list_display = ("number", "name")
    ordering = ("number",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(PolicyArea)
class PolicyAreaAdmin(admin.ModelAdmin):
    """Policy areas in the order of the filters."""

    list_display = ("name", "name_en", "order")
    list_editable = ("order",)
    ordering = ("order", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(CpvCode)
class CpvCodeAdmin(admin.ModelAdmin):
    """CPV codes."""

    list_display = ("code", "label")
    search_fields = ("code", "label", "label_en")
    ordering = ("code",)


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    """Days without office work. The city publishes each year's calendar: check it here."""

    list_display = ("on", "name")
    search_fields = ("name",)
    ordering = ("-on",)


@admin.register(Rules)
class RulesAdmin(admin.ModelAdmin):
    """Numbers set by law. A change is a new row with its first day, never an edit of what already counted."""

    list_display = ("valid_from", "minor_contract_limit_net", "vat_rate", "minimum_sheets")
    ordering = ("-valid_from",)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Never: what counted then, counted then."""
        return False
