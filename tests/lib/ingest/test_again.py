"""The same rows sent again: no fact twice, none lost when an import is undone."""

import pandas as pd
import pytest

from lib.errors import StoreError
from lib.ingest.mapping import declare
from lib.ingest.replay import replay
from lib.ingest.undo import undo
from lib.store.rejections import waiting_rows
from lib.store.schema import Incident
from tests.lib.ingest.registers import RULES, TODAY, bring, counts, fill, register, stored

NAMELESS = RULES | {"columns": {ours: name for ours, name in RULES["columns"].items() if ours != "external_reference"}}
HEADING = "Résidence;Date;Nature;Suite"
WRONG = "R-1;31/02/2026;Tag;"


@pytest.fixture
def housed(store):
    fill(store)
    return store


def correct(engine, rules, **cells):
    with engine.connect() as connection:
        row_id = int(waiting_rows(connection, "B")["rejected_row_id"].iloc[0])
    typed = pd.DataFrame([{"rejected_row_id": row_id} | cells])
    return replay(engine, "B", declare(rules), imported_by="essai", today=TODAY, corrected=typed)


def test_import_that_a_later_one_found_known_is_not_undone_before_it(housed, tmp_path):
    lines = ("F-1;R-1;05/01/2026;Tag;", "F-2;R-1;31/02/2026;Tag;")
    first = bring(housed, register(tmp_path, *lines)).batch_id
    later = bring(housed, register(tmp_path, *lines, name="2.csv")).batch_id
    with pytest.raises(StoreError, match=rf"n°\u00a0{later}"):
        undo(housed, first, undone_by="essai")
    undo(housed, later, undone_by="essai")
    undo(housed, first, undone_by="essai")
    assert stored(housed, Incident) == 0


def test_row_corrected_and_sent_again_as_it_was_is_known(housed, tmp_path):
    path = register(tmp_path, WRONG, heading=HEADING)
    bring(housed, path, NAMELESS)
    correct(housed, NAMELESS, Date="28/02/2026")
    report = bring(housed, path, NAMELESS)
    assert (counts(report), stored(housed, Incident)) == ((1, 0, 1, 0, 0, 0), 1)


def test_row_accepted_under_a_wider_declaration_no_longer_waits(housed, tmp_path):
    path = register(tmp_path, "R-1;05/01/2026;Graff;Jugé", heading=HEADING)
    narrow = NAMELESS | {"columns": {k: v for k, v in NAMELESS["columns"].items() if k != "outcome"}, "values": {}}
    wider = NAMELESS | {"values": RULES["values"] | {"type_code": {"Graff": "BIE-02"}}}
    bring(housed, path, narrow)
    assert bring(housed, path, wider).resolved_count == 1
    assert counts(replay(housed, "B", declare(wider), imported_by="essai", today=TODAY))[0] == 0
    assert stored(housed, Incident) == 1


def test_reference_like_those_made_here_is_rejected(housed, tmp_path):
    report = bring(housed, register(tmp_path, "empreinte:x;R-1;05/01/2026;Tag;"))
    assert counts(report) == (1, 0, 0, 0, 0, 1)


def test_row_said_of_as_a_whole_and_sent_back_untouched_still_waits(housed, tmp_path):
    lines = ("F-1;R-1;05/03/2026;Tag;", "F-1;R-2;05/03/2026;Tag;")
    bring(housed, register(tmp_path, *lines))
    assert counts(correct(housed, RULES, Fiche="F-1", Date="06/03/2026")) == (1, 0, 0, 0, 0, 1)
    assert counts(correct(housed, RULES, Fiche="F-3")) == (1, 1, 0, 0, 0, 0)
