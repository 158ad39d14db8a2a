"""The OpenAPI document as a page: plain HTML without scripts, so that the strictest content policy allows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@cache
def _template() -> Template:
    made = Environment(
        loader=PackageLoader("trocar.entrypoints.http"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("reference.html")


def page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    found = [
        {"path": path, "method": method.upper(), "bodies": _bodies(operation), **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return _template().render(info=document["info"], operations=found)


def _bodies(operation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Media type and example of each kind of body."""
    content = operation.get("requestBody", {}).get("content", {})
    return [(kind, _example(of_kind.get("example"))) for kind, of_kind in content.items()]


def _example(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, indent=2, ensure_ascii=False)
