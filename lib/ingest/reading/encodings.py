"""Encoding of a text file: decided on all its bytes, and said."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from charset_normalizer import from_bytes

from lib.errors import FileError
from lib.ingest.reading.files import BLOCK_BYTES, UNREADABLE

SAMPLE_BYTES = 200_000
UTF_16_SHARE = 0.3  # of the bytes of one parity that are NUL, in a text of a western language
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 avec BOM",
    "utf-16": "UTF-16 avec BOM",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 gros-boutiste",
    "cp1252": "Windows-1252",
    "iso8859-15": "ISO 8859-15",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850",
}
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
BOMS_OF_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
OF_8_BITS = {"cp1252": "cp1252", "mac-roman": "mac_roman", "cp850": "cp850"}  # ours: name in charset-normalizer
FRENCH = frozenset("éèêëàâäçîïôöùûüœæÉÈÊËÀÂÇÎÏÔÙÛŒ°²’‘“”«»–—…€§\u00a0")
FRENCH_SHARE = 0.95
MOJIBAKE = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xbf]")  # accents, dashes and quotes as UTF-8 writes them


def decide_encoding(path: Path, stated: str | None) -> str:
    """Key of ``ENCODINGS`` under which the whole file can be decoded.

    UTF-8 when the bytes allow it; else the 8-bit encoding whose letters are French ones, else the one that
    charset-normalizer finds the least strange.

    Raises:
        FileError: If no encoding fits, if several are mixed, or if the stated one is unknown or does not fit.
    """
    if stated is not None:
        return _stated(path, stated)
    sample = _head(path)
    if _is_utf_32(sample):
        raise FileError("Le fichier est en UTF-32, qui n’est pas lu\u00a0: enregistrez-le en UTF-8.")
    marked = next((name for bom, name in BOMS if sample.startswith(bom)), None) or _unmarked_utf_16(sample)
    if marked is not None:
        return _checked(path, marked)
    if any(b"\0" in block for block in _blocks(path)):
        raise FileError(UNREADABLE)
    return "utf-8" if _can_decode(path, "utf-8") else _of_8_bits(path)


def _stated(path: Path, stated: str) -> str:
    name = stated.strip().lower().replace("_", "-")
    with suppress(LookupError):  # told below, with those that exist
        name = codecs.lookup(name).name.replace("_", "-")
    if name not in ENCODINGS:
        raise FileError(f"Encodage «\u00a0{stated}\u00a0» non pris en charge\u00a0: choisissez {', '.join(ENCODINGS)}.")
    return _checked(path, name)


def _checked(path: Path, name: str) -> str:
    if not _can_decode(path, name):
        raise FileError(
            f"Le fichier ne peut pas être lu en {ENCODINGS[name]}\u00a0: il est coupé, ou son encodage est un autre."
        )
    return name


def _is_utf_32(sample: bytes) -> bool:
    """By its mark, else by the two bytes of four that no letter of ours needs."""
    high = (sample[2::4] + sample[3::4], sample[::4] + sample[1::4])
    return sample.startswith(BOMS_OF_UTF_32) or (len(sample) >= 4 and any(not any(halves) for halves in high))


def _unmarked_utf_16(sample: bytes) -> str | None:
    half = max(len(sample) // 2, 1)
    if len(sample) % 2 == 0 and sample[1::2].count(0) > UTF_16_SHARE * half and not sample[::2].count(0):
        return "utf-16-le"
    if len(sample) % 2 == 0 and sample[::2].count(0) > UTF_16_SHARE * half and not sample[1::2].count(0):
        return "utf-16-be"
    return None


def _of_8_bits(path: Path) -> str:
    lines = _accented_lines(path)
    if MOJIBAKE.search(lines):
        raise FileError(
            "Le fichier mélange plusieurs encodages (des lignes en UTF-8, d’autres non)\u00a0: "
            "exportez-le de nouveau en UTF-8."
        )
    best = from_bytes(_head(path)[:SAMPLE_BYTES] + lines, cp_isolation=list(OF_8_BITS.values())).best()
    guesses = sorted(OF_8_BITS, key=lambda name: _likeness_to_french(lines, name), reverse=True)
    guesses = [name for name in guesses if _likeness_to_french(lines, name) > 0]
    guesses += [name for name, alias in OF_8_BITS.items() if best and best.encoding == alias]
    found = next((name for name in guesses if _can_decode(path, name)), None)
    if found is None:
        raise FileError("L’encodage du fichier n’est pas reconnu\u00a0: enregistrez-le en UTF-8.")
    return found


def _likeness_to_french(lines: bytes, name: str) -> float:
    """0 unless nearly all that is not ASCII is what French is written with; é, by far the commonest, counts most."""
    accents = [letter for letter in lines.decode(name, "replace") if not letter.isascii()]
    if sum(letter in FRENCH for letter in accents) < FRENCH_SHARE * len(accents):
        return 0
    return 1 + sum(letter.islower() + (letter == "é") for letter in accents) / len(accents)


def _accented_lines(path: Path) -> bytes:
    """Lines that are not plain ASCII, up to a limit: they alone tell 8-bit encodings apart."""
    kept: list[bytes] = []
    size = 0
    for block in _blocks(path):
        accented = [line for line in re.split(rb"[\r\n]", block) if not line.isascii()]
        kept += accented
        size += sum(map(len, accented))
        if size > SAMPLE_BYTES:
            break
    return b"\n".join(kept)


def _can_decode(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _head(path: Path) -> bytes:
    return next(_blocks(path), b"")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
