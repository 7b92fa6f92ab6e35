import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from lib.__main__ import app
from lib.cli.actions import Author, Field
from lib.domain.action_text import FREE_TEXTS
from lib.domain.actions import ActionVersion, JointAction
from lib.domain.scope import Scope
from lib.domain.vocabulary import Partner
from lib.store.actions import history, save_action
from lib.store.engine import open_store
from lib.store.revisions import change


@pytest.fixture
def engine(tmp_path, monkeypatch) -> Engine:
    """A store of its own, with one action whose problem names somebody."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    opened = open_store(url)
    with change(opened, "essai") as made:
        save_action(made, JointAction("A", problem="Joindre Dupont"), by=Partner.LANDLORD)
    return opened


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["effacer-texte", *words])


def versions(engine: Engine) -> list[ActionVersion]:
    with engine.connect() as connection:
        return history(connection, 1, Scope.everything())


def test_text_is_taken_out_and_the_command_says_what_still_keeps_it(engine: Engine):
    done = run("1", "probleme", "--au-nom-de", "parquet")
    assert done.exit_code == 0
    assert done.output.startswith("Texte retiré de 1\u00a0version de l’intervention 1. Les sauvegardes")
    assert [(one.action.problem, one.erased_field, one.changed_by) for one in versions(engine)] == [
        ("", "problem", Partner.JUSTICE),
        ("", "", Partner.LANDLORD),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("9", "probleme"), "Aucune intervention ne porte le numéro 9."),
        (("1", "moyens"), "Le champ «\u00a0Moyens\u00a0» de l’intervention 1 ne contient aucun texte à retirer."),
        (("1", "probleme", "--passe-seulement"), "ne contient aucun texte à retirer."),
    ],
)
def test_what_cannot_be_taken_out_is_said_and_nothing_is_written(engine: Engine, words: tuple, sentence: str):
    done = run(*words, "--au-nom-de", "bailleur")
    assert (done.exit_code, sentence in done.output) == (1, True)
    assert [one.action.problem for one in versions(engine)] == ["Joindre Dupont"]


def test_every_free_text_and_every_partner_has_its_word():
    assert {field.name.lower() for field in Field} == set(FREE_TEXTS)
    assert [author.name for author in Author] == [partner.name for partner in Partner]
