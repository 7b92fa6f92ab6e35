from sqlalchemy import func, select
from typer.testing import CliRunner

from lib.__main__ import app
from lib.store import schema as s
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.store.settings import IS_SYNTHETIC, save_setting


def run(path, text: str):
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["dispositifs", str(path)])


def count(own_url: str) -> int:
    engine = open_store(own_url)
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(s.Scheme)) or 0
    engine.dispose()
    return found


def test_schemes_are_written_and_accounted_for(own_url, tmp_path):
    text = "libelle;nature;debut;departement\nRonde;Patrouille;01/03/2025;91\n"
    done = run(tmp_path / "d.csv", text)
    assert (done.exit_code, done.output) == (0, "d.csv\u00a0: 1 lus, 1 ajoutés, 0 modifiés, 0 déjà connus.\n")
    assert "1 déjà connus" in run(tmp_path / "d.csv", text).output
    assert count(own_url) == 1


def test_wrong_line_is_said_without_traceback_and_nothing_is_written(own_url, tmp_path):
    done = run(tmp_path / "d.csv", "libelle;nature;debut\nRonde;Patrouille;01/03/2025\nGarde;magie;01/03/2025\n")
    assert done.exit_code == 1
    assert "Ligne 3, colonne «\u00a0nature\u00a0»" in done.output
    assert "Traceback" not in done.output
    assert count(own_url) == 0


def test_demonstration_takes_no_real_scheme(own_url, tmp_path):
    engine = open_store(own_url)
    with change(engine, "essai") as made:
        save_setting(made, IS_SYNTHETIC, "true")
    engine.dispose()
    done = run(tmp_path / "d.csv", "libelle;nature;debut\nRonde;Patrouille;01/03/2025\n")
    assert (done.exit_code, "Cette base est la démonstration" in done.output) == (1, True)
