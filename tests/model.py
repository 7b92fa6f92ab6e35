"""The model register as a person fills it: rows typed under its headings, then saved by a spreadsheet."""

import zipfile
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from lib.ingest.template import COLUMNS, write_template

FILLED = [
    {
        "external_reference": "2026-0001",
        "residence_reference": "R1",
        "occurred_on": "14/02/2026",
        "start_minute": "22h-2h",
        "type_code": "Occupation abusive de hall ou de parties communes",
        "place_type": "Hall",
        "report_channel": "Gardien",
        "complaint_status": "Main courante",
    },
    {
        "external_reference": "2026-0002",
        "residence_reference": "R2",
        "occurred_on": 46054,  # 1 February 2026, as a spreadsheet counts days
        "type_code": "Tags et graffitis",
        "severity_override": "3",
        "place_type": "Extérieur, dalle",
        "repair_cost_invoiced": 1234.5,
    },
]


def cell(column: int, row: int, value: object) -> str:
    place = f"{chr(65 + column)}{row}"
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    style = ' s="2"' if COLUMNS[column] == "occurred_on" else ""
    return f'<c r="{place}"{style}><v>{value}</v></c>'


def filled(path: Path, rows: list[dict[str, object]]) -> Path:
    """The model with these rows typed under its headings, as a spreadsheet would save it."""
    model = BytesIO()
    write_template(model)
    typed = "".join(
        f'<row r="{rank}">'
        + "".join(cell(COLUMNS.index(ours), rank, row[ours]) for ours in COLUMNS if ours in row)
        + "</row>"
        for rank, row in enumerate(rows, start=2)
    )
    with zipfile.ZipFile(model) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            body = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = body.replace(b"</row></sheetData>", b"</row>" + typed.encode() + b"</sheetData>")
            after.writestr(name, body)
    return path
