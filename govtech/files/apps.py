"""Files: checked, hashed, private."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Stored files."""

    name = "govtech.files"
    label = "files"
    verbose_name = _("Files")
