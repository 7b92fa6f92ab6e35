import pytest
import typer
from sqlalchemy import insert
from typer.testing import CliRunner

from lib.cli.demo import demo, sentence
from lib.demo.store import DemoCounts
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.store.schema import Landlord


@pytest.fixture
def command() -> typer.Typer:
    command = typer.Typer()
    command.command()(demo)
    return command


def test_a_store_in_use_gets_one_french_sentence_and_no_traceback(tmp_path, command):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(url)
    with change(engine, "bailleur") as made:
        row = {"landlord_code": "X", "landlord_name": "Bailleur X", "revision": made.revision}
        made.connection.execute(insert(Landlord).values(row))
    engine.dispose()
    result = CliRunner().invoke(command, ["--base", url])
    assert result.exit_code == 1
    assert "ne sont pas celles de la démonstration" in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_an_option_that_does_not_exist_is_refused(command):
    assert CliRunner().invoke(command, ["--seed", "3"]).exit_code == 2


def test_what_was_written_is_said_in_one_sentence():
    said = sentence(DemoCounts(landlords=9, residences=700, dwellings=44_932, qpvs=40, incidents=119_828))
    assert said == "9 bailleurs, 40 QPV, 700 résidences (44\u202f932 logements) et 119\u202f828 faits, tous fictifs."
