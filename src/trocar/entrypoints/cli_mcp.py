"""``trocar mcp``: the tools of an assistant, over standard input and output."""

from __future__ import annotations

from trocar.core.errors import UsageError
from trocar.entrypoints.options import PinOption, PublishedOption, StoreOption, open_store, with_clock

EXAMPLE = "Example: trocar mcp --store STORE"


def mcp_command(store: StoreOption = None, pin: PinOption = None, published: PublishedOption = None) -> None:
    """Answer an assistant that speaks the Model Context Protocol: prices, checks, edits, guidance, rules, cited.

    It reads requests from standard input and answers on standard output until that ends. Nothing of a claim is kept.
    """
    try:
        from trocar.entrypoints.mcp import server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "mcp":
            raise
        raise UsageError(
            "the MCP library is not installed", where="trocar mcp", remedy="Install it: pip install 'trocar[mcp]'."
        ) from error
    server(open_store(store, with_clock(pin, published))).run("stdio")
