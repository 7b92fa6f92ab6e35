"""The model register: an XLSX with our headings and drop-down lists, and the mapping that reads it with no work."""

import csv
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from lib.config import REFERENCE
from lib.domain.terms import LISTS, REGISTER_COLUMNS
from lib.ingest.dates import FIRST_DAY

FACTS, GUIDE, LISTINGS = "Faits", "Mode d’emploi", "Listes"
LAST_ROW = 20_000  # of the drop-down lists and of the formats
LAST_DAY = date(2100, 1, 1)
DATES = ("occurred_on", "reported_on", "complaint_filed_on")
AMOUNTS = ("repair_cost_estimated", "repair_cost_invoiced")
REQUIRED = ("residence_reference", "occurred_on", "type_code")
COLUMNS = tuple(REGISTER_COLUMNS)[: tuple(REGISTER_COLUMNS).index("outcome") + 1]
HEADINGS = tuple(REGISTER_COLUMNS[ours] for ours in COLUMNS)
HELP = {
    "external_reference": "Numéro du fait dans votre logiciel, stable d’un envoi à l’autre. Sans lui, une correction "
    "ne peut pas retrouver son fait.",
    "residence_reference": "Obligatoire. Référence de la résidence, telle que dans votre liste de résidences, zéros "
    "compris.",
    "occurred_on": "Obligatoire. JJ/MM/AAAA\u00a0; un mois seul s’écrit AAAA-MM.",
    "start_minute": "18h30, 18:30, ou une plage comme 22h-2h. Vide si l’heure est inconnue.",
    "end_minute": "Fin de la plage, si elle n’est pas dans l’heure de début.",
    "reported_on": "JJ/MM/AAAA.",
    "type_code": "Obligatoire. Liste déroulante\u00a0: les 40 types de la nomenclature.",
    "severity_override": "1 à 4. Vide\u00a0: la gravité habituelle du type.",
    "building_code": "Code court du bâtiment.",
    "hall_code": "Code court du hall.",
    "itt_days": "Nombre entier de jours, zéro compris.",
    "sick_leave_days": "Nombre entier de jours, zéro compris.",
    "repair_cost_estimated": "En euros.",
    "repair_cost_invoiced": "En euros.",
    "complaint_filed_on": "JJ/MM/AAAA.",
}
EXAMPLE = {
    "external_reference": "2026-0001",
    "residence_reference": "R-014",
    "occurred_on": "14/03/2026",
    "start_minute": "22h-2h",
    "type_code": "Occupation abusive de hall ou de parties communes",
    "place_type": "Hall",
    "building_code": "B",
    "hall_code": "3",
    "report_channel": "Gardien",
    "complaint_status": "Main courante",
}
INTRODUCTION = (
    "Une ligne par fait, dans la feuille «\u00a0Faits\u00a0». Ne changez ni les intitulés ni le nom de la feuille.",
    "Les colonnes obligatoires sont sur fond gris. Les autres peuvent rester vides\u00a0: une cellule vide veut dire "
    "«\u00a0non renseigné\u00a0», jamais zéro ni minuit.",
    "Aucune donnée sur une personne\u00a0: ni nom, ni téléphone, ni courriel, ni numéro de bail, ni récit.",
    "Un mois sans aucun fait se déclare sur la page «\u00a0Données\u00a0» («\u00a0Rien à signaler\u00a0»).",
)


def template_declaration() -> dict[str, Any]:
    """The mapping of the model file, as ``mapping.declare`` takes it: our own headings and labels."""
    values = {ours: {label: str(code) for code, label in labels.items()} for ours, labels in LISTS.items()}
    return {
        "residence_key": "reference",
        "columns": dict(zip(COLUMNS, HEADINGS, strict=True)),
        "values": values | {"type_code": {label: code for code, label in _types()}},
    }


def is_template(headings: list[str]) -> bool:
    """Whether a file has the headings of the model."""
    return set(HEADINGS) <= set(headings)


