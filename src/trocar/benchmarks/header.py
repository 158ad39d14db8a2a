"""What a file says of itself: who publishes it, for which plan, as of when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.mending import NULL, text_of
from trocar.benchmarks.tally import Tally

PLAN = ("plan_name", "plan_id_type", "plan_id", "plan_market_type")
_TEXTS = (
    *("reporting_entity_name", "reporting_entity_type", "last_updated_on", "version", *PLAN),
    *("issuer_name", "plan_sponsor_name"),
)
_SECOND = {"issuer_name", "plan_sponsor_name"}


class Header:
    """The fields of a file's root that are texts; what stands behind the rates is put into them at the end."""

    def __init__(self, tally: Tally, texts: Mapping[str, str | None] | None = None) -> None:
        self._tally = tally
        self._texts: dict[str, str | None] = dict(texts or {})
        self._written: dict[str, Any] | None = None

    @property
    def texts(self) -> Mapping[str, str | None]:
        """The fields read so far, by name."""
        return self._texts

    def take(self, key: str, stream: Stream) -> None:
        """Read one field of the root; one that no schema has is passed over and counted."""
        offset = stream.offset
        name = key.lower()
        if name not in _TEXTS:
            self._tally.unknown(key, offset)
            stream.skip()
            return
        if name in self._texts:
            self._tally.repaired(f"{name} stands there twice", offset)
        content = stream.value()
        try:
            self._texts[name] = None if content == NULL else text_of(Raw(content), name, offset, self._tally)
        except msgspec.DecodeError as error:
            self._tally.reject(offset, key, str(error), content[:400])
        if name in _SECOND:
            self._tally.facts["schema_shape"] = "2.x"

    def rate_columns(self) -> dict[str, Any]:
        """The columns of rates that come from here, as known so far."""
        columns = {"payer": self._texts.get("reporting_entity_name")}
        columns |= {name: self._texts.get(name) for name in PLAN}
        if self._written is None:
            self._written = columns
        return columns

    def settle(self) -> None:
        """Put into the rates what the file said only after them."""
        if self._written is not None and self._written != (now := self.rate_columns()):
            self._tally.writer.restate("rates", now)

    def file_columns(self) -> dict[str, Any]:
        """The columns of ``files`` that come from here."""
        named = {name: self._texts.get(name) for name in (*PLAN, "issuer_name", "plan_sponsor_name")}
        return {
            "entity": self._texts.get("reporting_entity_name"),
            "entity_type": self._texts.get("reporting_entity_type"),
            "schema_declared": self._texts.get("version"),
            "last_updated_on": self._tally.day(self._texts.get("last_updated_on"), 0, "last_updated_on"),
            **named,
        }
