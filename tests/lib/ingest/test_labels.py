import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.config import REFERENCE
from lib.domain import terms
from lib.ingest import labels
from lib.ingest.labels import LabelProposal, propose_labels
from lib.ingest.proposal import CONFIDENCE

TYPES = pd.read_csv(REFERENCE / "nomenclature.csv", dtype=str)
CELLS = st.none() | st.text(max_size=30)


def labels_of(column: str, *texts: str | None) -> list[LabelProposal]:
    return propose_labels(column, pd.Series(texts, dtype=object), TYPES)


def code_of(column: str, label: str) -> str | None:
    return labels_of(column, label)[0].code


def test_spellings_of_one_label_count_together_the_most_frequent_first():
    found = labels_of("type_code", "Encombrants", "TAG", "tag", None, " ", "Tag")
    assert found == [LabelProposal("TAG", 3, "BIE-02", 1.0), LabelProposal("Encombrants", 1, "CAD-01", 1.0)]


def test_our_own_codes_and_labels_are_sure():
    for code, label in zip(TYPES["type_code"], TYPES["type_label"], strict=True):
        assert labels_of("type_code", label)[0] == LabelProposal(label, 1, code, 1.0)
        assert labels_of("type_code", code)[0] == LabelProposal(code, 1, code, 1.0)
    for column, known in terms.LISTS.items():
        for code, label in known.items():
            assert labels_of(column, label)[0] == LabelProposal(label, 1, code.value, 1.0), (column, label)
            assert code_of(column, code.value) == code.value


def test_types_that_the_store_does_not_have_are_not_proposed():
    few = TYPES[TYPES["type_code"] == "BIE-02"]
    found = propose_labels("type_code", pd.Series(["Tag", "Encombrants"], dtype=object), few)
    assert [label.code for label in found] == ["BIE-02", None]


@pytest.mark.parametrize(
    ("column", "label", "code"),
    [
        ("complaint_status", "Oui", "filed"),
        ("complaint_status", "O", "filed"),
        ("complaint_status", "x", "filed"),
        ("complaint_status", "1", "filed"),
        ("complaint_status", "NON", "not_considered"),
        ("complaint_status", "n", "not_considered"),
        ("complaint_status", "0", "not_considered"),
        ("complaint_status", "Plainte non déposée", "not_considered"),
        ("complaint_status", "Main-courante", "police_log_entry"),
        ("complaint_status", "NC", "unknown"),
        ("place_type", "Cage d’escalier", "staircase"),
        ("place_type", "Halls", "hall"),
        ("place_type", "Sous-sol", "cellar"),
        ("place_type", "Parking souterrain", "parking"),
        ("place_type", "Local vélos", "common_room"),
        ("report_channel", "Gardienne", "caretaker"),
        ("report_channel", "Police municipale", "police"),
        ("report_channel", "Numéro vert", "call_centre"),
        ("victim_category", "Personnel de proximité", "frontline_staff"),
        ("victim_category", "Habitant", "tenant"),
        ("cause", "Impayés de loyer", "arrears_or_allocation"),
        ("weapon", "Couteau", "blade"),
        ("weapon", "Sans arme", "none"),
        ("no_complaint_reason", "Peur des représailles", "fear_of_reprisal"),
        ("outcome", "Classé sans suite", "dropped"),
        ("outcome", "CSS", "dropped"),
        ("outcome", "Enquête en cours", "pending"),
    ],
)
def test_labels_of_closed_lists_are_chosen(column: str, label: str, code: str):
    found = labels_of(column, label)[0]
    assert (found.code, found.confidence >= CONFIDENCE) == (code, True)


def test_a_label_that_says_nothing_known_has_no_code():
    assert labels_of("place_type", "Zzyzx")[0] == LabelProposal("Zzyzx", 1, None, 0.0)


@pytest.mark.parametrize(("column", "types"), [("hall_code", TYPES), ("type_code", None)])
def test_labels_of_a_column_without_list_are_a_fault_of_ours(column: str, types: pd.DataFrame | None):
    with pytest.raises(ValueError, match=column):
        propose_labels(column, pd.Series(["A"], dtype=object), types)


@settings(deadline=None)
@given(st.lists(CELLS, max_size=12))
def test_labels_proposed_count_every_row_that_says_something(texts: list[str | None]):
    found = propose_labels("outcome", pd.Series(texts, dtype=object))
    assert sum(label.row_count for label in found) == sum(1 for text in texts if text and text.strip())


def test_only_the_most_frequent_labels_are_looked_up_and_all_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(labels, "MAX_PROPOSED", 1)
    found = labels_of("place_type", "Hall", "Cave", "Cave", "Hall", "Cave", "Hall d’entrée")
    assert [(label.label, label.row_count, label.code) for label in found] == [
        ("Cave", 3, "cellar"),
        ("Hall", 2, None),
        ("Hall d’entrée", 1, None),
    ]


def test_a_label_of_whole_pages_has_no_code():
    assert code_of("place_type", "Hall") == code_of("place_type", "Hall" + " " * 150) == "hall"
    assert code_of("place_type", "Hall " * 50) is None
