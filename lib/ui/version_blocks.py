"""The history of an action or of a meeting: each version, who wrote it and when, what it changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from lib.domain.terms import PARTNERS
from lib.domain.versions import Version
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.action_words import day_words


@dataclass(frozen=True)
class Told:
    """How the changes of one kind of thing are told.

    Attributes:
        creation: What its first version is.
        labels: Of its fields.
        changes: A line for each change from one version to the next.
    """

    creation: str
    labels: Mapping[str, str]
    changes: Callable[[Any, Any], Sequence[Markup]]


def table(versions: Sequence[Version[Any]], told: Told) -> None:
    """The versions, the newest first, forty at a time."""
    lines = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        author = f"{day_words(version.changed_at)}, {PARTNERS[version.changed_by]}"
        lines.append([c.two_lines(f"Version {version.version}", author), _change(version, before, told)])
    blocks.paged_table("historique", ["Version", "Ce qui a changé"], lines)


def change_words(label: str, before: str, now: str) -> Markup:
    """«Titre : A → B»."""
    return Markup("{}\u00a0: {} → {}").format(label, before, now)


def _change(version: Version[Any], before: Version[Any] | None, told: Told) -> Markup:
    if version.erased_field:
        label = told.labels[version.erased_field]
        return Markup("{}\u00a0: texte retiré de toutes les versions précédentes").format(label)
    if version.version == 1 and not version.is_beyond_scope:
        return Markup("{}").format(told.creation)
    untold = _untold(version, before)
    if untold or before is None:
        return Markup("{}").format(untold)
    lines = told.changes(before.said, version.said)
    return Markup("<br>").join(lines) if lines else Markup("Ce qui a changé est hors de votre périmètre")


def _untold(version: Version[Any], before: Version[Any] | None) -> str:
    """Why what a version changed is not told; blank where it is."""
    if version.is_beyond_scope:
        return "Version hors de votre périmètre"
    if version.is_oldest:
        return "Première version gardée\u00a0: ce qu’elle a changé n’est pas connu"
    if before is None or before.version != version.version - 1:
        return "Version précédente illisible\u00a0: ce qui a changé n’est pas connu"
    return "Version précédente hors de votre périmètre" if before.is_beyond_scope else ""
