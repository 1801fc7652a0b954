"""Entry point of the web server."""

import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govtech.settings")

application: Any = get_wsgi_application()

if settings.PAGE_CACHE_SECONDS:
    from govtech.front import Front

    application = Front(application)
