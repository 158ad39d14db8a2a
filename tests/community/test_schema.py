"""The tables: models and migrations say the same, and a database of another version is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from trocar.community.database import reports_engine
from trocar.community.errors import ReportDatabaseError
from trocar.community.models import Base
from trocar.community.reports import open_reports
from trocar.community.schema import migration_config, upgrade


def test_models_and_migrations_agree(url: str) -> None:
    """Alembic finds nothing to change after its own migrations."""
    upgrade(url)
    engine = reports_engine(url)
    with engine.connect() as connection:
        command.check(migration_config(connection))
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()


def test_migrations_can_be_taken_back(url: str) -> None:
    """Down to nothing, and up again."""
    upgrade(url)
    engine = reports_engine(url)
    with engine.connect() as connection, connection.begin():
        command.downgrade(migration_config(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()
    upgrade(url)
    open_reports(url).close()


def test_a_postgresql_database_is_not_changed_unasked(empty_postgresql: str) -> None:
    """Others may be using it: the error says what to run."""
    with pytest.raises(ReportDatabaseError, match=r"version none, this program needs 0001.*upgrade"):
        open_reports(empty_postgresql)


def test_a_later_database_is_refused(tmp_path: Path) -> None:
    """Tables of a version this program does not know are left alone."""
    url = f"sqlite:///{tmp_path / 'reports.db'}"
    open_reports(url).close()
    engine = reports_engine(url)
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(ReportDatabaseError):
        open_reports(url)


@pytest.mark.parametrize(
    "url", ["sqlite://", "mysql://host/name", "no address", "sqlite:////nowhere/at/all/reports.db"]
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    """What is wrong, and how to write it."""
    with pytest.raises(ReportDatabaseError) as caught:
        open_reports(url)
    assert caught.value.remedy


def test_no_password_is_shown() -> None:
    """An address that answers nobody is named without its password."""
    with pytest.raises(ReportDatabaseError) as caught:
        open_reports("postgresql://user:secret-word@127.0.0.1:1/reports")
    assert "secret-word" not in str(caught.value)
