"""Schemathesis reads the OpenAPI document, asks what it allows and what it forbids, and finds no answer out of place.

It looks for server errors, for statuses, types, headers and shapes that are not documented, for what is forbidden and
accepted, for what is allowed and refused, and for answers without a key. One check is left out at one address: a denial
report that fits the schema may still be refused, since the day, the store and the gate for notes judge it too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from trocar.entrypoints.http.keys import SCOPES, KeyFile

from .conftest import serving

EXAMPLES = os.environ.get("TROCAR_SCHEMA_EXAMPLES", "5")
CONFIGURATION = """\
[[operations]]
include-path = "/api/v1/reports"
include-method = "POST"
checks.positive_data_acceptance.enabled = false
"""
# Text goes as it is; the tool has no word for these media types.
HOOKS = """\
import json
import schemathesis

@schemathesis.serializer(
    "application/x-ndjson", "application/edi-x12", "application/fhir+json", "application/vnd.apache.parquet"
)
def lines(context, value):
    return (value if isinstance(value, str) else json.dumps(value)).encode()
"""


def test_nothing_is_found(tmp_path: Path) -> None:
    """Every address, all checks, with a key for everything."""
    token = KeyFile(tmp_path / "keys.json").add("everything", SCOPES, date(2026, 3, 1))
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    (tmp_path / "hooks.py").write_text(HOOKS)
    own = {
        "TROCAR_REQUIRE_KEYS": "true", "TROCAR_KEYS": str(tmp_path / "keys.json"),
        "TROCAR_REPORTS": f"sqlite:///{tmp_path / 'reports.sqlite3'}",
    }  # fmt: skip
    with serving(tmp_path, "--workers", "1", **own) as (url, _):
        tool = [str(Path(sys.executable).with_name("st")), "--config-file", "schemathesis.toml", "run"]
        asked = [f"{url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}"]
        bounds = ["--max-examples", EXAMPLES, "--seed", "1", "--continue-on-failure", "--no-shrink"]
        environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(tmp_path)}
        result = subprocess.run(
            [*tool, *asked, *bounds], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
    assert result.returncode == 0, result.stdout[-6_000:] + result.stderr[-2_000:]
    assert "16 selected" in result.stdout
    assert '"unexpected"' not in (tmp_path / "err.txt").read_text()
