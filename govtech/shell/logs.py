"""Logs as JSON lines with the request's id. Addresses of pages, form contents and rows never enter them."""

import json
import logging
import re
from datetime import UTC, datetime

from govtech.audit.context import request_id

# PostgreSQL adds the offending row's values to its error messages.
_ROW_VALUES = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


class RequestIdFilter(logging.Filter):
    """Adds the id of the request being answered to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `record.request_id`; let every record pass."""
        record.request_id = request_id.get() or "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request id, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON, without the values PostgreSQL quotes from rows."""
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        if record.exc_info:
            line["exception"] = _ROW_VALUES.sub(r"\1: (left out)", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
