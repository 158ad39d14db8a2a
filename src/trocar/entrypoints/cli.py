"""The ``trocar`` command: each command is a module of its own; this one lists them."""

from __future__ import annotations

import sys

import typer

from trocar.engine.without_pandas import leave_pandas_out
from trocar.entrypoints import (
    cli_acknowledgments,
    cli_check,
    cli_deidentify,
    cli_denials,
    cli_diff,
    cli_fix,
    cli_guidance,
    cli_lookup,
    cli_mcp,
    cli_price,
    cli_remit,
    cli_rule,
    cli_schema,
    cli_summary,
    cli_sync,
    cli_toolkit,
    cli_verify,
    cli_x12,
)
from trocar.entrypoints.cli_claims import claims
from trocar.entrypoints.cli_data import data
from trocar.entrypoints.cli_rates import EXAMPLE as RATES_EXAMPLE
from trocar.entrypoints.cli_rates import rates
from trocar.entrypoints.cli_serve import serve
from trocar.entrypoints.errors import Commands

app = typer.Typer(
    name="trocar",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A linter for medical claims with a statute book behind it: every answer is dated and cited.",
)
app.command("price", epilog=cli_price.EXAMPLE)(cli_price.price_command)
app.command("check", epilog=cli_check.EXAMPLE)(cli_check.check_command)
app.command("fix", epilog=cli_fix.EXAMPLE)(cli_fix.fix_command)
app.command("verify", epilog=cli_verify.EXAMPLE)(cli_verify.verify_command)
app.command("rescan", epilog=cli_diff.RESCAN_EXAMPLE)(cli_diff.rescan_command)
app.command("summary", epilog=cli_summary.EXAMPLE)(cli_summary.summary_command)
app.command("code", epilog=cli_lookup.CODE_EXAMPLE)(cli_lookup.code_command)
app.command("edits", epilog=cli_lookup.EDITS_EXAMPLE)(cli_lookup.edits_command)
app.command("guidance", epilog=cli_guidance.EXAMPLE)(cli_guidance.guidance_command)
app.command("toolkit", epilog=cli_toolkit.EXAMPLE)(cli_toolkit.toolkit_command)
app.command("rule", epilog=cli_rule.EXAMPLE)(cli_rule.rule_command)
app.command("remit", epilog=cli_remit.EXAMPLE)(cli_remit.remit_command)
app.command("acknowledgments", epilog=cli_acknowledgments.EXAMPLE)(cli_acknowledgments.acknowledgments_command)
app.command("denials", epilog=cli_denials.EXAMPLE)(cli_denials.denials_command)
app.command("x12", epilog=cli_x12.EXAMPLE)(cli_x12.x12_command)
app.command("deidentify", epilog=cli_deidentify.EXAMPLE)(cli_deidentify.deidentify_command)
app.command("mcp", epilog=cli_mcp.EXAMPLE)(cli_mcp.mcp_command)
app.command("schema", epilog=cli_schema.EXAMPLE)(cli_schema.schema_command)
data.command("sync", epilog=cli_sync.EXAMPLE)(cli_sync.sync_command)
data.command("diff", epilog=cli_diff.DIFF_EXAMPLE)(cli_diff.diff_command)
app.add_typer(claims, name="claims", epilog="Example: trocar claims convert claims.csv -o claims.parquet")
app.add_typer(data, name="data", epilog="Example: trocar data status")
app.add_typer(rates, name="rates", epilog=RATES_EXAMPLE)
app.add_typer(serve, name="serve")
app.command("demo", epilog=cli_check.DEMO_EXAMPLE)(cli_check.demo_command)


@app.callback()
def _root() -> None:
    """Nothing of its own to do: with a callback Typer keeps the name of a command that is the only one."""


def main() -> None:
    """Run the command line and exit: 0 clear, 1 findings, 2 usage or unreadable input, 3 not checked."""
    asked = sys.argv[1:2]
    commands = [command for command in app.registered_commands if [command.name] == asked]
    groups = [group for group in app.registered_groups if [group.name] == asked]
    if commands or groups:
        # Typer builds every command there is, options and all, unless it is given only the one asked for.
        app.registered_commands, app.registered_groups = commands, groups
        leave_pandas_out()
    app()
