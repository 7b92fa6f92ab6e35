"""A folder watched by a monthly task: one sub-folder per landlord, files moved beside their report, never deleted."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from lib.cli.console import IMPORTED_BY
from lib.cli.reports import reason_lines, sentences
from lib.errors import FileError, LayoutError, MappingError, ObservatoryError, StoreError
from lib.ingest.locating import Geocode
from lib.ingest.mapping import declare
from lib.ingest.pipeline import ingest
from lib.store.housing import landlord_ids
from lib.store.mappings import latest_mapping

DONE, REFUSED, LOCK = "traités", "refusés", ".verrou"
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True)
class Watched:
    """What became of one file: ``folder`` is where it stands now, None where it was left for next time."""

    name: str
    folder: str | None
    sentences: list[str]


def watch(
    engine: Engine, folder: Path, *, today: date, rest_s: float, geocode: Geocode | None = None
) -> Iterator[Watched]:
    """Imports every file of the folder, one after the other, with the declaration saved for its landlord.

    Args:
        engine: The store.
        folder: One sub-folder per landlord, named by its code.
        today: Last day a fact may bear.
        rest_s: Seconds since its last change under which a file is taken for unfinished, and left.
        geocode: As for ``pipeline.ingest``.

    Raises:
        FileError: If the folder cannot be read, or if another task watches it.
    """
    with _locked(folder):
        for path in sorted(path for path in folder.glob("*/*") if path.is_file()):
            if _is_whole(path, rest_s):
                yield _import(engine, path, today, geocode)


def _is_whole(path: Path, rest_s: float) -> bool:
    is_hidden = path.name.startswith((".", "~$")) or path.name.lower().endswith(UNFINISHED)
    return not is_hidden and time.time() - path.stat().st_mtime >= rest_s


def _import(engine: Engine, path: Path, today: date, geocode: Geocode | None) -> Watched:
    code = path.parent.name
    try:
        declaration, mapping_id = _declared(engine, code)
        report = ingest(
            engine,
            path,
            declare(declaration),
            landlord_code=code,
            imported_by=IMPORTED_BY,
            today=today,
            register_mapping_id=mapping_id,
            geocode=geocode,
        )
    except (FileError, LayoutError, MappingError) as fault:
        return _moved(path, REFUSED, [str(fault)])
    except ObservatoryError as fault:  # the store's fault, not the file's: next time
        return Watched(f"{code}/{path.name}", None, [str(fault)])
    return _moved(path, DONE, [*sentences(report), *reason_lines(report)])


def _declared(engine: Engine, landlord_code: str) -> tuple[dict, int]:
    with engine.connect() as connection:
        landlord_id = landlord_ids(connection).get(landlord_code)
        saved = None if landlord_id is None else latest_mapping(connection, landlord_id)
    if landlord_id is None:
        raise StoreError(f"Bailleur «\u00a0{landlord_code}\u00a0» inconnu\u00a0: importez d’abord ses résidences.")
    if saved is None:
        raise StoreError(
            f"Aucune déclaration n’est enregistrée pour «\u00a0{landlord_code}\u00a0»\u00a0: importez un premier "
            "registre avec la sienne."
        )
    return saved.declaration, saved.register_mapping_id


def _moved(path: Path, folder: str, said: list[str]) -> Watched:
    """The file in a sub-folder, beside its report, under a name that no other bears."""
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    free, rank = target / path.name, 1
    while free.exists() or _report_of(free).exists():
        rank += 1
        free = target / f"{path.stem}-{rank}{path.suffix}"
    _report_of(free).write_text("\n".join(said) + "\n", encoding="utf-8")
    path.rename(free)
    return Watched(f"{path.parent.name}/{path.name}", folder, said)


def _report_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.txt")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        file = (folder / LOCK).open("w")
    except OSError as error:
        raise FileError(f"Le dossier «\u00a0{folder.name}\u00a0» est introuvable ou ne peut pas être écrit.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileError("Une surveillance de ce dossier est déjà en cours\u00a0: attendez sa fin.") from error
        yield
