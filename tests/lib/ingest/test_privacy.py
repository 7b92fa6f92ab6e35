import time
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.ingest.privacy import form_of, is_forbidden_heading, looks_personal, masked_file_name

TABLES = Path(__file__).parents[2] / "data" / "personal"
NUMBER = 1_84_12_76_451_089
KEY = 97 - NUMBER % 97


@pytest.mark.parametrize(
    "heading",
    ["NOM", "Prénom", "Date de naissance", "Téléphone", "Tél. portable", "E-mail", "Adresse mail", "N° de bail", "NIR",
     "Nom du locataire", "Nom du locataire (résidence)", "Auteur", "Commentaires", "Description des faits", "Contact",
     "Locataires", "Téléphones", "NomLocataire", "nomLocataire", "NOMLOCATAIRE", "nom_locataire", "DateNaissance",
     "DATENAISSANCE", "numTelephone", "emailGardien", "N° locataire", "Adresse du locataire", "Observations gardien",
     "ObservationsGardien", "Plaque", "Immatriculation", "Agent", "Gardien", "Matricule agent", "Saisi par utilisateur",
     "Témoins", "Auteurs présumés", "Numéro de sécu", "Âge", "Nom agent", "Résumé des faits", "Précisions",
     "Mis en cause", "Identité", "Habitant", "Client", "Saisi par", "Né le", "Née le", "DDN", "Date naiss.", "N° SS",
     "Courrier électronique", "Madame/Monsieur", "Name", "Surname", "Phone", "Birth date", "Exposé", "Histoire", "Sexe",
     "Religion", "Handicap", "Origine ethnique", "Locataire - lieu", "Bâtiment du plaignant", "N o m", "Nоm", "ＮＯＭ",
     "P r é n o m", "Exposé des faits", "Nom, qualité du locataire", "Agent de secteur"],
)  # fmt: skip
def test_a_heading_of_a_person_or_of_free_text_is_forbidden(heading):
    assert is_forbidden_heading(heading)


@pytest.mark.parametrize(
    "heading",
    ["Nom de la résidence", "Bailleur", "N° de fiche", "Catégorie de victime", "Type d’auteur", "Libellé du type",
     "Nombre de jours d’ITT", "Date du fait", "Hall", "NomResidence", "NOM_PROGRAMME", "Nom de la cité", "Agence",
     "Arrêt de travail (agent)", "ITT agent", "Qualité du locataire", "Nombre d’auteurs", "Victime", "Signalé par",
     "Canal : locataire", "Plainte", "Faits", "Nature des faits", "Type de victime", "Nombre d’habitants",
     "Type de contrat", "Matricule résidence", "Origine du signalement", "Serrure électronique", "X", "Code d’accès",
     "Adresse", "Étage", "Nom ensemble immobilier", "Statut du contrat", "Coût estimé", "Dépôt de plainte O/N"],
)  # fmt: skip
def test_a_heading_of_a_fact_is_allowed(heading):
    assert not is_forbidden_heading(heading)


@pytest.mark.parametrize(
    "text",
    ["gardien@exemple.fr", "joindre au 06 12 34 56 78", "01.23.45.67.89", "+33 6 12 34 56 78", "0612345678",
     "+33612345678", "06/12/34/56/78", "06-12-34-56-78", "06 - 12 - 34 - 56 - 78", "+33 (0)6 12 34 56 78",
     "0033 6 12 34 56 78", "06\u00a012\u00a034\u00a056\u00a078", "tél:0612345678", "0612345678/0698765432",
     "06 12 34 56 78-06 98 76 54 32", "06 12345678", "06 1234 5678", "0 612 345 678", "0692 12 34 56", "0800 123 456",
     "+262 692 12 34 56", "+33.6.12.34.56.78", "6 12 34 56 78", "06:12:34:56:78", "06;12;34;56;78"],
)  # fmt: skip
def test_an_address_or_a_phone_is_seen_inside_a_value(text):
    assert looks_personal(text)


@pytest.mark.parametrize(
    "text",
    ["1 84 12 76 451 089 46", "2 84 12 2A 451 089", f"{NUMBER}{KEY:02d}", f"{NUMBER} {KEY:02d}", f"{NUMBER}",
     "2 84 12 2a 451 089", f"NIR {NUMBER}-{KEY:02d}", "1.84.12.76.451.089.46", "1-84-12-76-451-089", "284122A451089"],
)  # fmt: skip
def test_a_nir_is_seen_with_or_without_key_and_spaces(text):
    assert looks_personal(text)


@pytest.mark.parametrize(
    "text",
    ["AA-123-AA", "véhicule AA-123-AA", "AA123AB", "GH 452 KL", "gh-452-kl", "123 ABC 75", "1234 AB 91", "12 ABC 2A",
     "123-ABC-75", "(FG-001-ZZ)"],
)  # fmt: skip
def test_a_french_plate_is_seen(text):
    assert looks_personal(text)


def test_fifteen_digits_are_a_nir_only_with_the_right_key():
    assert looks_personal(f"{NUMBER}{KEY:02d}")
    assert not looks_personal(f"{NUMBER}{KEY % 97 + 1:02d}")


