import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from lib.ingest import desk, proposal
from lib.store.revisions import change
from lib.store.schema import Incident, IngestBatch, RegisterMapping, RejectedRow, ReportingMonth
from lib.store.settings import IS_SYNTHETIC, save_setting
from lib.ui import import_mapping
from tests.conftest import with_nomenclature
from tests.factories import small_store
from tests.model import FILLED
from tests.model import filled as filled_model
from tests.screen import figures, links, opened, plain, tables, title, told

REGISTER = """Export du logiciel;;;;;
N° de fiche;Code résidence;Date et heure;Nature;Lieu;Nom du locataire
F-1;R1;05/02/2026 18:30;Tags et graffitis;Hall;X
F-2;R2;06/02/2026 22:10;Truc bizarre;Parking;Y
F-3;R1;31/02/2026;Dépôt sauvage ou encombrants;Cave;Z
F-4;R1;14/02/2026;Tags et graffitis;Hall;W
""".encode("cp1252")


@pytest.fixture
def store(filled: Callable) -> Engine:
    """The small store, that the page may write to."""
    return filled(lambda engine: small_store(with_nomenclature(engine)))


def page(**query: object) -> AppTest:
    return opened("imports", **query)


def given(content: bytes = REGISTER, name: str = "registre.csv", app: AppTest | None = None) -> AppTest:
    app = app or page()
    app.file_uploader[0].upload(name, content)
    return app.run()


def tried(app: AppTest) -> AppTest:
    return app.button(key="import-try").click().run()


def imported(app: AppTest) -> AppTest:
    return tried(app).button(key="import-confirm").click().run()


def count(engine: Engine, table: type) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def shown(app: AppTest) -> dict[str, int]:
    return {label: int(value.split()[0]) for label, value in figures(app).items()}


def box(app: AppTest, words: str):
    return next(one for one in app.selectbox if words in plain(one.label))


def test_title_says_who_transmitted_the_last_complete_month(small: None):
    assert title(page()) == "2 bailleurs sur 2 ont transmis février 2026"


def test_what_was_understood_is_said_before_anything_is_written(store: Engine):
    app = given()
    said = told(app)
    assert "CSV, Windows-1252, séparateur point-virgule, intitulés à la ligne 2" in said
    assert "4 lignes." in said
    assert box(app, "N° de fiche").value == "external_reference"
    assert box(app, "Date et heure").value == "occurred_on"
    assert [one.value for one in app.checkbox if "Heure de début" in one.label] == [True]
    assert (count(store, IngestBatch), count(store, RegisterMapping)) == (1, 0)


def test_column_of_a_person_is_refused_with_its_reason_and_cannot_be_chosen(store: Engine):
    app = given()
    refused = [row for table in tables(app) for row in table if row[0] == "Nom du locataire"]
    assert len(refused) == 1
    assert "personne" in refused[0][1]
    assert not [one for one in app.selectbox if "locataire" in one.label]


def test_label_without_a_sure_code_is_left_to_be_qualified(store: Engine):
    app = given()
    assert box(app, "Truc bizarre (1 ligne)").value == ""
    assert box(app, "Hall (2 lignes)").value == "hall"


def test_trial_counts_every_row_and_writes_nothing(store: Engine):
    app = tried(given())
    assert "Lignes lues : 4 = acceptées 2 + déjà connues 0 + mises à jour 0 + à qualifier 1 + rejetées 1." in told(app)
    assert shown(app) == {"Acceptées": 2, "Déjà connues": 0, "Mises à jour": 0, "À qualifier": 1, "Rejetées": 1}
    assert (count(store, Incident), count(store, IngestBatch)) == (10, 1)
    first = next(table for table in tables(app) if table and table[0][0] == "3")
    assert first[0][:5] == ["3", "F-1", "R1", "5 février 2026", "18 h 30"]
    assert {"Tags et graffitis", "Hall"} <= set(first[0])


def test_import_writes_keeps_the_mapping_and_leads_to_the_new_facts(store: Engine):
    app = imported(given())
    assert (count(store, Incident), count(store, RejectedRow), count(store, RegisterMapping)) == (12, 2, 1)
    assert {"la carte", "les tendances"} <= set(links(app))
    assert "Import n° 2 enregistré registre.csv" in told(app)
    assert app.file_uploader[0].value is None
    # a1 to a4 without the protected a5, b1, b3, then F-1 and F-4: what the home page counts for these twelve months.
    assert figures(opened())["Faits recensés"].startswith("8 ")


def test_mapping_confirmed_serves_again_the_month_after(store: Engine):
    app = imported(given())
    box(app, "Truc bizarre").select("JOU-01").run()
    app.button(key="import-qualify").click().run()
    later = given(REGISTER.replace(b"F-", b"G-"))
    assert "correspondance n° 2 de ce bailleur" in told(later)
    assert box(later, "Truc bizarre").value == "JOU-01"


