"""The virus scanner: clamd, where the city runs one (`CLAMD_ADDRESS`). What it can't say is clean isn't let in."""

import logging
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from govtech.errors import DomainError, TryAgainError

logger = logging.getLogger(__name__)

PORT = 3310


def check(source: BinaryIO) -> None:
    """Have a file scanned, streamed from its beginning. Raises `DomainError(field="file")` unless it is clean.

    A scanner that doesn't answer, or answers anything but "OK", lets nothing pass, either: `TryAgainError`. Without a
    configured scanner nothing is asked.
    """
    if not settings.CLAMD_ADDRESS:
        return
    source.seek(0)
    try:
        answer = _client().instream(source)
        status, name = next(iter(answer.values()), ("", ""))
    except (ClamdError, OSError, ValueError) as error:
        logger.error("The virus scanner failed: %s", type(error).__name__)
        status, name = "", ""
    if status == "OK":
        return
    if status == "FOUND":
        logger.warning("A file with %s was refused.", name)
        raise DomainError(
            _("The virus scanner found «%(name)s» in this file. Nothing was stored. Clean it, or use another copy.")
            % {"name": name},
            field="file",
        )
    raise TryAgainError(
        _(
            "Files can't be checked for viruses at the moment, so this one was not stored. Try again in some minutes; "
            "if it goes on, write to %(email)s."
        )
        % {"email": settings.OFFICE_EMAIL},
        field="file",
    )


def _client() -> Any:
    address = urlsplit(settings.CLAMD_ADDRESS)
    timeout = settings.CLAMD_TIMEOUT
    if address.scheme == "unix" and address.path:
        return ClamdUnixSocket(address.path, timeout)
    if address.scheme == "tcp" and address.hostname:
        return ClamdNetworkSocket(address.hostname, address.port or PORT, timeout)
    raise ImproperlyConfigured("CLAMD_ADDRESS is tcp://host:3310 or unix:/path/to/clamd.sock.")
