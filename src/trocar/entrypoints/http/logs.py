"""Logs as JSON lines on standard error, for the server and for what runs it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

# Uvicorn's access log names the whole URL, query included: it stays off, Telemetry writes its own.
SILENT = ("uvicorn.access",)


class JsonLines(logging.Formatter):
    """Time, level, logger, message and the fields that came with it; no traceback text, which may hold claims."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        shape: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        shape |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            shape["kind"] = record.exc_info[0].__name__
        return json.dumps(shape, ensure_ascii=False)


def configuration(level: str) -> dict[str, Any]:
    """The logging of the server's processes, for ``logging.config.dictConfig``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "trocar.entrypoints.http.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {name: {"level": "CRITICAL", "propagate": False} for name in SILENT},
    }
