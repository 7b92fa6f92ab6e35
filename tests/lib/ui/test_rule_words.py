from lib.domain.responses import as_rows
from lib.domain.vocabulary import Partner
from lib.store.choices import default_rules
from lib.ui.rule_words import cell_words, changed_words, disputed_words, facts_name, when_words, who_words

RULES = {rule.rule_code: rule for rule in default_rules()}
LABELS = {"OCC-01": "Regroupement", "OCC-02": "Occupation abusive", "TRA": "Trafics", "PER": "Personnels"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_rule_says_when_it_applies():
    assert plain(when_words(RULES["TRA"], LABELS)) == "Trafics : au moins 20 % de la gravité du lieu et 3 faits"
    occupied = plain(when_words(RULES["OCC-HALL"], LABELS))
    assert occupied == "Occupation abusive ; OCC-03 : au moins 20 % de la gravité du lieu et 3 faits"
    assert "30 % des faits" in plain(when_words(RULES["BIE"], LABELS))


def test_pilot_of_a_rule_comes_first_and_once():
    assert who_words(RULES["PER"]) == "Bailleur (pilote), Police nationale ou gendarmerie, Parquet"


def test_rule_is_called_by_its_facts():
    assert facts_name(["TRA"], LABELS) == "Trafics"
    assert plain(facts_name(["OCC-02", "OCC-01"], LABELS)) == "Occupation abusive et 1 autre type"
    assert plain(facts_name(["TRA", "OCC-02", "OCC-01"], LABELS)) == "Trafics et 2 autres types"
    assert plain(facts_name(["TRA", "PER", "OCC-01"], LABELS)) == "Trafics et 2 autres"
    assert facts_name([], LABELS) == "Nouvelle règle"


def test_what_a_table_changes_is_said_rule_by_rule_with_the_fields():
    hall, group, traffic, staff = as_rows(default_rules()[:4])
    after = [traffic, hall | {"partners": "justice", "min_count": 9}, staff | {"rule_code": "NEUVE"}]
    assert plain(changed_words([hall, group, traffic], after, LABELS)) == (
        "ajout de « Personnels » ; modification de « Occupation abusive et 1 autre type » "
        "(nombre minimal de faits, partenaires) ; retrait de « Regroupement » ; ordre changé"
    )
    assert changed_words([hall], [hall], LABELS) == "rien"


def test_what_both_changed_is_said_with_the_words_of_the_other():
    hall, group, traffic, _ = as_rows(default_rules()[:4])
    disputed = [(hall["rule_code"], "response"), (group["rule_code"], ""), (traffic["rule_code"], "")]
    theirs = [hall | {"response": "Rondes."}, group]
    said = [plain(line) for line in disputed_words(disputed, theirs, [hall, traffic], LABELS, Partner.JUSTICE)]
    assert said[1:] == [
        "Règle « Occupation abusive et 1 autre type », réponse proposée, version retenue par le parquet : « Rondes. ».",
        "Règle « Regroupement » : vous l’aviez retirée, la version retenue par le parquet la modifie. "
        "Elle reste dans votre brouillon.",
        "Règle « Trafics » : la version retenue par le parquet la retire, vous l’avez modifiée. "
        "Elle reste dans votre brouillon.",
    ]
    assert "votre brouillon garde vos mots" in said[0]
    assert disputed_words([], theirs, theirs, LABELS, Partner.JUSTICE) == []


def test_cell_of_a_rule_is_said_as_one_reads_it():
    row = as_rows([RULES["TRA"]])[0]
    row |= {"pilot": "police", "partners": "justice prefecture", "type_codes": "OCC-01 OCC-99"}
    columns = ("min_share", "share_of", "min_count", "pilot", "partners", "family_codes", "type_codes")
    assert [plain(cell_words(row, name, LABELS)) for name in columns] == [
        "20 %",
        "l’indice de gravité",
        "3",
        "Police nationale ou gendarmerie",
        "Parquet, Préfecture",
        "Trafics",
        "Regroupement, OCC-99",
    ]
    assert cell_words(row | {"type_codes": ""}, "type_codes", LABELS) == "rien"
