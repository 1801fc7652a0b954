"""Puts the programme's pages into an installation after migrations. What exists is never overwritten."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.conf import settings

from govtech import clock

FOLDER = Path(__file__).parent / "content"
SLUGS = (
    "participate", "participate_research", "participate_departments", "participate_experts", "participate_everybody",
    "accessibility", "privacy", "legal",
)  # fmt: skip
NAMES = {
    "PROGRAMME_NAME": "{{programa}}",
    "CITY_NAME": "{{ciudad}}",
    "CITY_COUNCIL_NAME": "{{ayuntamiento}}",
    "OFFICE_NAME": "{{oficina}}",
    "OFFICE_EMAIL": "{{correo}}",
    "SITE_URL": "{{direccion}}",
}


def load_pages(sender: AppConfig, using: str = "default", apps: Any = global_apps, **kwargs: Any) -> None:
    """Load the pages that are missing. Safe to repeat."""
    try:
        pages = apps.get_model("programme", "Page").objects.using(using)
    except LookupError:  # migrated back to nothing
        return
    missing = [slug for slug in SLUGS if slug not in set(pages.values_list("slug", flat=True))]
    if not missing:
        return
    at = clock.now()
    for slug in missing:
        title, body = read(slug, "es")
        title_en, body_en = read(slug, "en")
        pages.create(slug=slug, title=title, body=body, title_en=title_en, body_en=body_en, updated_at=at)


def read(slug: str, language: str) -> tuple[str, str]:
    """Return title and text of a page as it comes with the portal, with the city's own names in it."""
    text = (FOLDER / f"{slug}.{language}.md").read_text(encoding="utf-8")
    for setting, mark in NAMES.items():
        text = text.replace(mark, getattr(settings, setting))
    title, _, body = text.partition("\n")
    return title.removeprefix("# ").strip(), body.strip()
