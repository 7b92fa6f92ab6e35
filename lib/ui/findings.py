"""Sentences that state what the tests found: titles of pages, never more than was tested."""

from collections.abc import Iterable

import pandas as pd

from lib.analysis.concentration import places_holding
from lib.analysis.trends import Verdict
from lib.domain.labels import change, number, percent, plural, quoted, shift, years_label
from lib.domain.period import Period
from lib.domain.terms import FAMILY_SUBJECTS


def change_words(row) -> str:
    """«+23 %, significatif», «non significatif», «3 → 7» on a small base."""
    if row.verdict in {Verdict.RISE, Verdict.FALL}:
        return f"{change(row.year_on_year_ratio)}, significatif"
    if row.verdict == Verdict.FLAT:
        return "non significatif"
    if row.verdict == Verdict.FEW:
        return shift(row.previous_incident_count, row.incident_count)
    return "sans comparaison"


def whole_title(whole, families: Iterable, types: Iterable, period: Period, *, is_partial: bool = False) -> str:
    """What changed most among the families, else among the types, or that nothing did.

    Args:
        whole: Row of ``analysis.comparison.whole_compared``.
        families: Rows of ``analysis.comparison.compared`` by family.
        types: The same by type.
        period: The period compared with the year before.
        is_partial: Whether some types or severities only were asked: their family as a whole may not be named.
    """
    rows = [] if is_partial else list(families)
    moves = _moves(rows, Verdict.RISE, "augmentent") + _moves(rows, Verdict.FALL, "reculent")
    if moves:
        said = ", ".join(moves)
        return said[0].upper() + said[1:]
    detailed = [] if is_partial else list(types)
    moved = _largest(detailed, Verdict.RISE) + _largest(detailed, Verdict.FALL)
    if moved and whole.verdict == Verdict.FLAT:
        said = ", ".join(f"{quoted(row.type_label)}\u00a0: {change(row.year_on_year_ratio)}" for row in moved)
        return f"{said} en {years_label(period.years_apart)}, aucune famille n’évolue significativement"
    count = f"{plural(int(whole.incident_count), 'fait recensé', 'faits recensés')} en {period.month_count} mois"
    if whole.verdict in {Verdict.RISE, Verdict.FALL}:
        return f"{count}, {change(whole.year_on_year_ratio)} en {years_label(period.years_apart)}"
    if whole.verdict == Verdict.FLAT:
        return f"{count}, évolution non significative"
    return f"{count}, sans comparaison possible avec la période précédente"


def _moves(rows: list, verdict: Verdict, verb: str) -> list[str]:
    return [
        f"{FAMILY_SUBJECTS[row.family_code]} {verb} de {percent(abs(100 * (row.year_on_year_ratio - 1)))}"
        for row in _largest(rows, verdict)
    ]


def _largest(rows: list, verdict: Verdict) -> list:
    """The row of this verdict whose number of facts moved most, if there is one."""
    moved = [row for row in rows if row.verdict == verdict]
    return sorted(moved, key=lambda row: -abs(row.incident_count - row.previous_incident_count))[:1]


def concentration_title(qpv_counts: pd.Series, residence_counts: pd.Series, *, has_qpvs: bool = True) -> str:
    """«5 QPV sur 22 concentrent la moitié des faits recensés en QPV»; without a fact in a QPV, what residences have.

    Args:
        qpv_counts: Facts of each QPV of the selection.
        residence_counts: Facts of each residence of the selection.
        has_qpvs: Whether the store knows any QPV: without them nothing is said to be outside.
    """
    holding, total = places_holding(qpv_counts), len(qpv_counts)
    if not holding:
        facts = plural(int(residence_counts.sum()), "fait recensé", "faits recensés")
        said = f"{facts} dans {plural(int((residence_counts > 0).sum()), 'résidence')}"
        if not has_qpvs:
            return f"{said}, quartiers prioritaires non importés"
        return f"{said}, aucune en quartier prioritaire"
    verb = "concentrent" if holding > 1 else "concentre"
    return f"{number(holding)} QPV sur {number(total)} {verb} la moitié des faits recensés en QPV"
