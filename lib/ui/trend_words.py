"""Sentences of the trends page: what the tests found, what they did not, what cannot be said."""

from collections.abc import Callable

import pandas as pd
from markupsafe import Markup

from lib.analysis.overview import Overview
from lib.analysis.trends import Verdict
from lib.domain.labels import change, plural, quoted, share, shift
from lib.ui import components as c
from lib.ui.findings import change_words
from lib.ui.marks import Text

MAX_SAID = 3  # changes named of each kind
NOTABLE_SHIFT = 4  # facts more or less, from which a change on a small base is named


def headlines(told: Overview, address: Callable[[str], str]) -> list[Text]:
    """The whole, the types that rose and fell most, one that cannot be judged, and how many did not move.

    Args:
        told: Of the selection; families are left to the title of the page.
        address: Of the page narrowed to a type, by its label.
    """
    types = told.types
    rises, falls = (_moved(types, verdict) for verdict in (Verdict.RISE, Verdict.FALL))
    said = [_line(told.whole["verdict"], f"Ensemble des faits\u00a0: {_whole_words(told.whole)}")]
    for verdict, rows in ((Verdict.RISE, rises), (Verdict.FALL, falls)):
        for row in rows.head(MAX_SAID).itertuples():
            words = f"{_counts(row)}, {change(row.year_on_year_ratio)}, significatif"
            said.append(_line(verdict, _about(row.type_label, words, address)))
    unnamed = sum(max(0, len(rows) - MAX_SAID) for rows in (rises, falls))
    if unnamed:
        said.append(
            _line(Verdict.FLAT, plural(unnamed, "autre évolution significative", "autres évolutions significatives"))
        )
    for row in _unjudged(types).head(1).itertuples():
        words = f"{_counts(row)}, effectif insuffisant pour conclure"
        said.append(_line(Verdict.FEW, _about(row.type_label, words, address)))
    flat = int((types["verdict"] == Verdict.FLAT).sum())
    if flat:
        said.append(_line(Verdict.FLAT, f"{plural(flat, 'type')}\u00a0: évolution non significative"))
    return said


def types_title(family: str, verdicts: pd.Series) -> str:
    """«Biens : 2 types en hausse significative, 1 en baisse, sur 6»; or that none moved.

    Args:
        family: Its short name.
        verdicts: Of its types.
    """
    rises, falls = (int((verdicts == verdict).sum()) for verdict in (Verdict.RISE, Verdict.FALL))
    if not rises + falls:
        return f"{family}\u00a0: aucun type en évolution significative, sur {len(verdicts)}"
    if not rises:
        return f"{family}\u00a0: {plural(falls, 'type')} en baisse significative, sur {len(verdicts)}"
    also = f", {falls} en baisse" if falls else ""
    return f"{family}\u00a0: {plural(rises, 'type')} en hausse significative{also}, sur {len(verdicts)}"


def panel_words(inside: pd.Series, outside: pd.Series) -> str:
    """What the constant panel keeps, and what it changes.

    Args:
        inside: ``Overview.whole`` with the panel.
        outside: The same without it.
    """
    kept, told = inside["reporting_dwelling_months"], outside["reporting_dwelling_months"]
    part = share(kept / told) if told else "aucun"
    before, after = change_words(outside), change_words(inside)
    effect = (
        f"le verdict reste «\u00a0{after}\u00a0»"
        if before == after
        else f"l’ensemble des faits passe de «\u00a0{before}\u00a0» à «\u00a0{after}\u00a0»"
    )
    return (
        "Panel constant\u00a0: seuls comptent les mois que chaque résidence a déclarés les deux années, soit "
        f"{part} de ce que les bailleurs ont déclaré sur la période\u00a0; {effect}."
    )


def _whole_words(whole: pd.Series) -> str:
    words = {
        Verdict.RISE: f"{change(whole['year_on_year_ratio'])}, hausse significative",
        Verdict.FALL: f"{change(whole['year_on_year_ratio'])}, baisse significative",
        Verdict.FLAT: "évolution non significative",
        Verdict.FEW: "effectif insuffisant pour conclure",
    }
    return f"{_counts(whole)}, {words.get(whole['verdict'], 'sans comparaison possible')}"


def _counts(row) -> str:
    return shift(row.previous_incident_count, row.incident_count)


def _about(label: str, words: str, address: Callable[[str], str]) -> Markup:
    return Markup("<span>{}\u00a0: {}</span>").format(c.link_cell(quoted(label), address(label)), words)


def _line(verdict: Verdict, text: Text) -> Markup:
    return c.verdict(str(Verdict.FEW if verdict == Verdict.UNKNOWN else verdict), text)


def _moved(types: pd.DataFrame, verdict: Verdict) -> pd.DataFrame:
    """Types of this verdict, those whose number of facts moved most first."""
    rows = types[types["verdict"] == verdict]
    return rows.iloc[(rows["previous_incident_count"] - rows["incident_count"]).abs().argsort()[::-1]]


def _unjudged(types: pd.DataFrame) -> pd.DataFrame:
    """Types on too small a base that moved by a few facts, most moved first."""
    rows = _moved(types, Verdict.FEW)
    return rows[(rows["incident_count"] - rows["previous_incident_count"]).abs() >= NOTABLE_SHIFT]
