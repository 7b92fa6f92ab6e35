"""Opening the system of record: SQLite in WAL mode by default, PostgreSQL by address."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from lib.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 15_000


def open_store(database_url: str) -> Engine:
    """The store at this address, created and migrated to the schema of this code.

    Raises:
        StoreError: If it cannot be reached, or was written by a newer version.
    """
    try:
        engine = connect(database_url)
        migrate(engine)
    except CommandError as error:
        raise StoreError(
            "La base a été écrite par une version plus récente de l’observatoire\u00a0: mettez le programme à jour."
        ) from error
    except (ArgumentError, ModuleNotFoundError, ValueError) as error:
        raise StoreError(
            "DATABASE_URL n’est pas une adresse de base SQLite ou PostgreSQL\u00a0: corrigez-la."
        ) from error
    except OSError as error:
        raise StoreError(
            "La base ne peut pas être créée à cet endroit\u00a0: choisissez un dossier où écrire."
        ) from error
    except SQLAlchemyError as error:
        raise StoreError(
            "La base ne répond pas à l’adresse DATABASE_URL\u00a0: vérifiez l’adresse, "
            "que c’est bien une base, et que son serveur est démarré."
        ) from error
    return engine


def connect(database_url: str) -> Engine:
    """An engine on the store, without touching its schema."""
    url = make_url(database_url)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection, _record) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=NORMAL",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def empty_journal(engine: Engine) -> bool:
    """Empties the journal of SQLite, which keeps what was written over; False while somebody reads what is in it."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not is_busy


def migrate(engine: Engine, target: str = "head") -> None:
    """Runs the migrations up to ``target``; a store already there is left as it is."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, _keys_unwatched(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, target)


@contextmanager
def _keys_unwatched(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: were its keys watched, the children of the old one would go with it."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
    yield
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.rollback()
