"""Words of the import page: data shown as it is in the labels of widgets, months as ranges, rows as a safe CSV."""

import re
from datetime import date

import pandas as pd

from lib.domain.labels import month_ranges, plural
from lib.domain.spreadsheet import inert_csv
from lib.domain.vocabulary import BatchKind

# Markdown and its Streamlit and GitHub extensions: emphasis, code, links, pictures, colours, formulas, HTML, entities.
MARKUP = re.compile(r"([\\`*_\[\]<>$~#&|])")
BLOCK = re.compile(r"^(\d*)([-+.)=])")
# Names of icons, addresses and arrows are sought in the text once unescaped: an invisible joiner parts them.
JOINER = "\u2060"
SOUGHT = re.compile(r"(?<=:)(?=[^\s\u00a0])|(?<=[-=~<>])(?=[-=>\\])|(?<=@)(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
# What a spreadsheet would run: the rule of lib.cli.reports, for the same file.
STATED_MONTH = re.compile(r"\b(\d\d)/(\d{4})\b")
OF_REJECTION = "rejet\u00a0: "  # columns that a file of waiting rows has besides those of the register
IDENTIFIER = f"{OF_REJECTION}identifiant"  # as lib.ingest.corrections reads it
LONGEST_NAME = 60


def literal(text: str) -> str:
    """Data for the label of a widget, which Streamlit reads as Markdown: shown as it is, asking nothing of a network.

    Whatever comes from a file or from the store passes here before it stands in a label, a heading of an expander or
    any text that is not HTML of ours.
    """
    line = re.sub(r"[ \t\r\n]+", " ", text).strip(" ")
    escaped = BLOCK.sub(r"\1\\\2", MARKUP.sub(r"\\\1", line))
    return SOUGHT.sub(JOINER, escaped)


def stated_months(row) -> str:
    """Months of a statement of the history, as ranges; "" for another line. A list cut by the store ends with «…»."""
    if row.kind != BatchKind.REPORTING:
        return ""
    listed = row.file_name.partition(":")[2]
    found = [date(int(year), int(month), 1) for month, year in STATED_MONTH.findall(listed)]
    is_cut = bool(STATED_MONTH.sub("", listed).strip(" ,\u00a0"))
    return month_ranges(found) + ("…" if is_cut else "") if found else ""


def batch_name(row) -> str:
    """File of an import, or the months of a statement; short enough for a line."""
    months = stated_months(row)
    if months:
        return f"Rien à signaler\u00a0: {months}"
    name = row.file_name
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def landlord_words(row) -> str:
    """The landlord of an import; the first imports of a store may have none."""
    return "tous bailleurs" if pd.isna(row.landlord_name) else row.landlord_name


def batch_words(row) -> str:
    """«n° 12, registre.csv, Alpha Habitat (3 faits)»."""
    told = "calendrier" if row.kind == BatchKind.REPORTING else plural(int(row.accepted_count), "fait")
    return f"n°\u00a0{row.batch_id}, {batch_name(row)}, {landlord_words(row)} ({told})"


def safe_csv(rows: pd.DataFrame) -> bytes:
    """Rows under their identifiers, as a CSV that a spreadsheet opens in French and runs no cell of.

    UTF-8 with its mark, semicolons; the first column is that of the workbook of lib.ingest.corrections.
    """
    told = rows.rename_axis(IDENTIFIER).reset_index()
    return inert_csv(told)
