from types import SimpleNamespace

import pytest

from lib.maps.scene import Measure
from lib.ui.map_card import measure_words
from tests.screen import plain


@pytest.mark.parametrize(
    ("part", "base", "said"),
    [
        (15, 148, "15 plaintes sur 148 faits susceptibles de plainte, 10 % 6 à 16 %"),  # PROP-CI-A: 6.24 to 16.05
        (3, 9, "3 plaintes sur 9 faits susceptibles de plainte, effectif insuffisant"),
    ],
)
def test_share_has_its_interval_where_the_base_allows_one(part: int, base: int, said: str):
    row = SimpleNamespace(incident_count=200, reporting_residence_count=1, complaint_count=part, eligible_count=base)
    assert plain(str(measure_words(row, Measure.COMPLAINTS))) == said
