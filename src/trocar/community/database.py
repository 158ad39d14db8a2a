"""Connections to the database of reports: SQLite or PostgreSQL, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from trocar.community.errors import ReportDatabaseError

# Set on a connection whose transactions write, so that SQLite takes the lock at once and not half way.
WRITES = "trocar_writes"


def reports_engine(url: str) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://...``; raises ``ReportDatabaseError`` for anything else."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise ReportDatabaseError(
            "the address of the database can't be read", remedy="Write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from None
    if address.get_backend_name() == "postgresql":
        return _postgresql(address)
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        return _sqlite(address)
    raise ReportDatabaseError(
        f"reports are kept in a SQLite file or in PostgreSQL, not in {address.get_backend_name()}",
        remedy="Write sqlite:///FILE or postgresql://USER@HOST/NAME",
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database throughout."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with connected(engine, **options) as connection, Session(connection) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that alone may write until it ends; it commits, or rolls back on an error."""
    with connected(engine, **{WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE contributor IN EXCLUSIVE MODE")
        with Session(connection) as session:
            yield session
            session.flush()


@contextmanager
def connected(engine: Engine, **options: Any) -> Iterator[Connection]:
    """A connection with these execution options; raises ``ReportDatabaseError`` where there is none to be had."""
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise ReportDatabaseError(
            "the database of reports can't be opened",
            where=engine.url.render_as_string(hide_password=True),
            remedy=f"Check the address, the folder and the rights ({str(error.orig).splitlines()[0]})",
        ) from None
    with connection:
        yield connection.execution_options(**options)


def _postgresql(address: URL) -> Engine:
    try:
        return create_engine(address.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise ReportDatabaseError(
            "the PostgreSQL driver is not installed", remedy="pip install 'trocar[postgresql]'"
        ) from None


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver would begin transactions by itself, and only at the first write.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # What is withdrawn is overwritten in the file, not only unlinked.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
