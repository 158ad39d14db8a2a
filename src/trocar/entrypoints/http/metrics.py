"""Counts for Prometheus: requests and their times by route; nothing of what they hold."""

from __future__ import annotations

import os
import shutil
import tempfile

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The counts of one process, or of all workers where they share a folder (set before the first import)."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, multiprocess

        self._registry = CollectorRegistry()
        labels = ("method", "route")
        # With a shared folder the collector reads what every process wrote there, this one too.
        own = None if FOLDER_VARIABLE in os.environ else self._registry
        if own is None:
            multiprocess.MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._requests = Counter("trocar_requests", "Requests answered", (*labels, "status"), registry=own)
        self._seconds = Histogram("trocar_request_seconds", "Time to answer", labels, buckets=_SECONDS, registry=own)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """All counts in the text format, and its media type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class SharedFolder:
    """A folder where the workers of one server add up their counts by route; it goes at the end."""

    def __enter__(self) -> SharedFolder:
        self._folder = tempfile.mkdtemp(prefix="trocar-metrics-")
        os.environ[FOLDER_VARIABLE] = self._folder
        return self

    def __exit__(self, *_: object) -> None:
        os.environ.pop(FOLDER_VARIABLE, None)
        shutil.rmtree(self._folder, ignore_errors=True)
