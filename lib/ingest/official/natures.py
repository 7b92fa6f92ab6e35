"""What an official file is, told by its columns."""

from enum import StrEnum
from pathlib import Path

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from lib.errors import FileError, LayoutError
from lib.geo.layers import LAYER_SUFFIXES
from lib.ingest.official import communes, competence, qpv_figures, qpv_outlines, residences, ssmsi, ssmsi_communes
from lib.ingest.official.recorded_crime import sheets_of
from lib.ingest.official.tables import WORKBOOK_SUFFIXES, headings_of, listed, matched


class Nature(StrEnum):
    """Kinds of official files, by the word the command line knows them by."""

    QPV_OUTLINES = "contours-qpv"
    QPV_FIGURES = "chiffres-qpv"
    COMPETENCE = "competence"
    COMMUNES = "communes"
    SSMSI = "ssmsi"
    SSMSI_COMMUNES = "ssmsi-communes"
    RECORDED_CRIME = "etat-4001"


# From the most particular headings to the least: the first that fits wins.
LAYERS = ((Nature.QPV_OUTLINES, qpv_outlines.COLUMNS, ("commune_codes", "departement_code")),)
TABLES = (
    (Nature.COMPETENCE, competence.COLUMNS, ()),
    (Nature.QPV_FIGURES, qpv_figures.COLUMNS, ()),
    (Nature.SSMSI, ssmsi.COLUMNS, ()),
)
COMMUNES = ((Nature.COMMUNES, communes.COLUMNS, communes.OPTIONAL),)


def recognise(path: Path) -> Nature:
    """The nature of a territory file.

    Raises:
        FileError: If the file does not exist or cannot be opened.
        LayoutError: If its columns are those of no known file; the sentence names them.
    """
    if not path.is_file():
        raise FileError(f"«\u00a0{path.name}\u00a0» est introuvable.")
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES and sheets_of(path):
        return Nature.RECORDED_CRIME
    is_layer = suffix in LAYER_SUFFIXES
    columns = columns_of_layer(path) if is_layer else headings_of(path)
    if not is_layer and ssmsi_communes.is_communal(columns):
        return Nature.SSMSI_COMMUNES
    for nature, wanted, optional in (LAYERS if is_layer else TABLES) + COMMUNES:
        if _fits(columns, wanted, optional):
            return nature
    raise LayoutError(
        f"«\u00a0{path.name}\u00a0» n’est pas un fichier officiel connu\u00a0; colonnes trouvées\u00a0: "
        f"{listed(columns)}\u00a0; natures attendues (--nature)\u00a0: {', '.join(Nature)}."
    )


def is_rpls(path: Path) -> bool:
    """Whether a layer has the columns of the RPLS points."""
    return path.suffix.lower() in LAYER_SUFFIXES and _fits(columns_of_layer(path), residences.RPLS_COLUMNS, ())


def columns_of_layer(path: Path) -> list[str]:
    """Names of the attributes of a layer.

    Raises:
        FileError: If the file is not a layer.
    """
    try:
        return [str(name) for name in pyogrio.read_info(path)["fields"]]
    except (DataSourceError, DataLayerError) as error:
        raise FileError(f"«\u00a0{path.name}\u00a0» n’est pas une couche géographique lisible.") from error


def _fits(columns: list[str], wanted: dict, optional: tuple[str, ...]) -> bool:
    try:
        matched(columns, wanted, what="", optional=optional)
    except LayoutError:
        return False
    return True
