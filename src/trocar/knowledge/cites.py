"""From a citation of a knowledge file to what it names: an authority, rows of the store, a row of the own tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from trocar.core.cite import Citation
from trocar.engine.pack import Pack
from trocar.knowledge.errors import KnowledgeFileError
from trocar.knowledge.rows import Found, Rows
from trocar.reference.authorities import Authority, authorities
from trocar.reference.law import law, parameters
from trocar.reference.store import Store

_FORMS = "an authority's key, store:TABLE, store:TABLE:CODE, store:ncci_ptp:ONE/TWO or law:TABLE/ROW"


@dataclass(frozen=True, slots=True)
class Source:
    """What a citation names.

    ``title`` and ``says`` in own words; the ``authorities`` it rests on by key; the rows of the publishers' files
    (``citations``); ``note`` says why rows are missing, or that they are of another release than the day's.
    """

    cite: str
    title: str
    says: str
    authorities: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    note: str = ""

    @property
    def is_found(self) -> bool:
        """Whether there is anything to look at: an authority, a row of the own tables, a row that this store holds."""
        return bool(self.citations) or not self.cite.startswith("store:")


class Sources:
    """Resolves the citations of knowledge files against one store, from one day of service."""

    def __init__(self, pack: Pack, store: Store, day: date) -> None:
        self._rows = Rows(pack, store, day)
        self._found: dict[tuple[str, str], Source] = {}

    def of(self, code: str, cite: str) -> Source:
        """What a citation in the file of ``code`` names.

        Raises ``KnowledgeFileError`` for one of no known form, and for one that names no authority and no row of the
        own tables. A row of the publishers' files that the store lacks is no error; the ``note`` says it.
        """
        key = (code, cite)
        if key not in self._found:
            self._found[key] = self._resolve(code, cite)
        return self._found[key]

    def _resolve(self, code: str, cite: str) -> Source:
        kind, colon, rest = cite.partition(":")
        if not colon:
            return _authority(cite, cite)
        if kind == "store":
            return self._store(code, cite, rest)
        if kind == "law":
            return self._law(code, cite, rest)
        raise _unknown(code, cite)

    def _store(self, code: str, cite: str, rest: str) -> Source:
        table, _, named = rest.partition(":")
        by_code: dict[str, Callable[[str], Found]] = {
            "schedule": self._rows.schedule,
            "mue": self._rows.mue,
            "opps_status": self._rows.opps_status,
        }
        by_name: dict[str, Callable[[str], Found]] = {
            "taxonomy": self._rows.taxonomy,
            "icd10": self._rows.icd10,
            "reason_code": self._rows.reason_code,
        }
        if table in by_code:
            found = by_code[table](named or code)
        elif table in by_name and named:
            found = by_name[table](named)
        elif table == "addon":
            found = self._addon(code, named)
        elif table == "ncci_ptp" and named.count("/") == 1:
            found = self._rows.ncci_ptp(*named.split("/"))
        else:
            raise _unknown(code, cite)
        return Source(cite, found.says or rest, found.says, (), found.citations, found.note)

    def _addon(self, code: str, named: str) -> Found:
        """Another code named: the row that ties it to this one, whichever is the add-on code; else its own rows."""
        if not named or named == code:
            return self._rows.addon(code)
        for found in (self._rows.addon(named, code), self._rows.addon(code, named)):
            if found.citations:
                return found
        return self._rows.addon(named)

    def _law(self, code: str, cite: str, rest: str) -> Source:
        table, _, row = rest.partition("/")
        if table == "guidance_family" and row in law().guidance:
            words = " ".join(law().guidance[row].words.split())
            return Source(cite, f"{row} in the guidance family", words, (), self._rows.schedule(row).citations)
        if table == "modifiers" and row in law().modifiers:
            fact = law().modifiers[row]
            return Source(cite, f"modifier {row}", fact.words, (fact.authority,))
        if table == "includes_guidance" and row in _included_rows():
            return self._included(code, cite, row)
        if table == "place_of_service" and not row:
            return _authority(cite, "place-of-service")
        raise _unknown(code, cite)

    def _included(self, code: str, cite: str, row: str) -> Source:
        """A row of the includes-guidance table, with the edits of its pairs: those with this code, if there are any."""
        fact = _included_rows()[row]
        keys = dict.fromkeys(proof["authority"] for proof in fact["evidence"] if proof["kind"] == "manual")
        pairs = [(one, two) for one in fact["primary"] for two in fact["guidance"]]
        own = [pair for pair in pairs if code in pair] or pairs
        cited = [citation for pair in own for citation in self._rows.ncci_ptp(*pair).citations]
        title = f"guidance included: {', '.join(fact['primary'])}"
        return Source(cite, title, " ".join(fact["words"].split()), tuple(keys), tuple(cited))


@cache
def _included_rows() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in parameters("includes_guidance")["row"]}


def _authority(cite: str, key: str) -> Source:
    authority: Authority | None = authorities().get(key)
    if authority is None:
        raise _unknown("", cite)
    return Source(cite, f"{authority.title} ({authority.where})", authority.says, (key,))


def _unknown(code: str, cite: str) -> KnowledgeFileError:
    where = f"{code}.toml" if code else "cite"
    return KnowledgeFileError(f"the citation {cite!r} names nothing", where=where, remedy=f"Write {_FORMS}.")
