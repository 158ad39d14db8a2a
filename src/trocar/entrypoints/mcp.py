"""Prices, checks, edits and rules as tools of the Model Context Protocol: each is a call of what the commands call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any, Literal, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from trocar.core.errors import TrocarError
from trocar.entrypoints.check_answer import CheckAnswer
from trocar.entrypoints.http.api.lines import EXAMPLE
from trocar.entrypoints.http.bodies import Upload
from trocar.entrypoints.http.claims import lines_of, read_file
from trocar.entrypoints.options import Opened, day_of, place_of
from trocar.entrypoints.price_line import priced, unreadable
from trocar.entrypoints.rule_shapes import rule_in_full, rule_shapes
from trocar.lookup.code import NATIONAL, code_facts
from trocar.lookup.edits import edits_between
from trocar.lookup.guidance_said import guidance_said
from trocar.lookup.statement import Said
from trocar.reference.status import status

INSTRUCTIONS = """\
Medicare prices, code edits and claim checks for image-guided needle procedures. Every answer is as of a date of service
and cites release, file, line and hash of the publisher's file: repeat the citations. What the store can't answer on a
day says not_checked and the table it needs; that is no approval. No place of service is ever guessed.
"""
# An assistant's question, not a book: books are for trocar check.
MOST_LINES = 2_000
MOST_BYTES = 4 << 20
Shape = dict[str, Any]
P = ParamSpec("P")

On = Annotated[str, Field(description="Date of service, such as 2025-11-03.")]
Setting = Annotated[
    Literal["practitioner", "hospital"], Field(description="Whose claim; surgery centers use the practitioners' table.")
]
Lines = Annotated[
    list[Shape],
    Field(
        description="Claim lines, keys as the columns of the claim CSV: service_date and hcpcs are needed; modifiers, "
        "units, charge, place_of_service, zip or locality (NATIONAL), diagnoses, patient_id, claim_id ... as known.",
        min_length=1,
        examples=[EXAMPLE["lines"]],
    ),
]


def server(opened: Opened) -> MCPServer[Any]:
    """The server of one opened store; nothing of a claim is kept or logged."""
    made = MCPServer("trocar", instructions=INSTRUCTIONS, version=version("trocar"), log_level="WARNING")
    tools = Tools(opened)
    for tool in (tools.price, tools.check, tools.code, tools.edits, tools.guidance, tools.rule, tools.releases):
        made.add_tool(
            _told(tool), annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        )
    return made


def _told(tool: Callable[P, Shape]) -> Callable[P, Shape]:
    """The tool, its errors in the one shape: what, where, what now."""

    @wraps(tool)
    def call(*given: P.args, **named: P.kwargs) -> Shape:
        try:
            return tool(*given, **named)
        except TrocarError as error:
            raise ToolError(json.dumps(error.to_dict(), ensure_ascii=False)) from error

    return call


@dataclass(frozen=True)
class Tools:
    """The tools over one store; their docstrings are what an assistant reads."""

    opened: Opened

    def price(self, lines: Lines) -> Shape:
        """What Medicare allows and pays for claim lines, priced together (multiple procedures, both sides), with steps.

        A line that can't be priced has the status not_checked or not_payable and its reasons.
        """
        reading = lines_of({"lines": lines}, MOST_LINES)
        return {"lines": [*priced(reading.table, self.opened.pack), *map(unreadable, reading.problems)]}

    def check(
        self,
        lines: Annotated[
            list[Shape] | None, Field(description="Claim lines as for price; claim_id ties them together.")
        ] = None,
        text: Annotated[
            str | None, Field(description="Instead of lines: the text of a claim CSV, 837P, 837I or FHIR claim.")
        ] = None,
    ) -> Shape:
        """Check claims with every rule: findings with remedy, CARC and money at risk, and what was not checked.

        The summary tells of a rule only where it found something or could not check.
        """
        reading = (
            read_file(Upload("text", text.encode()), MOST_LINES, MOST_BYTES)
            if text is not None
            else lines_of({"lines": lines or []}, MOST_LINES)
        )
        answer = CheckAnswer.of(reading, self.opened.pack)
        return {"findings": list(answer.rows()), "summary": _without_clear(answer.summary)}

    def code(
        self,
        code: Annotated[str, Field(description="A HCPCS code, such as 77002.")],
        on: On,
        zip: Annotated[  # noqa: A002 (the name that every surface has)
            str | None, Field(description="Where it is priced; national without.")
        ] = None,
    ) -> Shape:
        """Everything known of one code on a day: status, indicators, values, prices, units, add-on, guidance facts."""
        place = place_of(zip, None, national=False) or NATIONAL
        return _said(code_facts(self.opened.pack, self.opened.store, code, day_of(on, "on"), place))

    def edits(
        self, codes: Annotated[list[str], Field(min_length=2)], on: On, setting: Setting = "practitioner"
    ) -> Shape:
        """Every NCCI edit, add-on tie and included guidance between codes, in both directions; no edit is proved."""
        return _said(edits_between(self.opened.pack, self.opened.store, codes, day_of(on, "on"), setting))

    def guidance(
        self, codes: Annotated[list[str], Field(min_length=1)], on: On, setting: Setting = "practitioner"
    ) -> Shape:
        """Which image guidance procedures include: a verdict for each modality, and every row it rests on."""
        return _said(guidance_said(self.opened.pack, self.opened.store, codes, day_of(on, "on"), setting))

    def rule(
        self,
        rule: Annotated[str | None, Field(description="An id or a name; all rules in short without.")] = None,
        on: Annotated[
            str | None, Field(description="Date of service whose conflicts between authorities are listed.")
        ] = None,
    ) -> Shape:
        """The rules, or one in full: the problem, the fix, the law behind it, its examples, what authorities dispute.

        Its conflicts are null where the rule has some and no day was given.
        """
        if rule is None:
            return {"rules": rule_shapes()}
        day = None if on is None else day_of(on, "on")
        return {"rules": rule_in_full(rule, None if day is None else lambda: (self.opened.pack, day))}

    def releases(self) -> Shape:
        """The publishers' files held, the days each is in force, and the gaps between them."""
        return {"files": [row.to_dict() for row in status(self.opened.store)]}


def _said(found: Iterable[Said]) -> Shape:
    return {"statements": [said.to_dict() for said in found]}


def _without_clear(summary: Mapping[str, Any]) -> Shape:
    told = {rule: counts for rule, counts in summary["rules"].items() if counts["found"] or counts["not_checked"]}
    return {**summary, "rules": told}
