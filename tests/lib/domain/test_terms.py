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
    ],
)
def test_every_value_shown_has_a_french_label_of_its_own(kind, labels):
    assert set(labels) == set(kind)
    assert len(set(labels.values())) == len(labels)
