"""Remittances are analysed in memory: nothing of them is kept by the server."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2

from denials.conftest import Payment, claim, era

from .conftest import serving

_LINE = "77301:26*500*0**1~DTM*472*20240815~CAS*CO*97*500"
_ERA = era(Payment("0", [claim("B1*4*500*0*0*CI*ICN1*22*1", _LINE)]))


def test_nothing_of_a_remittance_is_written(tmp_path: Path) -> None:
    """A server whose home, temporary and working folder are one: afterwards no file there names the claim."""
    with serving(tmp_path, "--workers", "1") as (url, _), httpx2.Client(base_url=url, timeout=60) as client:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/remittances").text)
        assert token is not None
        marked = _ERA.replace("CLP*B1*", "CLP*SECRET-CLAIM*").replace("DOE", "SECRET-NAME")
        sent = "claim_id,line,service_date,hcpcs\nSECRET-CLAIM,1,2024-08-15,77301\n"
        files = [("remittances", ("era.835", marked)), ("claims", ("sent.csv", sent))]
        answer = client.post("/remittances", data={"csrf_token": token[1]}, files=files)
        assert "SECRET-CLAIM" in answer.text
        assert "SECRET-NAME" not in answer.text
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if b"SECRET" in path.read_bytes()] == []
