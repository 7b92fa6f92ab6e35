from datetime import date

import numpy as np
import pandas as pd
import pytest

from lib.errors import MappingError
from lib.ingest.dates import DEFAULT_FORMATS
from lib.ingest.distinct import gather
from lib.ingest.locating import UNKNOWN
from lib.ingest.mapping import bind, declare
from lib.ingest.readers import DATES, KnownCodes
from lib.ingest.reading import Sheet
from lib.ingest.validation import Read, check_types, judge, read_texts, reject_lines

KNOWN = KnownCodes({"R-1": 11, "R-2": 12}, {"BIE-02": 1, "PEL-03": 4}, date(2026, 10, 31))
COLUMNS = {
    "external_reference": "Fiche",
    "residence_reference": "Résidence",
    "occurred_on": "Date",
    "start_minute": "Heure",
    "end_minute": "Fin",
    "type_code": "Nature",
    "place_type": "Lieu",
    "building_code": "Bâtiment",
    "repair_cost_estimated": "Coût",
    "complaint_filed_on": "Plainte du",
}
VALUES = {"type_code": {"Tag": "BIE-02", "VIF": "PEL-03"}, "place_type": {"Porche": "hall"}}
GOOD = {"external_reference": "F", "residence_reference": "R-1", "occurred_on": "05/03/2026", "type_code": "Tag"}


def judged(*rows, **declaration):
    mapping = declare({"columns": COLUMNS, "values": VALUES} | declaration)
    cells = pd.DataFrame([GOOD | row for row in rows], columns=list(mapping.columns), dtype=object)
    cells = cells.where(cells.notna(), None).rename(columns=mapping.columns)
    cells.index = pd.RangeIndex(2, 2 + len(rows), name="line_number")
    check_types(mapping, KNOWN.severities)
    headings = bind(mapping, list(mapping.columns.values()))
    read_in = gather([Sheet(cells, "", "", "")], headings)
    values = read_texts(read_in, mapping, KNOWN, dict.fromkeys(DATES, DEFAULT_FORMATS))
    found = [KNOWN.residences.get(text, UNKNOWN) if text else None for text in cells["Résidence"]]
    read = Read(read_in, values, np.array(found, object), headings, mapping, KNOWN)
    return judge(read, slice(0, len(rows)))


def said(validated):
    return list(validated.reasons.itertuples(index=False, name=None))


def test_a_row_without_more_than_its_minimum_is_a_fact_with_the_rest_unknown():
    fact = judged({}).accepted.loc[2]
    assert (fact["residence_id"], fact["type_code"], fact["severity_default"]) == (11, "BIE-02", 1)
    assert (fact["occurred_on"], fact["time_precision"], fact["start_minute"]) == (date(2026, 3, 5), "day", None)
    assert (fact["place_type"], fact["outcome"], fact["complaint_status"]) == ("unknown", "unknown", "unknown")
    assert fact["repair_cost_estimated"] is None


@pytest.mark.parametrize(
    ("cells", "moment"),
    [
        ({"start_minute": "18h30"}, (1110, None, "exact")),
        ({"start_minute": "22h-2h"}, (1320, 120, "range")),
        ({"start_minute": "22h", "end_minute": "2h"}, (1320, 120, "range")),
        ({"start_minute": "22h", "end_minute": "22h"}, (1320, None, "exact")),
        ({"start_minute": "inconnue"}, (None, None, "day")),
        ({"occurred_on": "2026-03"}, (None, None, "month")),
    ],
)
def test_the_precision_of_time_is_what_the_row_knows(cells, moment):
    fact = judged(cells).accepted.loc[2]
    assert (fact["start_minute"], fact["end_minute"], fact["time_precision"]) == moment


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"occurred_on": None}, "Date", "date du fait manquante"),
        ({"occurred_on": "31/02/2026"}, "Date", "date impossible\u00a0: ce jour n’existe pas"),
        ({"type_code": None}, "Nature", "type manquant"),
        (
            {"type_code": "Graff"},
            "Nature",
            "libellé inconnu\u00a0: à rattacher à un type de fait pour qualifier la ligne",
        ),
        ({"residence_reference": None}, "Résidence", "résidence manquante"),
        ({"residence_reference": "R-9"}, "Résidence", "résidence inconnue"),
        ({"occurred_on": "2026-03", "start_minute": "18h"}, "Heure", "une heure est donnée sans le jour"),
        ({"end_minute": "18h"}, "Heure", "une heure de fin est donnée sans heure de début"),
        ({"start_minute": "22h-2h", "end_minute": "3h"}, "Heure", "une heure de fin est donnée deux fois"),
        ({"complaint_filed_on": "04/03/2026"}, "Plainte du", "date antérieure à celle du fait"),
        ({"building_code": "B" * 41}, "Bâtiment", "texte trop long\u00a0: 40 caractères au plus"),
        ({"building_code": "x" * 600}, "Bâtiment", "texte trop long"),
    ],
)
def test_each_fault_names_the_files_column(cells, column, reason):
    found = judged(cells)
    assert found.accepted.empty
    assert [(row[1], row[3]) for row in said(found)] == [(column, reason)]


