"""The version of the tables of reports: brought up to date by Alembic, or found to be another one."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from trocar.community.database import WRITES, connected, reports_engine
from trocar.community.errors import ReportDatabaseError


def upgrade(url: str) -> None:
    """Bring the tables at ``url`` to the version of this program, making them where there are none."""
    engine = reports_engine(url)
    try:
        upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> None:
    """As ``upgrade``, of an open engine; raises ``ReportDatabaseError`` where the tables are of a later version."""
    with connected(engine, **{WRITES: True}) as connection, connection.begin():
        config = migration_config(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        held = MigrationContext.configure(connection).get_current_revision()
        if held is not None and held not in known:
            raise _other_version(engine, held)
        command.upgrade(config, "head")


def check_version(engine: Engine) -> None:
    """Raise ``ReportDatabaseError`` unless the tables are of the version of this program."""
    with connected(engine) as connection:
        held = MigrationContext.configure(connection).get_current_revision()
    if held != _wanted():
        raise _other_version(engine, held)


def _wanted() -> str | None:
    return ScriptDirectory.from_config(migration_config(None)).get_current_head()


def _other_version(engine: Engine, held: str | None) -> ReportDatabaseError:
    return ReportDatabaseError(
        f"the tables of reports are of version {held or 'none'}, this program needs {_wanted()}",
        where=engine.url.render_as_string(hide_password=True),
        remedy="Back it up; then trocar.community.schema.upgrade(url), or a later Trocar where it has tables already",
    )


def migration_config(connection: object) -> Config:
    """Alembic's settings for the packaged migrations, to run on ``connection``."""
    config = Config()
    config.set_main_option("script_location", "trocar.community:migrations")
    config.attributes["connection"] = connection
    return config