def test_the_key_of_a_nir_of_corsica_counts_its_letter():
    key = 97 - int("1841219451089") % 97
    assert looks_personal(f"184122A451089{key:02d}")
    assert not looks_personal(f"184122A451089{key % 97 + 1:02d}")


@pytest.mark.parametrize(
    "text",
    ["F-2026-000123", "05/03/2026 18:30", "12,50 €", "-1.706334", "53.5493641234567", "2.3412764510891",
     "1.841276451089", "BT 012 HA", "LE 124 BD PASTEUR", "12 RUE 45", "12 BAT 03", "05 MAR 26", "12 BIS 75",
     "angle de 123 av Foch", "B2", "05/03/26-06/03/26", "05.03.26 - 06.03.26", "2026-05-03-18-30-00", "06.03.26 18.30",
     "AA-000-AA", "SIRET 55208131766522", "1767225600000", "2026031500012", "1 234 567,89 €", "", "Hall 12",
     "OI-123-AA"],
)  # fmt: skip
def test_a_plain_value_is_not_personal(text):
    assert not looks_personal(text)


@pytest.mark.parametrize(
    "text", ["0123456789", "1841276451089", "AA-123-AA", "AB123CD", "AB 123 CD", "1203-HAB-01", "123 ABC 75"]
)
def test_a_column_of_references_may_hold_such_codes(text):
    assert not looks_personal(text, is_reference=True)


@pytest.mark.parametrize(
    "text",
    ["01 23 45 67 89", "FR7630006000011234567890189", "x@exemple.fr", "1 84 12 76 451 089", f"{NUMBER}{KEY:02d}"],
)
def test_what_is_surely_a_person_is_refused_in_a_column_of_references_too(text):
    assert looks_personal(text, is_reference=True)


@pytest.mark.parametrize("heading", ["Victime", "Déclarant", "Demandeur", "Signalé par"])
def test_a_heading_of_a_list_is_of_a_person_anywhere_else(heading):
    assert not is_forbidden_heading(heading)
    assert is_forbidden_heading(heading, is_list=False)
    assert not is_forbidden_heading(f"Type de {heading}", is_list=False)


def listed(name):
    return (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", listed("persons"))
def test_a_number_of_a_person_is_seen_however_it_is_written(text):
    assert looks_personal(text)


@pytest.mark.parametrize("text", listed("others"))
def test_a_code_a_date_an_amount_or_a_place_is_let_through(text):
    assert not looks_personal(text)


def test_the_two_tables_are_long_enough_to_tell():
    assert len(listed("persons")) >= 60
    assert len(listed("others")) >= 60


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Registre Jean DUPONT 06 12 34 56 78 jean@x.fr.csv", "Registre Jean DUPONT (masqué) (masqué).csv"),
        ("faits_AB-123-CD.xlsx", "faits (masqué).xlsx"),
        ("1 85 05 78 006 084.ods", "(masqué).ods"),
        ("jean@x.fr", "(masqué)"),
        ("tél ０６１２３４５６７８.csv", "tel (masqué).csv"),
        ("export_2026-03-05_18-30-00.csv", "export_2026-03-05_18-30-00.csv"),
        ("Faits_du_01_01_26_au_31_03_26 (2).xlsx", "Faits_du_01_01_26_au_31_03_26 (2).xlsx"),
        ("Registre été 2026.csv", "Registre été 2026.csv"),
    ],
)
def test_a_file_name_is_kept_without_numbers_of_persons(name, kept):
    assert masked_file_name(name) == kept


def test_references_made_alike_have_one_form():
    assert form_of("AB-123-CD") == form_of("XY-9-Z")
    assert form_of("0612345678") == form_of("9112345678") != form_of("91123456")


def test_digits_inside_a_fingerprint_are_not_a_phone():
    assert not looks_personal("dc49a0612345678f93")


