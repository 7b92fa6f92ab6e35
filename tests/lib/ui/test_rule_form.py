import streamlit as st

from lib.ui.rule_form import DRAFT, _percent, _typed


def test_field_typed_once_the_draft_is_given_up_writes_nothing():
    _typed("TRA", "response")
    assert DRAFT not in st.session_state


def test_share_is_shown_as_a_percentage_that_its_field_takes():
    assert [_percent(share) for share in (0.004, 0.15, 0.155, 1)] == [1, 15, 16, 100]
