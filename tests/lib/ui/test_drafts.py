from dataclasses import replace

import pytest
import streamlit as st

from lib.domain.actions import JointAction
from lib.ui.drafts import Form

READ = JointAction("Rondes", action_id=1, version=1)
NEWER = replace(READ, title="Rondes de nuit", version=2)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict:
    held: dict = {"action-12-title": "Autre", "au-nom-de": "police"}
    monkeypatch.setattr(st, "session_state", held)
    return held


def followed(*kept: JointAction, typed: str = "") -> Form[JointAction]:
    form: Form[JointAction] = Form("action-1")
    for one in kept:
        form.follow(one)
        if typed:
            st.session_state[form.key("draft")] = replace(form.draft, title=typed)
    return form


def test_form_begins_from_what_is_kept(state: dict):
    assert (followed(READ).base, followed(READ).draft) == (READ, READ)


def test_form_follows_the_store_until_something_is_typed(state: dict):
    assert followed(READ, NEWER).base == NEWER


def test_form_keeps_its_version_once_something_is_typed(state: dict):
    form = followed(READ, NEWER, typed="Passages")
    assert (form.base, form.draft) == (READ, replace(READ, title="Passages"))


@pytest.mark.parametrize("is_typed", [True, False])
def test_form_never_begins_again_while_a_widget_holds_what_was_not_there_when_it_was_drawn(state: dict, is_typed: bool):
    form = followed(READ)
    state[form.key("title")], state[form.key("partners")] = READ.title, []
    form.drawn(READ, ["title", "partners", "volume"])
    if is_typed:
        state[form.key("partners")].append("police")
    form.follow(NEWER)
    assert form.base == (READ if is_typed else NEWER)


def test_form_whose_widgets_are_forgotten_follows_the_store(state: dict):
    form = followed(READ)
    state[form.key("title")] = READ.title
    form.drawn(READ, ["title"])
    del state[form.key("title")]
    form.follow(NEWER)
    assert form.base == NEWER


def test_closing_forgets_this_form_alone(state: dict):
    followed(READ, typed="Passages").close()
    assert state == {"action-12-title": "Autre", "au-nom-de": "police"}


def test_beginning_again_forgets_the_widgets(state: dict):
    form = followed(READ)
    state[form.key("title")] = "Passages"
    form.restart(NEWER, replace(NEWER, title="Passages"))
    assert form.key("title") not in state
    assert (form.base.version, form.draft.title) == (2, "Passages")
