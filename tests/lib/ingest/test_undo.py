import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lib.domain.vocabulary import BatchKind
from lib.errors import StoreError
from lib.ingest.mapping import declare
from lib.ingest.replay import replay
from lib.ingest.undo import undo
from lib.store.incidents import Batch, save_batch
from lib.store.reporting import state_nothing_to_report
from lib.store.revisions import change
from lib.store.schema import Incident, RejectedRow, ReportingMonth, Residence
from tests.lib.ingest.registers import RULES, TODAY, WIDER, bring, content, counts, fill, register, stored

FIRST = ("F-1;R-1;05/01/2026;Tag;", "F-2;R-2;31/02/2026;Tag;", "F-3;R-2;05/01/2026;Graff;")


@pytest.fixture
def housed(store):
    fill(store)
    return store


def test_an_import_undone_leaves_the_store_as_it_was_and_its_file_may_come_again(housed, tmp_path):
    path, before = register(tmp_path, *FIRST), content(housed)
    report = bring(housed, path)
    assert counts(report) == (3, 1, 0, 0, 1, 1)
    undone = undo(housed, report.batch_id, undone_by="essai")
    assert (undone.removed_count, undone.removed_row_count, undone.month_count) == (1, 2, 2)
    assert content(housed) == before
    assert counts(bring(housed, path)) == (3, 1, 0, 0, 1, 1)


def test_an_update_undone_gives_the_fact_its_former_content_and_the_rows_it_closed_wait_again(housed, tmp_path):
    bring(housed, register(tmp_path, *FIRST))
    before = content(housed)
    report = bring(housed, register(tmp_path, "F-1;R-2;06/02/2026;Tag;Classé", "F-2;R-2;28/02/2026;Tag;"))
    assert (counts(report), report.resolved_count) == ((2, 1, 0, 1, 0, 0), 1)
    undone = undo(housed, report.batch_id, undone_by="essai")
    assert (undone.removed_count, undone.restored_count, undone.reopened_count) == (1, 1, 1)
    assert content(housed) == before


def test_an_import_whose_facts_changed_since_is_refused_naming_the_later_one(housed, tmp_path):
    first = bring(housed, register(tmp_path, *FIRST)).batch_id
    later = bring(housed, register(tmp_path, "F-1;R-1;05/01/2026;Tag;Classé", name="mars.csv")).batch_id
    with pytest.raises(StoreError, match=rf"n°\u00a0{later} \(«\u00a0mars.csv\u00a0».*annulez-le d’abord"):
        undo(housed, first, undone_by="essai")
    undo(housed, later, undone_by="essai")
    undo(housed, first, undone_by="essai")
    assert stored(housed, Incident) == stored(housed, RejectedRow) == stored(housed, ReportingMonth) == 0


def test_an_import_whose_rows_were_replayed_is_refused_until_the_replay_is_undone(housed, tmp_path):
    first = bring(housed, register(tmp_path, *FIRST)).batch_id
    before = content(housed)
    again = replay(housed, "B", declare(WIDER), imported_by="essai", today=TODAY)
    with pytest.raises(StoreError, match="lignes rejouées"):
        undo(housed, first, undone_by="essai")
    undo(housed, again.batch_id, undone_by="essai")
    assert content(housed) == before


def test_a_month_that_another_import_also_said_stays_said(housed, tmp_path):
    first = bring(housed, register(tmp_path, "F-1;R-1;05/01/2026;Tag;")).batch_id
    bring(housed, register(tmp_path, "F-2;R-2;06/01/2026;Tag;"))
    undo(housed, first, undone_by="essai")
    with housed.connect() as connection:
        rows = connection.execute(
            select(Residence.reference, ReportingMonth.status).join_from(ReportingMonth, Residence)
        )
        assert {(name, status.value) for name, status in rows} == {("R-1", "nothing_to_report"), ("R-2", "reported")}


def test_residences_made_of_points_go_unless_another_import_uses_them(store, tmp_path):
    rules = {
        "residence_key": "points", "landlord_name": "Registre de points",
        "columns": {"external_reference": "F", "occurred_on": "D", "longitude": "X", "latitude": "Y", "type_code": "N"},
    }  # fmt: skip
    heading = "F;D;X;Y;N"
    one = register(
        tmp_path, "1;05/01/2026;2.1;48.1;BIE-02", "2;05/01/2026;2.2;48.2;BIE-02", heading=heading, name="1.csv"
    )
    two = register(tmp_path, "3;05/01/2026;2.2;48.2;BIE-02", heading=heading, name="2.csv")
    first, second = (bring(store, path, rules).batch_id for path in (one, two))
    assert undo(store, first, undone_by="essai").removed_residence_count == 1
    assert stored(store, Residence) == 1
    assert undo(store, second, undone_by="essai").removed_residence_count == 1
    assert stored(store, Residence) == stored(store, ReportingMonth) == 0


def test_a_statement_of_months_is_undone_like_an_import(housed):
    line = Batch(BatchKind.REPORTING, 1, "rien à signaler", "0" * 64, "essai", 0, 0, 0, 0)
    with change(housed, "essai") as made:
        batch_id = save_batch(made, line)
        assert state_nothing_to_report(made, batch_id, 1, [TODAY.replace(day=1)]) == 2
    undo(housed, batch_id, undone_by="essai")
    assert stored(housed, ReportingMonth) == 0


def test_what_is_no_import_or_is_undone_already_is_said(housed, tmp_path):
    with pytest.raises(StoreError, match="numéro 9"):
        undo(housed, 9, undone_by="essai")
    batch_id = bring(housed, register(tmp_path, *FIRST), RULES).batch_id
    undo(housed, batch_id, undone_by="essai")
    with pytest.raises(StoreError, match="déjà annulé"):
        undo(housed, batch_id, undone_by="essai")


LINE = st.tuples(
    st.sampled_from(["F-1", "F-2", "F-3", ""]),
    st.sampled_from(["R-1", "R-2", "R-9"]),
    st.sampled_from(["05/01/2026", "06/02/2026", "31/02/2026"]),
    st.sampled_from(["Tag", "Graff"]),
    st.sampled_from(["", "Classé", "Jugé"]),
).map(";".join)
FILES = st.lists(st.lists(LINE, min_size=1, max_size=6), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_every_row_has_one_fate_and_imports_undone_backwards_leave_each_state_as_it_was(one_store, tmp_path, files):
    done = []
    for lines in files:
        before, facts = content(one_store), stored(one_store, Incident)
        report = bring(one_store, register(tmp_path, *lines))
        read, accepted, *others = counts(report)
        assert read == len(lines) == accepted + sum(others)
        assert stored(one_store, Incident) == facts + accepted
        assert counts(bring(one_store, register(tmp_path, *lines), dry_run=True))[1:4:2] == (0, 0)
        done.append((report.batch_id, before))
    for batch_id, before in reversed(done):
        undo(one_store, batch_id, undone_by="essai")
        assert content(one_store) == before
