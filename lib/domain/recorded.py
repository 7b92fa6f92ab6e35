"""Recorded crime beside the facts of landlords: states of a cell, ties between services, indexes that compare."""

from enum import StrEnum
from typing import NamedTuple


class Cell(StrEnum):
    """What an official table says of one year."""

    VALUE = "value"
    ZERO = "zero"
    HIDDEN = "hidden"
    ABSENT = "absent"


class Tie(StrEnum):
    """How a service of the état 4001 answers for a service of today, over some years.

    EXACT: the same communes, as far as a published text or the name itself says. NAME: the same name, communes of the
    time unknown. PART: some of the communes; what several parts recorded in a year is added. WIDER: a company of
    gendarmerie, of several brigades. DEPARTEMENT: a brigade whose company is not established, given all companies of
    its département. NONE: no tie, or counts that are not taken up, for the reason said.
    """

    EXACT = "exact"
    NAME = "name"
    PART = "part"
    WIDER = "wider"
    DEPARTEMENT = "departement"
    NONE = "none"


# The services whose counts are read as those of the service of today.
SAME_SERVICE = frozenset({Tie.EXACT, Tie.NAME})


class Index(NamedTuple):
    """An index of the état 4001 that compares with one of our types, by the class its type has.

    Attributes:
        code: Of the 107.
        label: Official label, its typing errors corrected.
        ssmsi_class: As the nomenclature of types writes it.
        comparability: ``direct``, ``partial`` or ``thematic``: never better than that of the class.
        unit: What is counted. The workbook does not say it; the ministry does for 56 and 57, and warns that units
            differ from index to index: no two indexes are added, even within a class.
        why: What the index holds that our types do not, or the reverse.
        is_main: Whether it is drawn, one for each class; the others are in the table.
    """

    code: str
    label: str
    ssmsi_class: str
    comparability: str
    unit: str
    why: str
    is_main: bool = False


_FACTS, _AUTHORS = "faits constatés", "auteurs"
_VIOLENCE, _ROBBERY = "Violences physiques hors cadre familial", "Vols violents sans arme"
_BURGLARY, _DAMAGE = "Cambriolages de logement", "Destructions et dégradations volontaires"
_DEALING, _USE = "Trafic de stupéfiants", "Usage de stupéfiants"
_FIRES = "En tous lieux, résidences ou non."
_POLICE_WORK = "Mesure l’activité des services\u00a0: une hausse peut venir de davantage de contrôles."
INDEXES = (
    Index(
        "7",
        "Autres coups et blessures volontaires criminels ou correctionnels",
        _VIOLENCE,
        "partial",
        _FACTS,
        "Comprend les violences dans la famille, que l’index ne sépare pas.",
        is_main=True,
    ),
    Index(
        "24",
        "Vols violents sans arme contre des particuliers à leur domicile",
        _ROBBERY,
        "partial",
        _FACTS,
        "Tous les domiciles, en résidence ou non.",
    ),
    Index(
        "25",
        "Vols violents sans arme contre des femmes sur voie publique ou autre lieu public",
        _ROBBERY,
        "partial",
        _FACTS,
        "Lieux publics\u00a0: les abords d’une résidence n’en sont qu’une part.",
    ),
    Index(
        "26",
        "Vols violents sans arme contre d’autres victimes",
        _ROBBERY,
        "partial",
        _FACTS,
        "Lieux publics\u00a0: les abords d’une résidence n’en sont qu’une part.",
        is_main=True,
    ),
    Index(
        "27",
        "Cambriolages de locaux d’habitation principale",
        _BURGLARY,
        "direct",
        _FACTS,
        "Résidences secondaires (index 28) laissées de côté\u00a0: un logement social est une résidence principale.",
        is_main=True,
    ),
    Index("62", "Incendies volontaires de biens publics", _DAMAGE, "partial", _FACTS, _FIRES),
    Index("63", "Incendies volontaires de biens privés", _DAMAGE, "partial", _FACTS, _FIRES),
    Index(
        "66",
        "Autres destructions et dégradations de biens publics",
        _DAMAGE,
        "partial",
        _FACTS,
        "Délits seuls\u00a0: un dommage léger ou un tag est souvent une contravention, absente de l’état 4001.",
    ),
    Index(
        "67",
        "Autres destructions et dégradations de biens privés",
        _DAMAGE,
        "partial",
        _FACTS,
        "Délits seuls\u00a0: un dommage léger ou un tag est souvent une contravention, absente de l’état 4001.",
        is_main=True,
    ),
    Index(
        "68",
        "Destructions et dégradations de véhicules privés",
        _DAMAGE,
        "partial",
        _FACTS,
        "Voie publique comprise.",
    ),
    Index(
        "55", "Trafic et revente sans usage de stupéfiants", _DEALING, "thematic", _FACTS, _POLICE_WORK, is_main=True
    ),
    Index("56", "Usage-revente de stupéfiants", _DEALING, "thematic", _AUTHORS, _POLICE_WORK),
    Index(
        "57",
        "Usage de stupéfiants",
        _USE,
        "thematic",
        _AUTHORS,
        f"{_POLICE_WORK} Amendes forfaitaires comprises depuis 2020.",
        is_main=True,
    ),
)
# Labels of earlier editions, for the classes whose name has changed; editions are never joined into one series.
EARLIER_LABELS = {
    _VIOLENCE: ("Autres coups et blessures volontaires",),
    "Violences physiques intrafamiliales": ("Coups et blessures volontaires intrafamiliaux",),
}
# What the bases of the SSMSI count, in the plural; the tables write it with a capital or without.
UNITS = {
    "victime": "victimes",
    "victime entendue": "victimes entendues",
    "infraction": "infractions",
    "véhicule": "véhicules",
    "mis en cause": "mis en cause",
}