def test_a_row_may_have_several_reasons_and_leaves_the_others_alone():
    found = judged({}, {"occurred_on": "demain", "repair_cost_estimated": "cher", "residence_reference": "R-9"}, {})
    assert [(row[0], row[1], row[2]) for row in said(found)] == [
        (3, "Date", "demain"),
        (3, "Coût", "cher"),
        (3, "Résidence", "R-9"),
    ]
    assert found.accepted.index.tolist() == [2, 4]
    assert found.refused.tolist() == [3]


def test_a_persons_data_in_an_accepted_column_rejects_the_row_without_being_repeated():
    found = judged({"building_code": "voir 06 12 34 56 78"})
    assert [row[2] for row in said(found)] == ["(masqué)"]
    assert "donnée personnelle" in said(found)[0][3]


def test_a_protected_type_is_accepted():
    assert judged({"type_code": "VIF"}).accepted.loc[2, "type_code"] == "PEL-03"


def test_a_constant_stands_for_an_absent_column():
    assert judged({}, constants={"report_channel": "patrol"}).accepted.loc[2, "report_channel"] == "patrol"


def test_a_type_that_the_nomenclature_does_not_have_stops_the_import():
    with pytest.raises(MappingError, match="Type absent de la nomenclature\u00a0: XXX-01"):
        judged({}, values={"type_code": {"Tag": "XXX-01"}})


def test_no_row_at_all_is_no_fact_and_no_reason():
    found = judged()
    assert (len(found.accepted), len(found.reasons)) == (0, 0)


def test_a_line_rejected_afterwards_leaves_the_accepted_ones():
    found = reject_lines(judged({}, {}), {3: ("F", "la référence est déjà prise")})
    assert found.accepted.index.tolist() == [2]
    assert said(found) == [(3, "(ligne)", "F", "la référence est déjà prise")]


def test_a_row_whose_only_fault_is_a_label_waits_to_be_qualified_and_no_other():
    found = judged({"type_code": "Graff"}, {"type_code": "Graff", "occurred_on": "demain"}, {"place_type": "Loge"}, {})
    assert found.to_qualify == {2, 4}
    assert found.refused.tolist() == [2, 3, 4]
    assert found.accepted.index.tolist() == [5]


@pytest.mark.parametrize("text", ["#REF!", "#DIV/0!", "#VALEUR!", "#NOM?", "Err:522"])
def test_a_cell_in_error_in_the_spreadsheet_rejects_its_row_in_any_column(text):
    found = judged(
        {"external_reference": text}, {"building_code": text}, {"type_code": text}, {"repair_cost_estimated": text}
    )
    assert found.accepted.empty
    assert not found.to_qualify
    assert all(reason.startswith("cellule en erreur dans le tableur") for *_, reason in said(found))


def test_a_cell_that_only_begins_as_an_error_is_read():
    assert judged({"building_code": "#3"}, {"building_code": "E"}).accepted["building_code"].tolist() == ["#3", "E"]
