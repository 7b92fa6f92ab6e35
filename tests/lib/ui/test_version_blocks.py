from datetime import UTC, datetime
from typing import Any

from lib.domain.versions import Version
from lib.domain.vocabulary import Partner
from lib.ui.version_blocks import Told, _change, change_words
from tests.screen import plain

TOLD = Told("Création", {"title": "Titre"}, lambda before, now: [change_words("Titre", before, now)] * (before != now))


def version(number: int, said: Any = "A", **more: Any) -> Version[Any]:
    return Version(number, datetime(2026, 3, 1, 12, tzinfo=UTC), Partner.JUSTICE, said, **more)


def words(now: Version[Any], before: Version[Any] | None) -> str:
    return plain(_change(now, before, TOLD))


def test_version_tells_what_it_changed_or_why_it_cannot():
    first = version(1, is_oldest=True)
    unreadable = "Version précédente illisible : ce qui a changé n’est pas connu"
    assert words(first, None) == "Création"
    assert words(version(2, "<b>"), first) == "Titre : A → <b>"
    assert words(version(2), None) == unreadable
    assert words(version(3), first) == unreadable
    assert words(version(4, is_oldest=True), None) == "Première version gardée : ce qu’elle a changé n’est pas connu"
    assert words(version(2), first) == "Ce qui a changé est hors de votre périmètre"


def test_text_taken_out_is_told_whatever_came_before():
    said = "Titre : texte retiré de toutes les versions précédentes"
    erased = version(4, erased_field="title")
    assert words(erased, version(3)) == words(erased, None) == words(erased._replace(is_oldest=True), None) == said


def test_version_beyond_the_scope_says_nothing():
    beyond = version(1, "Secret", is_beyond_scope=True, is_oldest=True)
    assert words(beyond, None) == "Version hors de votre périmètre"
    assert words(version(2), beyond) == "Version précédente hors de votre périmètre"
