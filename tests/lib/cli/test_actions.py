from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from lib.__main__ import app
from lib.cli.actions import OF_RULES, Author, Field
from lib.domain import meeting_text, responses
from lib.domain.action_text import FREE_TEXTS
from lib.domain.actions import JointAction
from lib.domain.meetings import Decision, Meeting
from lib.domain.scope import Scope
from lib.domain.versions import Version
from lib.domain.vocabulary import ChoiceKind, MeetingBody, Partner
from lib.store.actions import history, save_action
from lib.store.choices import RULES, choices, default_rules, save_choice
from lib.store.engine import open_store
from lib.store.meetings import history as meeting_history
from lib.store.meetings import save_meeting
from lib.store.revisions import change


@pytest.fixture
def engine(own_url: str) -> Engine:
    """A store of its own, with one action whose problem names somebody."""
    opened = open_store(own_url)
    with change(opened, "essai") as made:
        save_action(made, JointAction("A", problem="Joindre Dupont"), by=Partner.LANDLORD)
    return opened


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["effacer-texte", *words])


def versions(engine: Engine) -> list[Version[JointAction]]:
    with engine.connect() as connection:
        return history(connection, 1, Scope.everything())


def test_text_is_taken_out_and_the_command_says_what_still_keeps_it(engine: Engine):
    done = run("1", "probleme", "--au-nom-de", "parquet")
    assert done.exit_code == 0
    assert done.output.startswith("Texte retiré de 1\u00a0version de l’intervention 1. Les sauvegardes")
    assert [(one.said.problem, one.erased_field, one.changed_by) for one in versions(engine)] == [
        ("", "problem", Partner.JUSTICE),
        ("", "", Partner.LANDLORD),
    ]


def test_command_names_the_copy_and_leaves_the_text_in_no_file_of_the_store(engine: Engine, tmp_path: Path):
    assert b"Joindre Dupont" in b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    done = run("1", "probleme", "--au-nom-de", "parquet")
    assert "la copie d’analyse (le dossier «\u00a0….copie\u00a0»" in done.output
    assert "journal" not in done.output
    assert b"Joindre Dupont" not in b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))


def test_journal_that_somebody_reads_is_told(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lib.store.engine.BUSY_TIMEOUT_MS", 50)
    with engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT * FROM joint_action").all()
        done = run("1", "probleme", "--au-nom-de", "parquet")
    assert done.exit_code == 0
    assert "arrêtez l’observatoire pour qu’il soit vidé" in done.output


@pytest.mark.parametrize("number", ["0", "2147483648", "99999999999999999999999"])
def test_number_that_no_action_can_have_is_refused(engine: Engine, number: str):
    done = run(number, "titre", "--au-nom-de", "police")
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)


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
    assert [one.said.problem for one in versions(engine)] == ["Joindre Dupont"]


@pytest.fixture
def met(engine: Engine) -> Engine:
    """The same store, with a meeting whose texts name somebody, then one of whose decisions was put right."""
    first = Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Avec Martin", decisions=(Decision("Joindre Dupont"),))
    with change(engine, "essai") as made:
        saved = save_meeting(made, first, by=Partner.LANDLORD)
        save_meeting(made, replace(saved, decisions=(Decision("Joindre le gardien"),)), by=Partner.POLICE)
    return engine


def meeting_versions(engine: Engine) -> list[tuple[str, tuple[str, ...], str]]:
    with engine.connect() as connection:
        return [
            (one.said.label, tuple(decision.text for decision in one.said.decisions), one.erased_field)
            for one in meeting_history(connection, 1, Scope.everything())
        ]


def test_texts_are_taken_out_of_a_meeting_too_and_stay_in_no_file_of_the_store(met: Engine, tmp_path: Path):
    done = run("1", "libelle", "--au-nom-de", "parquet")
    assert done.output.startswith("Texte retiré de 2\u00a0versions de la réunion 1. Les sauvegardes")
    done = run("1", "decisions", "--au-nom-de", "parquet", "--passe-seulement")
    assert done.output.startswith("Texte retiré de 1\u00a0version de la réunion 1. Les sauvegardes")
    right = ("Joindre le gardien",)
    assert meeting_versions(met) == [
        ("", right, "decisions"),
        ("", right, "label"),
        ("", right, ""),
        ("", ("Texte retiré",), ""),
    ]
    written = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    assert [name in written for name in (b"Avec Martin", b"gardien")] == [False, True]
    assert [one.said.problem for one in versions(met)] == ["Joindre Dupont"]  # of the action of the same number


def test_meeting_that_does_not_exist_is_said(engine: Engine):
    done = run("1", "libelle", "--au-nom-de", "parquet")
    assert (done.exit_code, "Aucune réunion ne porte le numéro 1." in done.output) == (1, True)


@pytest.fixture
def ruled(engine: Engine) -> Engine:
    """The same store, with rules of which the second names somebody, then is taken out of the table."""
    first, second, third = responses.as_rows(default_rules()[:3])
    named = second | {"response": "Joindre Martin"}
    with change(engine, "essai") as made:
        for read, rows in enumerate(([first, named, third], [first, third])):
            save_choice(made, ChoiceKind.RESPONSES, {RULES: rows}, by=Partner.POLICE, read_version=read)
    return engine


def rule_texts(engine: Engine) -> list[list[str]]:
    with engine.connect() as connection:
        return [[row["response"] for row in one.content[RULES]] for one in choices(connection, ChoiceKind.RESPONSES)]


def test_text_of_a_rule_is_taken_out_by_its_number_in_the_table_or_in_a_version(ruled: Engine, tmp_path: Path):
    first, _, third = (rule.response for rule in default_rules()[:3])
    assert first in rule_texts(ruled)[0]
    done = run("2", "reponse", "--au-nom-de", "parquet", "--version", "1")
    assert done.output.startswith("Texte retiré de 1\u00a0version de la règle 2. Les sauvegardes")
    assert rule_texts(ruled) == [[first, third], [first, third], [first, "Texte retiré", third]]
    done = run("2", "reponse", "--au-nom-de", "parquet")
    assert done.output.startswith("Texte retiré de 3\u00a0versions de la règle 2.")
    assert rule_texts(ruled)[0] == [first, "Texte retiré"]
    assert b"Joindre Martin" not in b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("3", "reponse"), "La version 2 n’a pas de règle 3."),
        (("1", "reponse", "--version", "9"), "Cette version des règles n’a pas été retenue."),
        (
            ("1", "fondement-regle", "--passe-seulement"),
            "Le champ «\u00a0Fondement\u00a0» de la règle 1 ne contient aucun",
        ),
    ],
)
def test_rule_that_has_no_text_to_take_out_is_said(ruled: Engine, words: tuple, sentence: str):
    done = run(*words, "--au-nom-de", "bailleur")
    assert (done.exit_code, sentence in done.output) == (1, True)
    assert len(rule_texts(ruled)) == 2


def test_every_free_text_and_every_partner_has_its_word():
    fields = {OF_RULES.get(field, field.name.lower()) for field in Field}
    assert fields == {*FREE_TEXTS, *meeting_text.FREE_TEXTS, *responses.FREE_TEXTS}
    assert set(OF_RULES.values()) == set(responses.FREE_TEXTS)
    assert [author.name for author in Author] == [partner.name for partner in Partner]
