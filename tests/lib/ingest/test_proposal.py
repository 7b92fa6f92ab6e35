import csv
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.config import REFERENCE
from lib.errors import MappingError
from lib.ingest import proposal
from lib.ingest.columns import COLUMNS, LISTS
from lib.ingest.labels import LabelProposal, propose_labels
from lib.ingest.lexicon import synonyms
from lib.ingest.mapping import as_declaration
from lib.ingest.privacy import MASKED
from lib.ingest.proposal import CONFIDENCE, ColumnProposal, propose_columns, proposed_declaration, proposed_mapping
from lib.ingest.reading import ReadingOptions

TABLES = Path(__file__).parents[2] / "data" / "proposals"
TYPES = pd.read_csv(REFERENCE / "nomenclature.csv", dtype=str)


def table(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def frame(columns: dict[str, list]) -> pd.DataFrame:
    return pd.DataFrame({heading: pd.Series(values, dtype=object) for heading, values in columns.items()})


def column_of(heading: str, *values: str) -> ColumnProposal:
    return propose_columns(frame({heading: list(values)}))[0]


def labels_of(column: str, *labels: str | None) -> list[LabelProposal]:
    return propose_labels(column, pd.Series(labels, dtype=object), TYPES)


def measured(found: list[tuple[str | None, float]], expected: list[str]) -> tuple[float, float, list[int]]:
    """Share proposed rightly, share of what is ours that is chosen rightly, and positions of the wrong choices.

    What is none of ours is right when nothing is chosen for it.
    """
    is_sure = [sure >= CONFIDENCE for _, sure in found]
    is_same = [(given or "") == wanted for (given, _), wanted in zip(found, expected, strict=True)]
    is_right = [
        same or (not wanted and not sure) for same, wanted, sure in zip(is_same, expected, is_sure, strict=True)
    ]
    ours = [sure and same for sure, same, wanted in zip(is_sure, is_same, expected, strict=True) if wanted]
    wrong = [place for place, (sure, same) in enumerate(zip(is_sure, is_same, strict=True)) if sure and not same]
    return sum(is_right) / len(found), sum(ours) / len(ours), wrong


HEADINGS = [("headings", 1, 0.97), ("headings-held-out", 0.99, 0.8), ("headings-landlords", 0.95, 0.85)]


@pytest.mark.parametrize(("name", "found", "chosen"), HEADINGS)
def test_real_headings_are_found_and_none_is_chosen_wrongly(name: str, found: float, chosen: float):
    rows = table(name)
    proposals = [column_of(row["heading"], *row["values"].split("|")) for row in rows]
    right, sure, wrong = measured([(p.column, p.confidence) for p in proposals], [row["column"] for row in rows])
    assert len(rows) >= 60
    assert [rows[place]["heading"] for place in wrong] == []
    assert right >= found
    assert sure >= chosen


@pytest.mark.parametrize(("name", "found", "chosen"), [("headings", 0.9, 0.6), ("headings-held-out", 0.9, 0.55)])
def test_headings_without_any_value_are_found_and_none_is_chosen_wrongly(name: str, found: float, chosen: float):
    # «Dépôt de plainte», alone, is the date or the state: neither is chosen.
    rows = table(name)
    proposals = [column_of(row["heading"]) for row in rows]
    right, sure, wrong = measured([(p.column, p.confidence) for p in proposals], [row["column"] for row in rows])
    assert [rows[place]["heading"] for place in wrong] == []
    assert right >= found
    assert sure >= chosen


@pytest.mark.parametrize(("name", "found", "chosen"), [("labels", 1, 0.98), ("labels-held-out", 0.96, 0.55)])
def test_real_labels_are_found_and_none_is_chosen_wrongly(name: str, found: float, chosen: float):
    rows = table(name)
    proposals = [labels_of("type_code", row["label"])[0] for row in rows]
    right, sure, wrong = measured([(p.code, p.confidence) for p in proposals], [row["code"] for row in rows])
    assert len(rows) >= 100
    assert [rows[place]["label"] for place in wrong] == []
    assert right >= found
    assert sure >= chosen


def test_headings_and_labels_close_to_ours_but_foreign_are_never_chosen():
    columns = {
        row["heading"]: column_of(row["heading"], *row["values"].split("|")) for row in table("headings-foreign")
    }
    codes = {row["label"]: labels_of("type_code", row["label"])[0] for row in table("labels-foreign")}
    assert min(len(columns), len(codes)) >= 40
    assert [heading for heading, found in columns.items() if found.column and found.confidence >= CONFIDENCE] == []
    assert [label for label, found in codes.items() if found.confidence >= CONFIDENCE] == []


def test_a_word_foreign_to_the_column_leaves_the_choice_to_a_person_and_a_harmless_one_does_not():
    assert column_of("Code groupe", "12").confidence >= CONFIDENCE
    assert column_of("Code groupe concerné", "12").confidence >= CONFIDENCE
    arguable = column_of("Code groupe type", "12")
    assert (arguable.column, arguable.confidence < CONFIDENCE) == ("residence_reference", True)


def test_half_a_point_is_never_completed_by_a_latitude_from_another_column():
    both = propose_columns(frame({"coord_y_l93": ["6859495.4557"], "geo_point_2d": ["48.83399, 2.39817"]}))
    assert [(p.column, p.also) for p in both] == [(None, None), ("longitude", "latitude")]


def test_every_type_is_in_the_tables_of_labels():
    said = {row["code"] for name in ("labels", "labels-held-out") for row in table(name)}
    assert said - {""} == set(TYPES["type_code"])


def test_a_whole_register_is_proposed_column_by_column():
    register = frame(
        {
            "N° fiche": ["F-1", "F-2"],
            "Date": ["12/03/2026", "13/03/2026"],
            "Date de saisie": ["13/03/2026", "14/03/2026"],
            "Heure": ["18h30", "2h"],
            "Code résidence": ["0123", "0456"],
            "Résidence": ["Les Tilleuls", "Les Acacias"],
            "Bât": ["A", "B"],
            "Lieu": ["Hall", "Cave"],
            "Nature": ["Tag", "Encombrants"],
            "Nom du locataire": ["X", "Y"],
            "Plainte": ["oui", "non"],
            "Date plainte": ["15/03/2026", None],
            "Agence": ["Sud", "Nord"],
        }
    )
    found = {p.heading: p.column for p in propose_columns(register) if p.confidence >= CONFIDENCE}
    assert found == {
        "N° fiche": "external_reference",
        "Date": "occurred_on",
        "Date de saisie": "reported_on",
        "Heure": "start_minute",
        "Code résidence": "residence_reference",
        "Résidence": "residence_name",
        "Bât": "building_code",
        "Lieu": "place_type",
        "Nature": "type_code",
        "Plainte": "complaint_status",
        "Date plainte": "complaint_filed_on",
    }


def test_a_column_of_ours_is_proposed_once_and_a_tie_is_never_chosen():
    proposals = propose_columns(frame({"Code résidence": ["1"], "Code groupe": ["2"], "Autre": ["3"]}))
    assert [p.column for p in proposals].count("residence_reference") == 1
    assert max(p.confidence for p in proposals) < CONFIDENCE


def test_values_tell_the_state_of_a_complaint_from_its_date():
    assert column_of("Dépôt de plainte", "O", "N").column == "complaint_status"
    assert column_of("Dépôt de plainte", "15/03/2026").column == "complaint_filed_on"
    assert column_of("Dépôt de plainte").confidence < CONFIDENCE


@pytest.mark.parametrize("heading", ["Suites / Plainte", "Suite plainte"])
def test_values_tell_the_state_of_a_complaint_from_its_outcome(heading: str):
    state, outcome = column_of(heading, "Oui", "Non"), column_of(heading, "Classement sans suite", "En cours")
    assert (state.column, state.confidence >= CONFIDENCE) == ("complaint_status", True)
    assert (outcome.column, outcome.confidence >= CONFIDENCE) == ("outcome", True)
    assert column_of(heading).confidence < CONFIDENCE


@pytest.mark.parametrize("heading", ["Suites judiciaires", "Canal de signalement", "Cause", "Victime"])
def test_a_list_of_which_yes_and_no_are_no_label_is_not_chosen(heading: str):
    assert column_of(heading, "Oui", "Non").confidence < CONFIDENCE


def test_a_list_whose_labels_are_those_of_another_is_not_chosen():
    assert column_of("Suites judiciaires", "Plainte déposée", "Main courante").confidence < CONFIDENCE
    assert column_of("Cause", "Tag", "Encombrants").confidence < CONFIDENCE


def test_a_cost_that_may_be_estimated_or_invoiced_is_left_to_a_person():
    cost = column_of("Coût € TTC", "1 234,50 €", "80")
    assert (cost.column, cost.confidence < CONFIDENCE) == ("repair_cost_estimated", True)


def test_values_that_belie_the_heading_keep_it_from_being_chosen():
    assert column_of("Date du fait", "Tag", "Squat").confidence < CONFIDENCE
    assert column_of("Gravité", "12/03/2026").confidence < CONFIDENCE


def test_labels_of_types_under_an_unknown_heading_are_proposed_but_not_chosen():
    proposal = column_of("Zz", "Tag", "Encombrants", "Nuisances sonores")
    assert proposal.column == "type_code"
    assert proposal.confidence < CONFIDENCE


def test_one_heading_may_hold_the_day_and_its_hour_or_both_coordinates():
    assert column_of("Date et heure des faits", "12/03/2026 18:30").also == "start_minute"
    assert column_of("Date des faits", "12/03/2026").also is None
    assert column_of("Coordonnées GPS", "48.63121, 2.44121").also == "latitude"
    both = propose_columns(frame({"Date et heure des faits": ["12/03/2026 18:30"], "Heure des faits": ["18:30"]}))
    assert [(p.column, p.also) for p in both] == [("occurred_on", None), ("start_minute", None)]


@pytest.mark.parametrize("heading", ["Nom du locataire", "NomLocataire", "Téléphones", "Commentaires", "Locataires"])
def test_a_heading_of_a_person_or_of_free_text_is_refused_and_its_values_hidden(heading: str):
    proposal = column_of(heading, "Dupont", "Durand")
    assert proposal.column is None
    assert proposal.refusal is not None
    assert proposal.refusal.endswith(".")
    assert proposal.examples == (MASKED,)


@pytest.mark.parametrize(
    "values",
    [
        ["06 12 34 56 78", "01 23 45 67 89"],
        ["x@exemple.fr", "y@exemple.fr"],
        ["Mme Dupont", "M. Durand", "Gardien"],
        ["AA-123-AA", "BB-456-BB"],
        ["Le gardien a constaté ce matin que la porte du hall avait été forcée par plusieurs individus."] * 1
        + ["Plusieurs jeunes se sont réunis dans le hall jusqu’à deux heures et ont fait beaucoup de bruit."]
        + ["La locataire du troisième étage se plaint du bruit de ses voisins depuis maintenant trois semaines."],
    ],
)
def test_values_of_persons_or_sentences_are_refused_under_any_heading(values: list[str]):
    proposal = column_of("Signalé par", *values)
    assert proposal.column is None
    assert proposal.refusal is not None
    assert proposal.examples == (MASKED,)


def test_examples_are_three_distinct_values_masked_where_they_are_personal():
    values = ["B1", "B1", None, "B2", "0612345678", "B3", "B4", "B5"]
    assert column_of("Bâtiment", *values).examples == ("B1", "B2", MASKED)
    assert column_of("Bâtiment", *values).refusal is None


def test_ten_digits_are_a_code_in_a_column_of_references():
    assert column_of("N° dossier", "0612345678", "0712345678").column == "external_reference"


SURE = [
    ColumnProposal("Date", "occurred_on", 0.9, (), also="start_minute"),
    ColumnProposal("Code résidence", "residence_reference", 1.0, ()),
    ColumnProposal("Nature", "type_code", 0.95, ()),
    ColumnProposal("Nom", "residence_name", 1.0, ()),
    ColumnProposal("Lieu", "place_type", 0.6, ()),
]


def test_a_proposed_mapping_holds_only_what_is_sure():
    labels = {
        "type_code": [LabelProposal("Tag", 3, "BIE-02", 1.0), LabelProposal("Divers", 1, "BIE-01", 0.6)],
        "place_type": [LabelProposal("Hall", 1, "hall", 1.0)],
    }
    mapping = proposed_mapping(SURE, labels, options=ReadingOptions(delimiter=";"))
    assert as_declaration(mapping) == {
        "residence_key": "reference",
        "reading": {"delimiter": ";"},
        "columns": {
            "occurred_on": "Date",
            "residence_reference": "Code résidence",
            "type_code": "Nature",
            "start_minute": "Date",
        },
        "values": {"type_code": {"tag": "BIE-02"}},
    }


def test_an_unfinished_proposal_can_be_declared_only_once_completed():
    assert proposed_declaration(SURE[:1], {})["columns"] == {"occurred_on": "Date", "start_minute": "Date"}
    with pytest.raises(MappingError, match="ne dit pas où lire"):
        proposed_mapping(SURE[:1], {})


def test_the_table_of_synonyms_speaks_of_our_columns_and_codes_only():
    known = synonyms()
    assert set(known["columns"]) == COLUMNS
    assert set(known["values"]) == {"type_code", *LISTS}
    for column, kind in LISTS.items():
        assert set(known["values"][column]) == {code.value for code in kind}
    assert set(known["values"]["type_code"]) == set(TYPES["type_code"])


CELLS = st.none() | st.text(max_size=30)


@given(st.dictionaries(st.text(max_size=25), st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_any_table_has_one_proposal_per_column_each_of_ours_once(columns: dict[str, list]):
    proposals = propose_columns(frame(columns))
    assert [p.heading for p in proposals] == list(columns)
    named = [name for p in proposals for name in (p.column, p.also) if name]
    assert len(named) == len(set(named))
    assert set(named) <= COLUMNS
    assert all(0 <= p.confidence <= 1 and len(p.examples) <= 3 for p in proposals)
    assert all(p.column is None for p in proposals if p.refusal)


def test_five_hundred_columns_are_proposed_in_seconds():
    wide = frame({f"Colonne {n} du fait {n % 7}": [f"valeur {n}", "Tag", "Hall"] for n in range(500)})
    started = time.process_time()
    assert len(propose_columns(wide)) == 500
    assert time.process_time() - started < 10


def test_only_the_beginning_of_a_value_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    seen: list[str] = []
    monkeypatch.setattr(proposal, "kinds_of", lambda sample: seen.extend(sample) or {})
    propose_columns(frame({"Autre": ["x " * 60_000]}))
    assert [len(text) for text in seen] == [proposal.SEEN_CHARS]
