"""The Celery application: mail, sweeps, everything that can wait until after the page."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govtech.settings")

app = Celery("govtech")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
