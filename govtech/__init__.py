"""The project package and the core of the portal. Imports none of the apps above it."""

from govtech.celery import app as celery_app

__all__ = ["celery_app"]
