"""Where the publishers keep their files: the list of ``addresses.toml``, and a list of the user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from trocar.core.errors import ReferenceFileError, UsageError
from trocar.files.fetch import beside

_SCHEMES = ("http", "https", "file")
_REMEDY = "docs/reference-store.md shows a list of addresses of your own."


@dataclass(frozen=True, slots=True)
class Family:
    """Files that go to one table of the store, by whose name the family goes.

    ``page`` is where a person finds them; ``licence`` is AMA where they hold CPT codes; before ``licence_page`` and
    the path of a file the publisher puts terms to accept. ``by_hand`` says why no address of the family is listed.
    """

    name: str
    holds: str
    page: str
    licence: str = ""
    licence_page: str = ""
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file: its family and release, its address, and the name it is kept under. ``stated_by``: who says so."""

    family: Family
    release: str
    address: str
    name: str
    stated_by: tuple[str, ...] = ()

    def page(self) -> str:
        """Where a person gets the file: behind the licence page where there is one."""
        if self.family.licence_page and urlsplit(self.address).netloc == urlsplit(self.family.licence_page).netloc:
            return self.family.licence_page + urlsplit(self.address).path
        return self.family.page


@dataclass(frozen=True, slots=True)
class AddressList:
    """The files that are known by an address, and the families."""

    families: Mapping[str, Family]
    files: tuple[Listed, ...]

    def only(self, asked: Collection[str]) -> AddressList:
        """What is left of the list for some families and releases; raises ``UsageError`` for a name that is neither."""
        if not asked:
            return self
        releases = {file.release for file in self.files}
        if unknown := [name for name in asked if name not in self.families and name not in releases]:
            raise UsageError(
                f"{unknown[0]!r} is neither a family of files nor a release of the list",
                where="--only",
                remedy=f"Families: {', '.join(self.families)}. Releases: trocar data sync DIR --dry-run.",
            )
        kept = tuple(file for file in self.files if file.family.name in asked or file.release in asked)
        families = {name: family for name, family in self.families.items() if name in asked}
        return AddressList({**families, **{file.family.name: file.family for file in kept}}, kept)


@cache
def known_addresses() -> AddressList:
    """The list that comes with the program."""
    text = tomllib.loads(files("trocar.reference").joinpath("addresses.toml").read_text("utf-8"))
    families = {name: Family(name, **entry) for name, entry in text["family"].items()}
    listed = tuple(_listed(entry, families, f"file {at}", Path()) for at, entry in enumerate(text["file"], 1))
    return AddressList(families, listed)


def addresses_with(own: Path | None) -> AddressList:
    """The list that comes with the program, changed as a file of the user's own says.

    Its ``[[file]]`` entries have family, release and address (a path is taken from the list's folder), and a name
    where the address does not end in one; an entry of a name that is known takes its place. ``replace = true`` leaves
    the known ones out, ``mirror`` fetches them by their names from another address or folder. Raises
    ``ReferenceFileError`` for a list that can't be read, with the entry.
    """
    known = known_addresses()
    if own is None:
        return known
    try:
        text = tomllib.loads(own.read_text("utf-8"))
    except FileNotFoundError:
        raise ReferenceFileError("there is no such list of addresses", where=str(own), remedy=_REMEDY) from None
    except ValueError as error:
        raise ReferenceFileError(f"it is no TOML ({error})", where=str(own), remedy=_REMEDY) from error
    replaced, mirror, entries = text.pop("replace", False), text.pop("mirror", ""), text.pop("file", [])
    if text or not isinstance(replaced, bool) or not isinstance(mirror, str) or not isinstance(entries, list):
        raise _refused(
            own, "", "it holds something else than replace = true, mirror = an address, and [[file]] entries"
        )
    listed = {} if replaced else {file.name: file for file in known.files}
    if mirror:
        listed = {name: replace(file, address=_mirrored(own, mirror, name)) for name, file in listed.items()}
    names: set[str] = set()
    for at, entry in enumerate(entries, 1):
        file = _listed(entry, known.families, f"[[file]] {at}", own)
        if file.name in names:
            raise _refused(own, f"[[file]] {at}", f"{file.name} stands in it twice")
        names.add(file.name)
        listed[file.name] = file
    return AddressList(known.families, tuple(listed.values()))


def _listed(entry: Any, families: Mapping[str, Family], where: str, own: Path) -> Listed:
    """One entry of a list; raises ``ReferenceFileError``."""
    if not isinstance(entry, dict) or set(entry) - {"family", "release", "address", "name", "stated_by"}:
        raise _refused(own, where, "an entry has family, release, address, and name where the address has none")
    texts = {name: entry.get(name, "") for name in ("family", "release", "address", "name")}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["release"] or not texts["address"]:
        raise _refused(own, where, "an entry lacks its family, release or address, or one of them is no text")
    if texts["family"] not in families:
        raise _refused(own, where, f"{texts['family']!r} is no family; families are {', '.join(families)}")
    scheme = urlsplit(texts["address"]).scheme
    if "://" in texts["address"] and scheme not in _SCHEMES:
        raise _refused(own, where, f"{scheme} addresses are not fetched; give http, https, file or a path")
    name = texts["name"] or urlsplit(texts["address"]).path.rpartition("/")[2]
    if not name or name.startswith(".") or "/" in name or "\\" in name:
        raise _refused(own, where, f"{name!r} can't be the name of a file; give the entry a name")
    address = beside(str(own), texts["address"]) if scheme not in _SCHEMES else texts["address"]
    return Listed(families[texts["family"]], texts["release"], address, name, tuple(entry.get("stated_by", ())))


def _mirrored(own: Path, mirror: str, name: str) -> str:
    if urlsplit(mirror).scheme in _SCHEMES:
        return f"{mirror.rstrip('/')}/{quote(name)}"
    return str(own.parent / mirror / name)


def _refused(own: Path, where: str, what: str) -> ReferenceFileError:
    return ReferenceFileError(what, where=f"{own} {where}".strip(), remedy=_REMEDY)
