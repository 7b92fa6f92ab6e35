import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from lib.__main__ import app
from lib.store import schema as s
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.store.settings import IS_SYNTHETIC, save_setting
from tests.factories import add, residence

HEAD = "bailleur;residence;batiment;hall;mois;etat\n"


@pytest.fixture
def address(own_url: str) -> str:
    """The address of a store of its own, with one residence."""
    engine = open_store(own_url)
    with change(engine, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 1, "landlord_code": "alpha", "landlord_name": "Alpha Habitat"})
        add(made, s.Residence, residence(1, 1, "91001") | {"commune_code": None})
    engine.dispose()
    return own_url


def run(path, text: str):
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["halls", str(path)])


def count(address: str) -> int:
    engine = open_store(address)
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(s.HallMonth)) or 0
    engine.dispose()
    return found


def test_halls_are_written_and_accounted_for(address, tmp_path):
    text = HEAD + "alpha;R1;A;A1;01/2025;libre\nalpha;R1;A;A2;01/2025;quotidienne\n"
    done = run(tmp_path / "h.csv", text)
    assert (done.exit_code, done.output) == (0, "h.csv\u00a0: 2 lus, 2 ajoutés, 0 modifiés, 0 déjà connus.\n")
    assert "2 déjà connus" in run(tmp_path / "h.csv", text).output
    assert count(address) == 2


def test_wrong_line_is_said_without_traceback_and_nothing_is_written(address, tmp_path):
    done = run(tmp_path / "h.csv", HEAD + "alpha;R1;A;A1;01/2025;libre\nalpha;R1;A;A2;01/2125;libre\n")
    assert done.exit_code == 1
    assert "Ligne 3\u00a0: colonne «\u00a0mois\u00a0»\u00a0: date future." in done.output
    assert "Traceback" not in done.output
    assert count(address) == 0


def test_demonstration_takes_no_real_register(address, tmp_path):
    engine = open_store(address)
    with change(engine, "essai") as made:
        save_setting(made, IS_SYNTHETIC, "true")
    engine.dispose()
    done = run(tmp_path / "h.csv", HEAD + "alpha;R1;A;A1;01/2025;libre\n")
    assert (done.exit_code, "Cette base est la démonstration" in done.output) == (1, True)
    assert count(address) == 0
