"""Zip archives judged by their central directory, before anything in them is read."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lib.errors import FileError

MAX_EXPANDED_BYTES = 600 * 1024 * 1024
MAX_RATIO = 200  # expanded / packed; repetitive sheets reach 40, a bomb 1,000
RATIO_FREE_BYTES = 10 * 1024 * 1024  # under this, any ratio is harmless
MAX_MEMBERS = 10_000
DAMAGED = "Le classeur est endommagé, coupé, ou n’est pas un classeur\u00a0: enregistrez-le de nouveau en XLSX."
BOMB = (
    "Ce classeur grossirait démesurément une fois ouvert\u00a0: il n’a pas été lu\u00a0; "
    "enregistrez le tableau seul, en CSV, où un million de lignes passe."
)


def workbook_format(path: Path) -> str:
    """«XLSX», «XLSM», «XLSB» or «ODS», from the names in the archive.

    Raises:
        FileError: If it is damaged, is not a workbook, or would expand beyond the limits.
    """
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise FileError(DAMAGED) from error
    _refuse_bombs(members)
    return _format({member.filename for member in members})


def _refuse_bombs(members: list[ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise FileError("Le classeur est protégé par un mot de passe\u00a0: enregistrez-le sans protection.")
    if any(member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for member in members):
        raise FileError(DAMAGED)
    expanded = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    is_dense = expanded > RATIO_FREE_BYTES and expanded / packed > MAX_RATIO
    if is_dense or expanded > MAX_EXPANDED_BYTES or len(members) > MAX_MEMBERS:
        raise FileError(BOMB)


def _format(names: set[str]) -> str:
    lowered = {name.lower() for name in names}
    if "xl/workbook.bin" in lowered:
        return "XLSB"
    if "xl/workbook.xml" in lowered:
        return "XLSM" if "xl/vbaproject.bin" in lowered else "XLSX"
    if "content.xml" in lowered:
        return "ODS"
    raise FileError(
        "Ce fichier ZIP n’est pas un classeur\u00a0: décompressez-le, puis importez le registre qu’il contient."
    )
