import pytest

from lib.ingest.privacy import is_forbidden_heading, looks_personal


@pytest.mark.parametrize(
    "heading",
    ["NOM", "Prénom", "Date de naissance", "Téléphone", "Tél. portable", "E-mail", "Adresse mail", "N° de bail", "NIR",
     "Nom du locataire", "Nom du locataire (résidence)", "Auteur", "Commentaires", "Description des faits", "Contact"],
)  # fmt: skip
def test_a_heading_of_a_person_or_of_free_text_is_forbidden(heading):
    assert is_forbidden_heading(heading)


@pytest.mark.parametrize(
    "heading",
    ["Nom de la résidence", "Bailleur", "N° de fiche", "Catégorie de victime", "Type d’auteur", "Libellé du type",
     "Nombre de jours d’ITT", "Date du fait", "Hall"],
)  # fmt: skip
def test_a_heading_of_a_fact_is_allowed(heading):
    assert not is_forbidden_heading(heading)


@pytest.mark.parametrize(
    "text",
    ["gardien@exemple.fr", "joindre au 06 12 34 56 78", "01.23.45.67.89", "+33 6 12 34 56 78", "0612345678",
     "+33612345678", "1 84 12 76 451 089 46", "2 84 12 2A 451 089"],
)  # fmt: skip
def test_an_address_a_phone_or_a_nir_is_seen_inside_a_value(text):
    assert looks_personal(text)


def test_fifteen_digits_are_a_nir_only_with_the_right_key():
    number = 1_84_12_76_451_089
    key = 97 - number % 97
    assert looks_personal(f"{number}{key:02d}")
    assert not looks_personal(f"{number}{key % 97 + 1:02d}")


def test_the_key_of_a_nir_of_corsica_counts_its_letter():
    key = 97 - int("1841219451089") % 97
    assert looks_personal(f"184122A451089{key:02d}")


@pytest.mark.parametrize("text", ["F-2026-000123", "05/03/2026 18:30", "12,50 €", "-1.706334", "53.5493641234567"])
def test_a_plain_value_is_not_personal(text):
    assert not looks_personal(text)


def test_ten_digits_in_a_row_are_a_code_in_a_column_of_references_but_not_written_as_a_phone():
    assert not looks_personal("0123456789", is_reference=True)
    assert looks_personal("01 23 45 67 89", is_reference=True)


def test_digits_inside_a_fingerprint_are_not_a_phone():
    assert not looks_personal("dc49a0612345678f93")