def test_label_given_a_code_makes_a_fact_of_its_rows(store: Engine):
    app = imported(given())
    assert "1 ligne, Alpha Habitat" in told(app)
    box(app, "Truc bizarre").select("JOU-01").run()
    app.button(key="import-qualify").click().run()
    assert "Lignes lues : 2 = acceptées 1" in told(app)
    assert "Aucune ligne n’attend un code." in told(app)
    with store.connect() as connection:
        found = connection.execute(select(Incident.type_code).where(Incident.external_reference == "F-2")).scalar()
    assert found == "JOU-01"


def test_rows_replayed_without_a_correction_still_wait(store: Engine):
    app = imported(given())
    app.button(key="import-correct").click().run()
    assert count(store, Incident) == 12
    assert "Rejouer les lignes en attente" in [one.label for one in app.button]


def test_filled_model_is_imported_without_any_choice(store: Engine, tmp_path: Path):
    app = imported(given(filled_model(tmp_path / "modele.xlsx", FILLED).read_bytes(), "modele.xlsx"))
    assert "acceptées 2 + déjà connues 0 + mises à jour 0 + à qualifier 0 + rejetées 0" in told(app)
    assert count(store, Incident) == 12


def test_register_without_a_row_says_so(store: Engine):
    assert "Ce registre n’a aucune ligne" in told(given(desk.model(), "modele.xlsx"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"   ", "Le fichier est vide."),
        (b"PK\x03\x04" + b"x" * 50, "endommagé"),
        (b"%PDF-1.7 " + b"x" * 50, "enregistrez-le dans l’un de ces formats"),
    ],
    ids=["empty", "damaged", "another kind"],
)
def test_file_that_cannot_be_read_is_one_sentence(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = given(content, "../../registre.xlsx")
    assert sentence in told(app)
    assert [one.key for one in app.button if one.key == "import-try"] == []
    assert count(store, IngestBatch) == 1
    assert not list(tmp_path.glob("registre-*"))


def test_reading_stated_wrongly_can_be_taken_back(store: Engine):
    app = given()
    app.number_input[0].set_value(900).run()
    assert "La ligne 900" in told(app)
    app.number_input[0].set_value(None).run()
    assert "intitulés à la ligne 2" in told(app)


def test_missing_column_is_named_in_french_and_stops_there(store: Engine):
    app = given()
    box(app, "Code résidence").select("").run()
    assert "Il reste à dire où lire : Référence de la résidence" in told(app)
    assert [one.key for one in app.button if one.key == "import-try"] == []


def test_point_without_its_other_coordinate_is_said_before_any_trial(store: Engine):
    app = given()
    box(app, "Lieu").select("longitude").run()
    assert "Il reste à dire où lire : Latitude." in told(app)
    assert [one.key for one in app.button if one.key == "import-try"] == []


def test_two_headings_for_one_column_are_named(store: Engine):
    app = given()
    box(app, "N° de fiche").select("residence_reference").run()
    assert "Deux colonnes sont données pour « Référence de la résidence »" in told(app)


def test_workbook_of_several_sheets_asks_which_one_at_once(store: Engine, tmp_path: Path):
    app = given(several_sheets(tmp_path / "classeur.xlsx"), "classeur.xlsx")
    sheets = box(app, "Feuille à lire, parmi les 2 du classeur")
    assert [plain(option) for option in sheets.options] == ["Détectée : Lisez-moi", "Lisez-moi", "Registre 2026"]
    assert "Il reste à dire où lire" in told(app)
    sheets.select("Registre 2026").run()
    assert "feuille « Registre 2026 »" in told(app)
    assert box(app, "Date et heure").value == "occurred_on"
    imported(app)
    assert count(store, Incident) == 12


def several_sheets(path: Path) -> bytes:
    first, *rows = (line.split(";") for line in REGISTER.decode("cp1252").splitlines()[1:])
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Lisez-moi").write_column(0, 0, ["Export", "Juin"])
        sheet = book.add_worksheet("Registre 2026")
        for line, cells in enumerate([first, *rows]):
            sheet.write_row(line, 0, cells)
    return path.read_bytes()


def test_file_of_another_landlord_is_told_before_it_is_read_to_its_end(store: Engine):
    lines = [f"X-{rank};Z9;05/02/2026;Tags et graffitis" for rank in range(1_100)]
    content = "\n".join(["N° de fiche;Code résidence;Date du fait;Nature", *lines]).encode()
    app = tried(given(content))
    assert "Aucune résidence de Alpha Habitat dans les 1 000 premières lignes" in told(app)
    assert "Lignes lues" not in told(app)
    app.button(key="import-insist").click().run()
    assert "Lignes lues : 1 100 = acceptées 0" in told(app)
    assert "Aucune résidence de Alpha Habitat dans ce registre" in told(app)


def test_import_that_keeps_no_fact_sends_nobody_to_the_map(store: Engine):
    app = imported(given(REGISTER.replace(b";R1;", b";Z1;").replace(b";R2;", b";Z1;")))
    assert "Aucun fait de ce fichier n’a été gardé" in told(app)
    assert "Ces faits sont dans" not in told(app)


def test_reasons_of_rejected_rows_are_told_in_full_with_their_lines(store: Engine):
    app = imported(given())
    reasons = next(table for table in tables(app) if table and "31/02/2026" in table[0][0])
    assert reasons[0][1:] == ["1", "5"]


def test_data_in_labels_is_escaped(store: Engine):
    hostile = REGISTER.replace(b"Truc bizarre", b"![x](https://evil.example/p.png)")
    label = next(one.label for one in given(hostile).selectbox if "evil" in one.label)
    assert label.startswith("!\\[x\\](https:\u2060//evil.example/p.png) ")


def test_statement_taken_back_names_its_months(store: Engine):
    app = page()
    app.multiselect(key="import-months-1").set_value([date(2025, 11, 1), date(2025, 12, 1)]).run()
    app.button(key="import-state").click().run()
    app.button(key="import-state-confirm").click().run()
    assert "Rien à signaler : novembre à décembre 2025" in told(app)
    app.button(key="import-undo").click().run()
    app.button(key="import-undo-confirm").click().run()
    assert "la déclaration est retirée pour novembre à décembre 2025" in told(app)
    assert "fait retiré" not in told(app)


def test_another_session_knows_nothing_of_the_file(store: Engine):
    tried(given())
    other = page()
    assert other.file_uploader[0].value is None
    assert "Ce qui a été compris" not in told(other)


def test_import_is_undone_after_a_confirmation_only(store: Engine):
    app = imported(given())
    app.button(key="import-undo").click().run()
    assert "n° 2, registre.csv" in told(app)
    assert count(store, Incident) == 12
    app.button(key="import-undo-confirm").click().run()
    assert "2 faits retirés" in told(app)
    assert (count(store, Incident), count(store, RejectedRow)) == (10, 0)
    assert "annulé" in [row[-1] for table in tables(app) for row in table]


def test_undoing_may_be_given_up(store: Engine):
    app = imported(given())
    app.button(key="import-undo").click().run()
    app.button(key="import-undo-leave").click().run()
    assert "import-undo-confirm" not in [one.key for one in app.button]
    assert count(store, Incident) == 12


def test_landlord_states_months_without_a_fact(store: Engine):
    app = page()
    before = count(store, ReportingMonth)
    app.multiselect(key="import-months-1").set_value([date(2025, 12, 1)]).run()
    app.button(key="import-state").click().run()
    assert "pour 1 mois, décembre 2025, et les 2 résidences de Alpha Habitat" in told(app)
    assert count(store, ReportingMonth) == before
    app.button(key="import-state-confirm").click().run()
    assert "rien à signaler pour décembre 2025 (2 résidences-mois)" in told(app)
    assert count(store, ReportingMonth) == before + 2
    row = next(row for table in tables(app) for row in table if row[0] == "Alpha Habitat" and len(row) == 13)
    assert row[10] == "○ rien"
    assert date(2025, 12, 1) not in app.multiselect(key="import-months-1").options


def test_invented_facts_accept_no_register(filled: Callable):
    def invented(engine: Engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            save_setting(made, IS_SYNTHETIC, "true")

    engine = filled(invented)
    app = page()
    assert "Une base de démonstration n’accepte pas d’import" in told(app)
    assert "0 import" not in told(app)
    assert "Dernier import" not in told(app)
    assert list(app.file_uploader) == []
    assert not [one.key for one in app.button if str(one.key).startswith("import-")]
    assert {"Historique des imports", "Qualité par bailleur", "Calendrier de déclaration"} <= set(sections(app))
    with pytest.raises(Exception, match="démonstration"):
        desk.nothing_to_report(engine, 1, [date(2025, 12, 1)])


def sections(app: AppTest) -> list[str]:
    return [line.split(" 12 derniers")[0].split(" Sur tous")[0].split(" 1 import")[0] for line in told(app).split("\n")]


def test_store_without_a_landlord_says_what_comes_first(filled: Callable):
    filled(with_nomenclature)
    app = page()
    assert title(app) == "L’observatoire attend ses premiers registres"
    assert "Importez d’abord une liste de résidences" in told(app)


def test_a_proposal_is_sure_at_the_same_confidence_on_the_page_and_where_it_is_made():
    assert import_mapping.SURE == proposal.CONFIDENCE
