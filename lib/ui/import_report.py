"""Blocks of a report: what an import did, or would do, in counts that sum up to the rows read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from lib.domain.labels import date_label, month_ranges, number, plural, time_label
from lib.domain.terms import LISTS, REGISTER_COLUMNS
from lib.ui import components as c
from lib.ui.import_mapping import code_labels
from lib.ui.session import Visit

COUNTS = {
    "accepted_count": ("Acceptées", "nouveaux faits"),
    "known_count": ("Déjà connues", "rien n’y change"),
    "updated_count": ("Mises à jour", "faits dont le contenu a changé"),
    "to_qualify_count": ("À qualifier", "un libellé attend son code"),
    "rejected_count": ("Rejetées", "à corriger, motifs dits"),
}
PREVIEW_ROWS = 8
MAX_HEADINGS = 20


def show(report: Any, *, visit: Visit, is_trial: bool) -> None:
    """Accounting, decisions, reasons; on a trial, the first facts as they will be stored.

    Args:
        report: What ``steps.try_out``, ``confirm``, ``qualify`` or ``correct`` gave.
        visit: The visit, for the labels of the types.
        is_trial: Whether nothing was written.
    """
    batch = report.batch
    c.key_figures([(label, number(getattr(batch, name)), basis, "") for name, (label, basis) in COUNTS.items()])
    c.html(Markup('<p class="o-said">{}</p>').format(accounting(batch, is_trial=is_trial)))
    for sentence in remarks(report):
        c.source(sentence)
    if len(report.reasons):
        rows = report.reasons.head(c.MAX_TABLE_ROWS).itertuples(index=False, name=None)
        c.table(["Colonne", "Motif", "Lignes"], rows, numeric=(2,), caption="Motifs")
    if is_trial and len(report.preview):
        rows = as_stored(visit, report.preview.head(PREVIEW_ROWS))
        c.table(
            list(rows),
            rows.to_numpy().tolist(),
            caption="Les premières lignes, telles qu’elles seront gardées",
        )


def accounting(batch: Any, *, is_trial: bool) -> str:
    """«Lignes lues : 120 = acceptées 100 + …»: every row is somewhere."""
    parts = " + ".join(f"{label.lower()} {number(getattr(batch, name))}" for name, (label, _) in COUNTS.items())
    said = f"Lignes lues\u00a0: {number(batch.read_count)} = {parts}."
    return f"{said} Rien n’est encore écrit." if is_trial else said


def remarks(report: Any) -> list[str]:
    """What was decided, left out or resolved, one French sentence each."""
    counted = {
        "Doublons exacts dans le fichier, comptés avec les déjà connues": report.duplicate_count,
        "Lignes qui attendaient déjà une correction": report.waiting_count,
        "Lignes en attente que ces données résolvent": report.resolved_count,
    }
    said = [*report.decisions]
    said += [f"{label}\u00a0: {number(count)}." for label, count in counted.items() if count]
    if report.ignored_headings:
        shown, hidden = report.ignored_headings[:MAX_HEADINGS], len(report.ignored_headings) - MAX_HEADINGS
        more = f" et {plural(hidden, 'autre')}" if hidden > 0 else ""
        said.append(f"Colonnes non reprises\u00a0: {', '.join(shown)}{more}.")
    if report.months:
        said.append(f"Mois couverts\u00a0: {month_ranges(report.months)}.")
    if report.silent_months:
        said.append(
            f"Mois sans fait, silencieux\u00a0: {month_ranges(report.silent_months)}. Si rien ne s’y est passé, "
            "dites-le dans le calendrier."
        )
    return said


def as_stored(visit: Visit, facts: pd.DataFrame) -> pd.DataFrame:
    """Facts under French headings, codes as their labels; columns that no row fills are left out."""
    labels = {ours: code_labels(visit, ours) for ours in [*LISTS, "type_code"]}
    columns: dict[str, list[str | None]] = {"Ligne": [str(line) for line in facts["line_number"]]}
    for ours, heading in REGISTER_COLUMNS.items():
        if ours in facts:
            columns[heading] = [_said(ours, value, labels.get(ours)) for value in facts[ours]]
    return pd.DataFrame({name: values for name, values in columns.items() if any(values)}, dtype=object)


def _said(ours: str, value: Any, labels: Mapping[str, str] | None) -> str | None:
    if value is None or pd.isna(value) or str(value) == "unknown":
        return None
    if labels is not None:
        return labels.get(str(value), str(value))
    if ours in {"start_minute", "end_minute"}:
        return time_label(int(value))
    return date_label(value) if isinstance(value, date) else _plain(value)


def _plain(value: Any) -> str:
    return number(value, 2 if value != int(value) else 0) if isinstance(value, int | float) else str(value)
