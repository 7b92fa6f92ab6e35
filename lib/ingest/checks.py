"""State of a store: what to look at, how many, what to do."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from lib.domain.vocabulary import QpvStatus
from lib.geo.coordinates import in_france
from lib.store import checks, housing


class Check(NamedTuple):
    """One verification: what is counted, how many were found, and what to do about them (French)."""

    label: str
    count: int
    advice: str


def checks_of(connection: Connection) -> list[Check]:
    """Every verification in a fixed order; a count of 0 means nothing to do."""
    residences = housing.residences(connection)
    return [
        Check(
            "Faits ou résidences orphelins",
            checks.orphan_count(connection),
            "Base altérée hors de l’observatoire\u00a0: restaurez la dernière sauvegarde.",
        ),
        *_place_checks(residences),
        Check(
            "Résidences rattachées à un service fermé",
            checks.closed_service_count(connection),
            "Importez le tableau de compétence en vigueur.",
        ),
        *_code_checks(connection),
        *_territory_checks(connection),
        Check(
            "Résidences dont aucun registre ne parle (couverture)",
            checks.silent_residence_count(connection),
            "Demandez au bailleur son registre, ou la mention «\u00a0rien à signaler\u00a0».",
        ),
    ]


def _place_checks(residences: pd.DataFrame) -> list[Check]:
    longitude, latitude = residences["longitude"].to_numpy(float), residences["latitude"].to_numpy(float)
    has_place = ~np.isnan(longitude) & ~np.isnan(latitude)
    is_unknown = residences["qpv_2024_status"] == QpvStatus.UNKNOWN
    return [
        Check(
            "Résidences placées hors de France",
            int((has_place & ~in_france(longitude, latitude)).sum()),
            "Corrigez les coordonnées dans la liste du bailleur, puis réimportez-la.",
        ),
        Check(
            "Résidences sans commune",
            int(residences["commune_code"].isna().sum()),
            "Ajoutez le code Insee de la commune dans la liste du bailleur.",
        ),
        Check(
            "Résidences sans service (service non renseigné)",
            int(residences["district_id"].isna().sum()),
            "Importez le tableau de compétence de leur département.",
        ),
        Check(
            "Résidences sans situation QPV 2024",
            int(is_unknown.sum()),
            "Complétez leurs coordonnées, ou importez les contours des QPV 2024.",
        ),
    ]


def _code_checks(connection: Connection) -> list[Check]:
    return [
        Check(
            "Références de résidence en double (casse, espaces)",
            checks.repeated_reference_count(connection),
            "Choisissez une écriture avec le bailleur\u00a0: les faits sont répartis entre les deux.",
        ),
        Check(
            "Services en double (casse, espaces, tirets)",
            checks.repeated_service_count(connection),
            "Corrigez le nom dans le tableau de compétence, puis réimportez-le.",
        ),
    ]


def _territory_checks(connection: Connection) -> list[Check]:
    return [
        Check(
            "QPV sans contour",
            checks.qpv_without_outline_count(connection),
            "Importez une couche plus précise\u00a0: aucune résidence ne peut y être placée.",
        ),
        Check(
            "Communes sans service",
            checks.commune_without_service_count(connection),
            "Trou du tableau officiel, ou département non chargé\u00a0: complétez le tableau de compétence.",
        ),
    ]
