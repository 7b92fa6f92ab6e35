"""A folder watched by a monthly task: one sub-folder per landlord, files moved beside their report, never deleted."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from lib.cli import deposits
from lib.cli.console import IMPORTED_BY
from lib.cli.deposits import DONE, GONE, LEFT, REFUSED, TAKEN, Standing
from lib.cli.reports import reason_lines, sentences
from lib.errors import FileError, LayoutError, MappingError, ObservatoryError, StoreError
from lib.ingest.locating import Geocode
from lib.ingest.mapping import declare
from lib.ingest.pipeline import ingest
from lib.ingest.reading.shapes import shown
from lib.ingest.understanding import declared_for
from lib.store.housing import landlord_ids
from lib.store.mappings import SavedMapping, mapping_versions

LOCK = ".verrou"
NO_LANDLORD = "Rien n’est importé d’ici\u00a0: déposez les fichiers dans le dossier d’un bailleur, nommé par son code."
UNREADABLE = "Ce dossier ne peut pas être lu\u00a0: rétablissez les droits de la tâche."
NO_ROOM = (
    f"Rien n’a été importé\u00a0: «\u00a0{TAKEN}\u00a0», «\u00a0{DONE}\u00a0» et «\u00a0{REFUSED}\u00a0» doivent être "
    "des dossiers du bailleur, où la tâche peut écrire."
)
NOT_THERE = "Il n’est plus là\u00a0: il a été retiré, ou une autre passe l’a pris."
NOT_KEPT = "Il n’a pas pu être rangé\u00a0: la prochaine passe le reprendra, et ses faits seront déjà connus."
CUT = "Il n’a pas pu être lu jusqu’au bout."
AGAIN = "La prochaine passe le reprendra."
CHANGED = "Il a été modifié pendant son import\u00a0: la prochaine passe le reprendra."


@dataclass(frozen=True)
class Watched:
    """What became of one file: the sub-folder where it stands now, or a word of ``deposits`` on where it stayed."""

    name: str
    became: str
    sentences: list[str]

    @property
    def is_fault(self) -> bool:
        """Whether somebody has something to mend."""
        return self.became in {LEFT, TAKEN}


@dataclass(frozen=True)
class _Pass:
    """What is the same for all the files of a pass."""

    engine: Engine
    today: date
    rest_s: float
    geocode: Geocode | None


def watch(
    engine: Engine, folder: Path, *, today: date, rest_s: float, geocode: Geocode | None = None
) -> Iterator[Watched]:
    """Imports every file of the folder, one after the other, with the declaration saved for its landlord.

    A file is moved to «en cours» before it is read: what is deposited meanwhile under its name is another file. What a
    pass cut short has left there is taken up again; its facts are then already known.

    Args:
        engine: The store.
        folder: One sub-folder per landlord, named by its code.
        today: Last day a fact may bear.
        rest_s: Seconds since its last change under which a file is taken for unfinished, and left.
        geocode: As for ``pipeline.ingest``.

    Raises:
        FileError: If the folder cannot be read, or if another task watches it.
    """
    under = _Pass(engine, today, rest_s, geocode)
    with _locked(folder):
        for home in _entries(folder):
            if deposits.is_folder(home):
                yield from _watch_landlord(under, home)
            else:
                yield Watched(shown(home.name), LEFT, [NO_LANDLORD])


def _watch_landlord(under: _Pass, home: Path) -> Iterator[Watched]:
    try:
        paths = list(deposits.deposited(home))
    except OSError:
        yield Watched(shown(home.name), LEFT, [UNREADABLE])
        return
    for path in paths:
        yield _settle(under, home, path)


def _settle(under: _Pass, home: Path, path: Path) -> Watched:
    """What becomes of one file; the others go on whatever it is."""
    try:
        became, said = deposits.not_taken(path, under.rest_s) or _take_up(under, home, path)
    except FileNotFoundError:
        became, said = GONE, [NOT_THERE]
    except OSError:
        became, said = LEFT, [NO_ROOM]
    except ObservatoryError as fault:  # the store's fault, not the file's: next time
        became, said = LEFT, [str(fault)]
    return Watched(deposits.title(path), became, said)


def _take_up(under: _Pass, home: Path, path: Path) -> Standing:
    """Takes a file, imports it, and keeps it where it goes.

    Raises:
        OSError: If it could not be taken; nothing is imported then.
        StoreError: If its landlord or the declaration is unknown.
    """
    versions = _versions(under.engine, home.name)
    deposits.make_rooms(home)
    taken = deposits.take(path)
    state = deposits.state(taken)
    became, said = _import(under, home.name, taken, versions)
    try:
        if deposits.state(taken) != state:
            return TAKEN, [*said, CHANGED]
        if became != TAKEN:
            deposits.keep(taken, became, said)
    except OSError:
        return TAKEN, [*said, NOT_KEPT]
    return became, said


def _import(under: _Pass, code: str, taken: Path, versions: list[SavedMapping]) -> Standing:
    """Where the file goes, and what is said of it."""
    try:
        saved = declared_for(taken, versions)
        assert saved is not None
        report = ingest(
            under.engine,
            taken,
            declare(saved.declaration),
            landlord_code=code,
            imported_by=IMPORTED_BY,
            today=under.today,
            register_mapping_id=saved.register_mapping_id,
            geocode=under.geocode,
        )
    except (FileError, LayoutError, MappingError) as fault:
        return REFUSED, [str(fault)]
    except ObservatoryError as fault:
        return TAKEN, [str(fault), AGAIN]
    except OSError:
        return TAKEN, [CUT, AGAIN]
    return DONE, [*sentences(report), *reason_lines(report)]


def _versions(engine: Engine, landlord_code: str) -> list[SavedMapping]:
    with engine.connect() as connection:
        landlord_id = landlord_ids(connection).get(landlord_code)
        versions = [] if landlord_id is None else mapping_versions(connection, landlord_id)
    code = shown(landlord_code)
    if landlord_id is None:
        raise StoreError(f"Bailleur «\u00a0{code}\u00a0» inconnu\u00a0: importez d’abord ses résidences.")
    if not versions:
        raise StoreError(
            f"Aucune déclaration n’est enregistrée pour «\u00a0{code}\u00a0»\u00a0: importez un premier "
            "registre avec la sienne."
        )
    return versions


def _entries(folder: Path) -> list[Path]:
    try:
        return deposits.entries(folder)
    except OSError as error:
        raise FileError(_closed(folder)) from error


def _closed(folder: Path) -> str:
    return f"Le dossier «\u00a0{shown(folder.name)}\u00a0» est introuvable, ou ne peut pas être lu ni écrit."


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        file = os.fdopen(_lock_file(folder / LOCK), "w")
    except OSError as error:
        raise FileError(_closed(folder)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileError("Une surveillance de ce dossier est déjà en cours\u00a0: attendez sa fin.") from error
        yield


def _lock_file(path: Path) -> int:
    """Opened, unless it is a link to another file, or a pipe that would be waited for."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
