"""Where the headings stand, and how they are called."""

import re
from dataclasses import dataclass
from itertools import count
from statistics import median_low

from lib.errors import FileError
from lib.ingest.reading.shapes import MAX_COLUMNS, ReadingOptions, Row, shown, too_many_columns

SAMPLE_ROWS = 60
MAX_HEADING_LINE = 1_000
MIN_WIDTH_SHARE = 0.7  # of the usual width of the rows below: narrower lines are a preamble
DIGIT = re.compile(r"\d")
MAX_HEADING_CHARS = 200  # kept of a heading
MAX_VALUE_CHARS = 100  # looked at to tell a value
VALUE = re.compile(r"[\s.,:/€%+-]*\d[\d\s.,:/€%+-]*|\d{4}-\d\d-\d\d.*|\d{1,2} ?h ?\d{0,2}", re.IGNORECASE)


@dataclass(frozen=True)
class Headings:
    """Headings found.

    Attributes:
        names: Distinct, in the order of the file.
        first_line: Line of their first row; 0 where the format names its columns.
        row_count: 1 or 2; 0 where the format names its columns.
        preamble_count: Filled lines before them, which are not read.
        is_doubtful: Whether the line looks like values.
    """

    names: list[str]
    first_line: int
    row_count: int
    preamble_count: int = 0
    is_doubtful: bool = False

    @property
    def last_line(self) -> int:
        """Line of their last row."""
        return self.first_line + max(self.row_count - 1, 0)


def find_headings(rows: list[Row], options: ReadingOptions) -> Headings:
    """Headings among the first rows, or where the options state them.

    Args:
        rows: The first of the file: ``sample_size`` of them, or all.
        options: ``heading_line`` and ``heading_rows`` are obeyed.

    Raises:
        FileError: If there is no row, if the stated line is blank, or if there are too many columns.
    """
    if not rows:
        raise FileError("Le fichier ne contient aucune ligne.")
    wanted = options.heading_line or 0
    sample = [(line, [shown(cell) for cell in cells]) for line, cells in rows if line >= wanted]
    if wanted and (not sample or sample[0][0] != wanted):
        raise FileError(f"La ligne {wanted}, indiquée pour les intitulés, est vide ou absente\u00a0: corrigez-la.")
    return _headings(sample, options, len(rows) - len(sample))


def sample_size(options: ReadingOptions) -> int:
    """Number of rows ``find_headings`` needs.

    Raises:
        FileError: If the stated heading is too far down to be one.
    """
    wanted = options.heading_line or 0
    if not 0 <= wanted <= MAX_HEADING_LINE:
        raise FileError(f"La ligne d’intitulés doit être entre 1 et {MAX_HEADING_LINE}\u00a0: corrigez-la.")
    return SAMPLE_ROWS + wanted


def stated_headings(names: list[str]) -> Headings:
    """Headings of a format that names its columns."""
    return Headings(_distinct(_few([shown(name) for name in names])), 0, 0)


def _headings(sample: list[Row], options: ReadingOptions, before_count: int) -> Headings:
    place = 0 if options.heading_line else _place(sample)
    row_count = options.heading_rows
    if row_count not in {None, 1, 2}:
        raise FileError("Les intitulés tiennent sur 1 ou 2 lignes\u00a0: corrigez ce nombre.")
    if row_count != 1 and place and _are_merged(sample, place - 1):
        place, row_count = place - 1, 2
    if row_count is None:
        row_count = 2 if _are_merged(sample, place) else 1
    return _at(sample, place, row_count, before_count)


def _at(sample: list[Row], place: int, row_count: int, before_count: int) -> Headings:
    line, upper = sample[place]
    if row_count == 2 and (place + 1 == len(sample) or sample[place + 1][0] != line + 1):
        raise FileError(f"La seconde ligne d’intitulés est vide ou absente sous la ligne {line}\u00a0: corrigez-la.")
    names = _merge(upper, sample[place + 1][1]) if row_count == 2 else upper
    texts = _few(names[: _width(names)])
    if not texts:
        raise FileError(f"La ligne {line} ne porte aucun intitulé\u00a0: corrigez-la.")
    doubtful = any(map(_is_value, texts))
    return Headings(_distinct(texts), line, row_count, before_count + place, doubtful)


