"""Territorial competence of police and gendarmerie: one service per commune (Ministère de l'Intérieur)."""

import re
from pathlib import Path

import pandas as pd

from lib.domain.vocabulary import Force
from lib.errors import LayoutError
from lib.ingest.official.tables import read_text_table, under_our_names

WHAT = "Compétence territoriale police-gendarmerie"
COLUMNS = {
    "commune_code": ("code_commune", "code_insee", "codgeo"),
    "commune_name": ("libelle_commune", "commune", "nom_commune"),
    "force": ("institution",),
    "district_name": ("service",),
}
# The words that open the name of a service, and the kind they tell; the first that fits wins.
KINDS = (
    ("Commissariat d'agglomération", "commissariat d'agglomération"),
    ("Commissariat de secteur", "commissariat de secteur"),
    ("Commissariat", "commissariat"),
    ("Gendarmerie - Brigade", "brigade"),
)
OTHER_KINDS = {Force.PN.value: "commissariat", Force.GN.value: "brigade"}


def read_competence(path: Path) -> pd.DataFrame:
    """The service of each commune, in the order of the file.

    Returns:
        ``commune_code, commune_name, force, district_name, district_kind``; the three last are None where the
        official file is blank. Apostrophes are straight, spaces single.

    Raises:
        FileError: If the file is not a table.
        LayoutError: If a column is absent, or the institution is neither PN nor GN.
    """
    rows = under_our_names(read_text_table(path), COLUMNS, what=WHAT).reset_index(drop=True)
    _refuse_foreign(rows["force"])
    is_blank = (rows["force"] == "") | (rows["district_name"] == "")
    services = pd.Series([normalised(name) for name in rows["district_name"]], dtype=object)
    kinds = [kind_of(service, force) for service, force in zip(services, rows["force"], strict=True)]
    return pd.DataFrame(
        {
            "commune_code": rows["commune_code"].str.zfill(5),
            "commune_name": rows["commune_name"].map(normalised),
            "force": rows["force"].where(~is_blank, None),
            "district_name": services.where(~is_blank, None),
            "district_kind": pd.Series(kinds, dtype=object).where(~is_blank, None),
        },
        dtype=object,
    )


def normalised(name: str) -> str:
    """A name with straight apostrophes and single spaces: the official file mixes both kinds."""
    return re.sub(r"\s+", " ", re.sub(r"[\u2018\u2019\u02bc\u00b4]", "'", name)).strip()


def kind_of(district_name: str, force: str) -> str | None:
    """Kind of a service, from the words its name opens with; None where there is no service."""
    found = next((kind for words, kind in KINDS if district_name.startswith(words)), None)
    return found or OTHER_KINDS.get(force)


def _refuse_foreign(forces: pd.Series) -> None:
    foreign = forces[~forces.isin(["PN", "GN", ""])]
    if not foreign.empty:
        raise LayoutError(
            f"{WHAT}\u00a0: institution «\u00a0{foreign.iloc[0]}\u00a0» inconnue (attendues\u00a0: PN, GN ou vide)."
        )
