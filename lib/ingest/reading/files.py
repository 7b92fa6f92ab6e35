"""The file before its content: size, fingerprint, name, and kind by its first bytes, never by its extension."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lib.errors import FileError
from lib.ingest.reading.shapes import shown

MAX_FILE_BYTES = 200 * 1024 * 1024
HEAD_BYTES = 4096
BLOCK_BYTES = 1024 * 1024
MAX_NAME_CHARS = 120
UNREADABLE = (
    "Ce fichier n’est ni un CSV, ni un classeur, ni un Parquet, ni du JSON par lignes\u00a0: "
    "enregistrez-le dans l’un de ces formats."
)
WEB_PAGE = (
    "Ce fichier est une page web ou du XML, même si son nom est celui d’un classeur\u00a0: "
    "ouvrez-le dans un tableur et enregistrez-le en XLSX."
)
JSON_ARRAY = "Ce fichier JSON est d’un seul tenant\u00a0: exportez-le en JSON par lignes, un objet par ligne."
NOT_A_FILE = "«\u00a0{name}\u00a0» n’est pas un fichier ordinaire\u00a0: enregistrez le registre dans un fichier."
CHANGED = "Le fichier a changé pendant sa lecture\u00a0: recommencez."
FOREIGN = (b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"SQLite format 3")


class Kind(StrEnum):
    """Families of files; each is read by a module."""

    TEXT = "text"
    JSON_LINES = "json_lines"
    ZIP = "zip"
    OLE = "ole"
    PARQUET = "parquet"


@dataclass(frozen=True)
class OpenedFile:
    """A file that exists and is of a size and kind we read.

    Attributes:
        path: Where it stands.
        name: Its name without folders nor hidden characters.
        sha256: Fingerprint of its bytes.
        kind: Its family.
        state: What ``file_state`` said before its bytes were read.
    """

    path: Path
    name: str
    sha256: str
    kind: Kind
    state: tuple[int, ...]


def open_file(path: Path) -> OpenedFile:
    """Looks at a file without reading its table.

    Raises:
        FileError: If it is absent, empty, too large, or of a kind that is not read.
    """
    name = clean_file_name(path.name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device read without end
            raise FileError(NOT_A_FILE.format(name=name))
        if status.st_size > MAX_FILE_BYTES:
            raise FileError(f"Le fichier dépasse {MAX_FILE_BYTES // 1024**2} Mo\u00a0: découpez-le par période.")
        head, sha256, is_blank = _digest(path)
    except OSError as error:
        raise FileError(f"Le fichier «\u00a0{name}\u00a0» est introuvable ou ne peut pas être ouvert.") from error
    if is_blank:
        raise FileError("Le fichier est vide.")
    return OpenedFile(path, name, sha256, _kind(head), file_state(status))


def file_state(status: os.stat_result) -> tuple[int, ...]:
    """What differs, in the status of a file, once it has been written or replaced, whatever its date is set to."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def check_unchanged(file: OpenedFile) -> None:
    """Refuses a file that is no longer the one that was opened.

    Raises:
        FileError: If it was written or replaced since.
        OSError: If it is not there any more.
    """
    if file_state(file.path.stat()) != file.state:
        raise FileError(CHANGED)


def clean_file_name(name: str) -> str:
    """A name fit to be shown and stored: no folder of any system, no hidden character, 120 characters at most."""
    last = re.split(r"[/\\]", name)[-1]
    kept = " ".join(shown(last).split())
    return kept[-MAX_NAME_CHARS:] or "fichier sans nom"


def _digest(path: Path) -> tuple[bytes, str, bool]:
    """First bytes, fingerprint, and whether nothing but blanks stands in the file."""
    digest, head, is_blank = hashlib.sha256(), b"", True
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            head = head or block[:HEAD_BYTES]
            is_blank = is_blank and not block.removeprefix(b"\xef\xbb\xbf").strip()
    return head, digest.hexdigest(), is_blank


def _kind(head: bytes) -> Kind:
    for signature, kind in ((b"PK\x03\x04", Kind.ZIP), (b"\xd0\xcf\x11\xe0", Kind.OLE), (b"PAR1", Kind.PARQUET)):
        if head.startswith(signature):
            return kind
    if head.startswith(FOREIGN):
        raise FileError(UNREADABLE)
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> Kind:
    """By the first visible character, in any encoding of ASCII letters: UTF-16 interleaves them with NUL."""
    start = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    visible = start.replace(b"\0", b"").lstrip()
    if visible.startswith(b"["):
        raise FileError(JSON_ARRAY)
    if re.match(rb"<(\?xml|!doctype|html|table|meta|head)", visible, re.IGNORECASE):
        raise FileError(WEB_PAGE)
    return Kind.JSON_LINES if visible.startswith(b"{") else Kind.TEXT