def write_template(target: BinaryIO) -> None:
    """Writes the model: «Faits» to be filled, «Mode d’emploi» with an example, «Listes»; the import reads the first.

    The example stands beside the explanations and not among the facts: there is nothing to delete before sending.
    """
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": "Registre de faits, modèle", "created": datetime(2026, 1, 1)})  # noqa: DTZ001
        formats = {
            "text": book.add_format({"num_format": "@"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
            "bold": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "required": book.add_format(
                {"bold": True, "bottom": 1, "bg_color": "#D9D9D9", "text_wrap": True, "valign": "vcenter"}
            ),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        facts, guide, listings = (book.add_worksheet(name) for name in (FACTS, GUIDE, LISTINGS))
        ranges = _write_lists(listings, formats)
        _write_facts(facts, formats, ranges)
        _write_guide(guide, formats)


def _types() -> list[tuple[str, str]]:
    """Code and label of each type of the nomenclature."""
    with (REFERENCE / "nomenclature.csv").open(encoding="utf-8", newline="") as file:
        return [(row["type_code"], row["type_label"]) for row in csv.DictReader(file)]


def _write_lists(sheet: Worksheet, formats: dict) -> dict[str, str]:
    """Labels one column per list; returns where each list stands, as a spreadsheet says it."""
    lists = {"type_code": [label for _, label in _types()]} | {
        ours: [*labels.values()] for ours, labels in LISTS.items()
    }
    ranges = {}
    for column, (ours, labels) in enumerate(lists.items()):
        sheet.write_string(0, column, REGISTER_COLUMNS[ours], formats["bold"])
        sheet.write_column(1, column, labels)
        letter = xl_col_to_name(column, col_abs=True)
        ranges[ours] = f"={LISTINGS}!{letter}$2:{letter}${len(labels) + 1}"
    sheet.set_column(0, len(lists) - 1, 34)
    return ranges


def _write_facts(sheet: Worksheet, formats: dict, ranges: dict[str, str]) -> None:
    for column, (ours, heading) in enumerate(zip(COLUMNS, HEADINGS, strict=True)):
        sheet.write_string(0, column, heading, formats["required" if ours in REQUIRED else "bold"])
        sheet.set_column(column, column, 44 if ours == "type_code" else 18, _cell_format(ours, formats))
        rule = _rule(ours, ranges)
        if rule:
            sheet.data_validation(1, column, LAST_ROW, column, rule)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)


def _cell_format(ours: str, formats: dict):
    """Days and amounts are numbers for the spreadsheet; the rest is text, which keeps its zeros and its «18h30»."""
    if ours in AMOUNTS:
        return formats["amount"]
    return formats["day" if ours in DATES else "text"]


def _rule(ours: str, ranges: dict[str, str]) -> dict[str, Any] | None:
    """What the spreadsheet checks while the file is filled; None where anything may be written."""
    if ours in ranges:
        message = "Choisissez une valeur de la liste."
        return {"validate": "list", "source": ranges[ours], "error_title": "Valeur inconnue", "error_message": message}
    if ours == "severity_override":
        return {"validate": "list", "source": ["1", "2", "3", "4"], "error_message": "Choisissez 1, 2, 3 ou 4."}
    if ours in DATES:
        message = "Écrivez un jour (JJ/MM/AAAA). Pour un mois seul, ignorez cet avis."
        between = {"criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
        return {"validate": "date", "error_type": "warning", "error_message": message} | between
    return None


def _write_guide(sheet: Worksheet, formats: dict) -> None:
    """Explanations, then each column with what to write and an example."""
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 70, formats["wrap"])
    sheet.set_column(2, 2, 46)
    for row, sentence in enumerate(INTRODUCTION):
        sheet.merge_range(row, 0, row, 2, sentence, formats["wrap"])
        sheet.set_row(row, 32)
    first = len(INTRODUCTION) + 1
    for column, title in enumerate(("Colonne", "Ce qu’on y écrit", "Exemple (inventé)")):
        sheet.write_string(first, column, title, formats["bold"])
    for row, (ours, heading) in enumerate(zip(COLUMNS, HEADINGS, strict=True), start=first + 1):
        sheet.write_string(row, 0, heading)
        sheet.write_string(row, 1, HELP.get(ours, "Liste déroulante."), formats["wrap"])
        sheet.write_string(row, 2, EXAMPLE.get(ours, ""))