LETTERS = st.sampled_from("ABCDEFGH")
CODES = st.one_of(
    st.from_regex(r"(?:BAT|Bât\.?|Bt|Tour|HALL|Hall|ESC|Cage|Entrée|Allée)? ?[A-Z]?[0-9]{0,3}", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}(?: ?(?:BIS|TER|bis|ter))?", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}-[A-H]-[0-9]{1,2}", fullmatch=True),
    st.from_regex(r"[A-H][0-9]{1,2}(?:/[A-H][0-9]{1,2}){0,3}", fullmatch=True),
)
REFERENCES = st.one_of(
    st.from_regex(r"[0-9]{3,9}[A-Z]?", fullmatch=True),
    st.from_regex(r"(?:R|RES|P|ESI|GRP)[-_. ]?[0-9]{2,8}", fullmatch=True),
    st.from_regex(r"[0-9]{4}\.[0-9]{2}\.[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"(?:F|S|INC|TCK)-?20[12][0-9]-[0-9]{3,6}", fullmatch=True),
)


@given(CODES | REFERENCES)
@example("0123-BAT-01")
def test_codes_of_residences_buildings_and_halls_are_never_personal(code):
    assert not looks_personal(code)
    assert not looks_personal(code, is_reference=True)


@given(st.from_regex(r"[0-9]{4,12}|[A-Z]{2}[0-9]{3}[A-Z]{2}|[0-9]{4}-[A-Z]{2,3}-[0-9]{2}", fullmatch=True))
def test_references_made_by_software_are_never_personal_in_their_column(code):
    assert not looks_personal(code, is_reference=True)


@given(st.integers(0, 9_999_999_999), st.integers(0, 99))
def test_amounts_are_never_personal(euros, cents):
    for text in (
        f"{euros:,}".replace(",", " ") + f",{cents:02d} €",
        f"{euros:,}".replace(",", "\u00a0"),
        f"{euros}.{cents:02d}",
    ):
        assert not looks_personal(text)


@given(st.builds(datetime.combine, st.dates(date(1990, 1, 1), date(2035, 12, 31)), st.times()))
@example(datetime.fromisoformat("2026-06-03T18:30"))
def test_dates_and_hours_are_never_personal(moment):
    written = (
        "%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
        "%Y%m%d", "%d.%m.%y %H:%M", "%d %m %Y", "%Hh%M", "%H:%M", "%H%M", "%d/%m/%y %Hh%M", "%Y%m%d%H%M%S",
        "%Y%m%d %H%M", "%d/%m/%y-%H/%M", "%d %m %Y %H:%M", "%d.%m.%y %H.%M",
    )  # fmt: skip
    for form in written:
        assert not looks_personal(f"{moment:{form}}"), form


@given(st.dates(date(1990, 1, 1), date(2035, 12, 31)), st.dates(date(1990, 1, 1), date(2035, 12, 31)))
def test_ranges_of_dates_are_never_personal(first, last):
    for form in ("%d/%m/%y", "%d.%m.%y", "%d/%m/%Y", "%Y-%m-%d"):
        for between in ("-", " - ", " au ", "/"):
            text = f"{first:{form}}{between}{last:{form}}"
            assert not looks_personal(text), text


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(4, 14))
def test_coordinates_are_never_personal(longitude, latitude, digits):
    for text in (
        f"{longitude:.{digits}f}",
        f"{latitude:.{digits}f}, {longitude:.{digits}f}",
        f"{latitude:.{digits}f}".replace(".", ","),
    ):
        assert not looks_personal(text), text


@given(st.floats(100_000, 1_300_000), st.floats(6_000_000, 7_200_000))
def test_lambert_coordinates_are_never_personal(x, y):
    assert not looks_personal(f"{x:.2f} {y:.2f}")
    assert not looks_personal(f"{x:.3f}".replace(".", ","))


def phones():
    pairs = st.lists(st.integers(0, 99), min_size=4, max_size=4)
    return st.tuples(
        st.integers(1, 9),
        pairs,
        st.sampled_from(["", " ", ".", "-", "/", "\u00a0"]),
        st.sampled_from(["0", "+33 ", "+33", "0033"]),
    )


@given(phones())
def test_every_french_number_is_a_phone(phone):
    first, pairs, cut, prefix = phone
    assert looks_personal(prefix + cut.join([str(first), *(f"{pair:02d}" for pair in pairs)]))


@given(
    st.integers(1, 2),
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 95),
    st.integers(0, 999),
    st.integers(0, 999),
)
def test_every_nir_is_seen(sex, year, month, departement, commune, order):
    parts = [f"{sex}", f"{year:02d}", f"{month:02d}", f"{departement:02d}", f"{commune:03d}", f"{order:03d}"]
    key = f"{97 - int(''.join(parts)) % 97:02d}"
    whole, spaced = "".join(parts), " ".join(parts)
    for text in (whole, spaced, whole + key, f"{whole} {key}", f"{spaced} {key}"):
        assert looks_personal(text), text


def test_a_hundred_thousand_texts_are_judged_in_less_than_a_second_and_a_half():
    makers = [
        lambda n: f"F-2026-{n:06d}", lambda n: f"{n % 28 + 1:02d}/03/2026 {n % 24:02d}:{n % 60:02d} {n}",
        lambda n: f"{n} rue des Lilas, 91000 Évry", lambda n: f"48.{n:06d}, 2.{n:06d}", lambda n: f"{n},50 €",
    ]  # fmt: skip
    texts = [makers[n % 5](n) for n in range(100_000)]
    assert len(set(texts)) == 100_000
    started = time.process_time()
    assert not any(looks_personal(text) for text in texts)
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000 + "@",
        "1 " * 50_000,
        "0" * 100_000,
        "x@" * 50_000,
        "06 12 34 " * 10_000,
        "A" * 100_000 + "1",
        "1A" * 50_000,
        "FR76 " * 20_000,
        "+1" * 50_000,
        "AB-" * 30_000 + "1",
        "é" * 100_000 + "1",
        "T0" * 50_000,
        "12" * 50_000 + "(at)",
        "0 6 " * 25_000,
        "Ж" * 100_000,
    ],
)
def test_a_hostile_text_is_judged_in_a_moment(text):
    started = time.process_time()
    looks_personal(text)
    assert time.process_time() - started < 1
