import pytest

from lib.domain import terms
from lib.domain import vocabulary as v


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (v.QpvStatus, terms.QPV_STATUSES),
        (v.PlaceType, terms.PLACE_TYPES),
        (v.ReportChannel, terms.REPORT_CHANNELS),
        (v.ComplaintStatus, terms.COMPLAINT_STATUSES),
        (v.VictimCategory, terms.VICTIM_CATEGORIES),
        (v.Cause, terms.CAUSES),
        (v.Weapon, terms.WEAPONS),
        (v.NoComplaintReason, terms.NO_COMPLAINT_REASONS),
        (v.Outcome, terms.OUTCOMES),
        (v.SchemeKind, terms.SCHEME_KINDS),
        (v.HallOccupancy, terms.HALL_OCCUPANCIES),
    ],
)
def test_every_value_shown_has_a_french_label_of_its_own(kind, labels):
    assert set(labels) == set(kind)
    assert len(set(labels.values())) == len(labels)


def test_every_column_a_register_may_hold_has_a_heading_of_its_own():
    assert set(terms.REGISTER_COLUMNS) >= set(terms.LISTS)
    assert len(set(terms.REGISTER_COLUMNS.values())) == len(terms.REGISTER_COLUMNS)
