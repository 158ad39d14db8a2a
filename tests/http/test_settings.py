"""Settings: options win over variables, these over the file; what is wrong is said with its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from trocar.core.errors import UsageError
from trocar.entrypoints.http.settings import Settings, read_settings

PAGE = Path(__file__).parent.parent.parent / "docs" / "serving.md"


def test_the_order(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, then environment, then what is given."""
    (clean / "trocar.toml").write_text('port = 1\nmost_lines = 2\nhost = "::1"\n[pins]\nschedule = "RVU25D"\n')
    monkeypatch.setenv("TROCAR_MOST_LINES", "3")
    monkeypatch.setenv("TROCAR_HOST", "127.0.0.2")
    found = read_settings(host="127.0.0.3", port=None)
    assert (found.port, found.most_lines, found.host) == (1, 3, "127.0.0.3")
    assert found.pins == {"schedule": "RVU25D"}


def test_another_file(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By argument or by variable; a file that is named must be there."""
    (clean / "other.toml").write_text("port = 5\n")
    assert read_settings(clean / "other.toml").port == 5
    monkeypatch.setenv("TROCAR_SETTINGS", str(clean / "other.toml"))
    assert read_settings().port == 5
    with pytest.raises(UsageError, match="no such settings file"):
        read_settings(clean / "none.toml")


@pytest.mark.parametrize(
    ("text", "name"),
    [("port = 70000", "port"), ("prot = 1", "prot"), ('secret = "short"', "secret"), ("port = [", "trocar.toml")],
)
def test_what_is_wrong_is_named(clean: Path, text: str, name: str) -> None:
    """And no value is repeated: it may be a secret."""
    (clean / "trocar.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        read_settings()
    assert name in f"{raised.value.what} {raised.value.where}"
    assert "short" not in f"{raised.value}"


def test_secrets_are_not_shown(clean: Path) -> None:
    """Neither by printing the settings nor by their errors; each start has its own."""
    secret = "0123456789" * 4
    assert secret not in repr(read_settings(secret=secret))
    assert read_settings().secret != read_settings().secret


def test_every_setting_is_documented() -> None:
    """docs/serving.md has a row for each name, with its words."""
    text = PAGE.read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert f"| `{name}` | {field.description} |" in text
