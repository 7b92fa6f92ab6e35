"""Files of a watched folder: which may be taken, where they are read, and beside which report they are kept."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from lib.ingest.reading.files import clean_file_name, file_state
from lib.ingest.reading.shapes import shown

DONE, REFUSED, TAKEN = "traités", "refusés", "en cours"
LEFT, WAITING, UNREAD, GONE = "laissé en place", "en attente", "non lu", "disparu"
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
MAX_NAME_BYTES = 240  # 255 on most disks, less a rank and the end of the report's name
LINK = "C’est un lien vers un autre fichier, qui n’est pas suivi\u00a0: déposez le fichier lui-même."
FOLDER = "C’est un sous-dossier\u00a0: déposez ses fichiers dans le dossier du bailleur."
NO_FILE = "Ce n’est pas un fichier ordinaire\u00a0: retirez-le."
LONG_NAME = f"Son nom est trop long\u00a0: raccourcissez-le à {MAX_NAME_BYTES} octets."
FUTURE = "Sa date de modification est dans le futur\u00a0: corrigez-la, ou l’horloge de cette machine."
FRESH = "Il est peut-être encore en cours d’écriture\u00a0: une prochaine passe le prendra."
Standing = tuple[str, list[str]]  # where a file stands, or a word on why it stays, and what is said of it


def entries(folder: Path) -> list[Path]:
    """What a folder holds, by name, but what is hidden.

    Raises:
        OSError: If it cannot be read.
    """
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))


def is_folder(path: Path) -> bool:
    """Whether this is a folder itself, not a link to one."""
    return path.is_dir() and not path.is_symlink()


def deposited(home: Path) -> Iterator[Path]:
    """Files of a landlord: those that a pass cut short had taken, then those that have arrived.

    Raises:
        OSError: If a folder cannot be read.
    """
    yield from entries(home / TAKEN) if is_folder(home / TAKEN) else ()
    yield from (path for path in entries(home) if path.name not in {DONE, REFUSED, TAKEN} or not is_folder(path))


def title(path: Path) -> str:
    """Landlord and name of a file, as they are told."""
    home = path.parent.parent if path.parent.name == TAKEN else path.parent
    return f"{shown(home.name)}/{clean_file_name(path.name)}"


def not_taken(path: Path, rest_s: float) -> Standing | None:
    """Why a file is not imported now; None where it can be.

    Args:
        path: The file.
        rest_s: Seconds since its last change under which it is taken for unfinished.

    Raises:
        OSError: If it is not there any more.
    """
    status = path.lstat()
    rested_s = time.time() - status.st_mtime
    if not stat.S_ISREG(status.st_mode):
        return _no_file(status.st_mode)
    if len(os.fsencode(path.name)) > MAX_NAME_BYTES:
        return LEFT, [LONG_NAME]
    if rested_s < -rest_s:
        return LEFT, [FUTURE]
    if rested_s < rest_s or path.name.lower().endswith(UNFINISHED):
        return WAITING, [FRESH]
    return None


def _no_file(mode: int) -> Standing:
    if stat.S_ISDIR(mode):
        return UNREAD, [FOLDER]
    return LEFT, [LINK if stat.S_ISLNK(mode) else NO_FILE]


def make_rooms(home: Path) -> None:
    """Makes sure, before a file is read, that it can be taken then kept.

    Raises:
        OSError: If a folder is missing and cannot be made, or cannot be written.
    """
    for room in (home / TAKEN, home / DONE, home / REFUSED):
        room.mkdir(exist_ok=True)
        if not is_folder(room) or not os.access(room, os.W_OK | os.X_OK):
            raise PermissionError(room)


def take(path: Path) -> Path:
    """Moves a file where nobody else deposits, at once; one that is there already stays.

    Raises:
        OSError: If it is not there any more: another pass has taken it.
    """
    if path.parent.name == TAKEN:
        return path
    taken = _free(path.parent / TAKEN, path)
    path.rename(taken)
    return taken


def state(path: Path) -> tuple[int, ...]:
    """What differs in a file once it has been written.

    Raises:
        OSError: If it is not there any more, or something else than a file is.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise PermissionError(path)
    return file_state(status)


def keep(taken: Path, folder: str, said: list[str]) -> None:
    """Puts a file in a sub-folder of its landlord, beside its report, under a name that no other bears.

    Raises:
        OSError: If it cannot be moved, or its report cannot be written.
    """
    target = _free(taken.parent.parent / folder, taken)
    with _report_of(target).open("x", encoding="utf-8") as report:
        report.write("\n".join(said) + "\n")
    taken.rename(target)


def _free(folder: Path, path: Path) -> Path:
    free, rank = folder / path.name, 1
    while os.path.lexists(free) or os.path.lexists(_report_of(free)):
        rank += 1
        free = folder / f"{path.stem}-{rank}{path.suffix}"
    return free


def _report_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.txt")
