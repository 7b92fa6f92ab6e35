import pandas as pd
import pytest

from lib.ingest.distinct import gather
from lib.ingest.privacy import MASKED
from lib.ingest.reading import Sheet


def gathered(name, *texts, is_judged=False):
    cells = pd.DataFrame({"Colonne": pd.Series(texts, dtype=object)})
    rows = gather([Sheet(cells, "", "essai", "")], {name: "Colonne"}, is_judged=is_judged)
    return rows.columns[name].cells(slice(None)).tolist(), rows.sentences


@pytest.mark.parametrize(
    "own", [["AA-123-BB", "AC-124-BD", "F-1"], ["0612345678", "9112345678", "F-1"], ["AB123CD"] * 2]
)
def test_references_of_the_form_of_most_are_the_landlords_own_and_it_is_said(own):
    kept, sentences = gathered("external_reference", *own)
    assert kept == own
    assert len(sentences) == 1
    assert "«\u00a0Colonne\u00a0»\u00a0: plus de la moitié" in sentences[0]


@pytest.mark.parametrize("rare", ["AA-123-BB", "0612345678", "1850578006084", "ab123cd"])
def test_a_rare_form_among_references_is_masked(rare):
    kept, sentences = gathered("external_reference", "F-2026-1", rare, "F-2026-2")
    assert (kept, sentences) == (["F-2026-1", MASKED, "F-2026-2"], [])


@pytest.mark.parametrize("sure", ["jean@x.fr", "06 12 34 56 78", "Mme Roux", "FR7630006000011234567890189"])
def test_what_no_software_writes_is_masked_whatever_its_share(sure):
    assert gathered("external_reference", sure, sure) == ([MASKED, MASKED], [])


def test_only_references_have_a_form_of_their_own():
    assert gathered("hall_code", "AA-123-BB", "AC-124-BD") == ([MASKED, MASKED], [])


def test_references_already_judged_with_their_file_are_kept():
    assert gathered("residence_reference", "AA-123-BB", "F-1", "F-2", is_judged=True)[0] == ["AA-123-BB", "F-1", "F-2"]


@pytest.mark.parametrize("name", ["building_code", "hall_code", "type_code", "place_type", "external_reference"])
def test_a_name_with_its_civility_is_masked(name):
    assert gathered(name, "M. Dupont Jean", "Mme Martin, appt 12", "H12")[0] == [MASKED, MASKED, "H12"]


def test_a_street_may_bear_a_name():
    assert gathered("address", "12 rue Madame Curie")[0] == ["12 rue Madame Curie"]
