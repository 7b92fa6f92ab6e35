import pytest

from lib.ingest.looks import agreement, is_prose, kind_of, kinds_of, names_a_person


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12/03/2026", "date"),
        ("2026-03-12", "date"),
        ("12/03/26", "date"),
        ("20260312", "date"),
        ("2026-03", "date"),
        ("03/2026", "date"),
        ("juillet 2018", "date"),
        ("12 août 2026", "date"),
        ("12/03/2026 18:30", "datetime"),
        ("2026-03-12T18:30:00", "datetime"),
        ("18h30", "hour"),
        ("22h-2h", "hour"),
        ("de 22h à 2h", "hour"),
        ("soirée", "hour"),
        ("48.63121, 2.44121", "point"),
        ("1 234,50 €", "number"),
        ("1234.50", "number"),
        ("8 jours", "number"),
        ("Oui", "flag"),
        ("R-012", "code"),
        ("A", "code"),
        ("Tour 3", "code"),
        ("12 rue des Lilas", "text"),
        ("Encombrants", "text"),
        ("", "text"),
    ],
)
def test_kind_of_a_value(text: str, kind: str):
    assert kind_of(text) == kind


def test_shares_are_of_the_values_that_say_something():
    assert kinds_of(["12/03/2026", "NC", "?", "Squat"]) == {"date": 0.5, "text": 0.5}
    assert kinds_of(["NC"]) == {}


def test_values_confirm_belie_or_say_nothing():
    assert agreement("occurred_on", {"date": 0.9, "text": 0.1}) is True
    assert agreement("occurred_on", {"text": 0.9, "date": 0.1}) is False
    assert agreement("occurred_on", {"number": 1.0}) is None
    assert agreement("occurred_on", {}) is None
    assert agreement("place_type", {"number": 1.0}) is False


def test_prose_is_long_and_most_of_the_column():
    sentence = "Le gardien a constaté ce matin que la porte du hall avait été forcée pendant la nuit."
    assert is_prose([sentence, sentence + " Bis", sentence + " Ter", "Tag"])
    assert not is_prose([sentence, "Tag", "Squat", "Rodéo"])
    assert not is_prose(["Occupation abusive de hall ou de parties communes"] * 5)


def test_a_civility_names_a_person():
    assert names_a_person("Mme Dupont")
    assert names_a_person("M. Durand")
    assert not names_a_person("Médiateur")
    assert not names_a_person("MR")


@pytest.mark.parametrize(
    "text",
    ["M. Dupont Jean", "Mme Martin, appt 12", "Agression de Mme DUPONT Jeanne", "Tag chez Mme Martin", "MM. Durand",
     "Mr Ali",
     "chez monsieur Petit", "Plainte de M.Durand", "Mme. Roux", "Mlle_Roux", "Ｍｍｅ Roux", "Mr/Mme ROUX", "m. durand"],
)  # fmt: skip
def test_a_person_is_named_at_any_place_of_a_text(text):
    assert names_a_person(text)


@pytest.mark.parametrize(
    "text",
    ["Madame la gardienne", "H.L.M. Les Lilas", "Bât. M. Hall 2", "à 3 m. du hall", "M 12", "M. 12", "Hall M", "Madame",
     "Madame/Monsieur", "Commerce", "M. Escalier 2", "Monsieur le maire"],
)  # fmt: skip
def test_a_function_or_a_place_is_nobody(text):
    assert not names_a_person(text)
