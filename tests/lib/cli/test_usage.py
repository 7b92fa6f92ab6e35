import pytest

from lib.__main__ import app
from lib.cli.usage import run


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(app, "python -m lib", list(arguments))
    out, error = capsys.readouterr()
    return code, (error or out).strip()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("faits importer registre.csv", "Il manque --bailleur\u00a0: ajoutez sa valeur."),
        ("faits annuler", "Il manque NUMERO\u00a0: ajoutez sa valeur."),
        ("demo --graine x", "La valeur donnée à --graine ne convient pas."),
        (
            "residences importer a --nature zz",
            "La valeur donnée à --nature ne convient pas\u00a0: choisissez entre rpls, liste.",
        ),
        ("faits importer a --bailleurr B", "L’option --bailleurr n’existe pas\u00a0: peut-être --bailleur."),
        ("--zz", "L’option --zz n’existe pas."),
        ("verifier a b", "Il y a des mots en trop sur la ligne"),
        (
            "rien",
            "Commande absente ou inconnue\u00a0: choisissez entre demo, verifier, dispositifs, halls, effacer-texte, "
            "territoires, residences, faits.",
        ),
    ],
)
def test_a_fault_of_usage_is_one_french_sentence_that_names_the_help(capsys, line: str, sentence: str):
    code, said = told(capsys, *line.split())
    assert code == 2
    assert said.startswith(sentence)
    assert said.endswith("--help")
    assert "\n" not in said


def test_an_option_without_its_value_is_one_french_sentence(capsys):
    code, said = told(capsys, "faits", "importer", "a", "--bailleur")
    assert (code, said) == (2, "L’option --bailleur est mal employée\u00a0: donnez-lui une valeur, et une seule.")


def test_help_is_in_french_and_asked_for_is_no_fault(capsys):
    code, said = told(capsys, "faits", "importer", "--help")
    assert code == 0
    assert "Montre cette aide." in said
    assert "[obligatoire]" in said
    for english in ("Show this message", "[required]", "Commands", "default:"):
        assert english not in said


def test_no_command_at_all_shows_the_help(capsys):
    code, said = told(capsys, "faits")
    assert code == 2
    assert "importer" in said