def _place(sample: list[Row]) -> int:
    """The first row about as wide as those below it and more than half filled; the first row when none is.

    No row so filled is ever passed over, nor a first row for one that holds values: a preamble is narrow, and a table
    without headings, or whose headings are too few, loses no fact to this.
    """
    widths = [_width(cells) for _, cells in sample]
    for place, (_, cells) in enumerate(sample):
        below = widths[place + 1 :]
        usual = median_low(below) if below else 0
        if sum(map(bool, cells)) * 2 > usual and widths[place] >= MIN_WIDTH_SHARE * usual:
            return 0 if any(map(_is_value, cells)) else place
    return 0


def _are_merged(sample: list[Row], place: int) -> bool:
    """Whether this row and the next are headings over headings: «Fait» over «Date» and «Heure»."""
    if place + 1 >= len(sample) or sample[place + 1][0] != sample[place][0] + 1:
        return False
    width = max(_width(sample[place][1]), _width(sample[place + 1][1]))
    upper, lower = _padded(sample[place][1], width), _padded(sample[place + 1][1], width)
    has_values = any(map(_is_value, upper)) or any(map(DIGIT.search, lower))
    if has_values or not all(above or below for above, below in zip(upper, lower, strict=True)):
        return False
    spans = any(not above and below for above, below in zip(upper[1:], lower[1:], strict=True))
    return spans and all(map(bool, _over(upper, lower))) and _is_laid_out(upper, lower)


def _is_value(cell: str) -> bool:
    return VALUE.fullmatch(" ".join(cell[:MAX_VALUE_CHARS].split())) is not None


def _over(upper: list[str], lower: list[str]) -> list[bool]:
    """For each group heading, whether something stands under it where it spans several columns."""
    starts = [place for place, cell in enumerate(upper) if cell]
    ends = [*starts[1:], len(upper)]
    return [end - start == 1 or bool(lower[start]) for start, end in zip(starts, ends, strict=False)]


def _is_laid_out(upper: list[str], lower: list[str]) -> bool:
    """Whether the upper row is set over the lower one; a preamble fills the first cells, over filled ones."""
    filled = [place for place, cell in enumerate(upper) if cell]
    is_prefix = filled == list(range(len(filled)))
    has_tall_heading = any(above and not below for above, below in zip(upper, lower, strict=True))
    return has_tall_heading or (len(filled) > 1 and not is_prefix)


def _merge(upper: list[str], lower: list[str]) -> list[str]:
    width = max(_width(upper), _width(lower))
    names, group = [], ""
    for above, below in zip(_padded(upper, width), _padded(lower, width), strict=True):
        group = above or (group if below else "")
        names.append(" ".join(part for part in (group, below) if part))
        group = group if below else ""
    return names


def _padded(cells: list[str], width: int) -> list[str]:
    return cells[:width] + [""] * (width - len(cells))


def _width(cells: list[str]) -> int:
    return max((place for place, cell in enumerate(cells, 1) if cell), default=0)


def _few(names: list[str]) -> list[str]:
    if len(names) > MAX_COLUMNS:
        raise FileError(too_many_columns(len(names)))
    return names


def _distinct(names: list[str]) -> list[str]:
    """Headings made distinct: the second «Date» becomes «Date (2)», a blank one «colonne 4»."""
    plain = [_short(" ".join(name.split())) or f"colonne {place}" for place, name in enumerate(names, 1)]
    taken, ranks = set(plain), {name: count(2) for name in plain}
    found: dict[str, None] = {}
    for name in plain:
        free = (f"{name} ({rank})" for rank in ranks[name])
        found[name if name not in found else next(other for other in free if other not in taken)] = None
    return list(found)


def _short(name: str) -> str:
    return name if len(name) <= MAX_HEADING_CHARS else f"{name[:MAX_HEADING_CHARS]}…"
