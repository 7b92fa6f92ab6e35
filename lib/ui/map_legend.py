"""The legend of the map: classes with unit and period, the states that are not classes, the symbols and the lines."""

from collections.abc import Sequence

from markupsafe import Markup

from lib.domain.labels import years_label
from lib.figures.tokens import DIVERGING, RAMP
from lib.maps.scene import SHARES, Measure, legend_labels
from lib.snapshot.places import Level
from lib.ui import components as c
from lib.ui import layers
from lib.ui.filters import period_words
from lib.ui.map_state import LEVELS, MapState
from lib.ui.session import Visit

UNITS = {
    Measure.FACTS: "faits recensés",
    Measure.RATE: "faits pour 1\u00a0000 logements et par an, lissés",
    Measure.SEVERITY: "indice de gravité pour 1\u00a0000 logements et par an, lissé",
    Measure.CHANGE: "évolution du nombre de faits, à logements déclarants égaux",
    Measure.COMPLAINTS: "plaintes déposées pour 100 faits susceptibles de plainte",
    Measure.STAFF: "faits visant le personnel pour 100 faits recensés",
}
STATE = Markup('<li><i class="{}"></i>{}</li>')
SYMBOLS = [
    Markup('<li><i style="{}"></i>{}</li>').format(style, words)
    for style, words in (
        ("background:#fff;border-radius:.45rem", "groupe de résidences et somme de leurs faits"),
        ("background:#fff;width:.9rem", "une résidence"),
    )
]
# As ``polygons.js`` draws them: the last, where the two forces meet, is a long dash and a short one.
LIMITS = {
    kind: Markup('<li><i style="box-shadow:none;{}"></i>{}</li>').format(style, words)
    for kind, style, words in (
        ("PN", "height:0;border-top:2px solid currentColor", "limite de la police"),
        ("GN", "height:0;border-top:2px dashed currentColor", "limite de la gendarmerie"),
        (
            "PN-GN",
            "height:2.4px;background:linear-gradient(90deg,currentColor 13px,transparent 0 17px,currentColor 0 19px,"
            "transparent 0)",
            "limite entre police et gendarmerie",
        ),
    )
}
FEW = "Sous dix faits, l’effectif est insuffisant pour une part."
READINGS = {
    Measure.FACTS: "La couleur compte les faits",
    Measure.RATE: "La couleur est le taux lissé, rapproché de l’ensemble quand le lieu est petit\u00a0; un lieu est "
    "au-dessus de l’ensemble quand tout son intervalle à 95\u00a0% l’est",
    Measure.SEVERITY: "Un fait pèse 1, 2, 5 ou 10 selon sa gravité\u00a0; l’indice est lissé comme un taux",
    Measure.CHANGE: "Seules les évolutions significatives sont colorées\u00a0; au départ, il faut au moins dix faits",
    Measure.COMPLAINTS: "Un fait susceptible de plainte est de gravité 2 au moins, ou d’un type qui peut en donner une",
    Measure.STAFF: "Les faits visant le personnel sont ceux de la famille «\u00a0Personnels\u00a0»",
}


def classes(state: MapState, breaks: Sequence[int]) -> None:
    """Classes and states of the polygons; at level RESIDENCE there are none.

    Args:
        state: Level, measure and months shown.
        breaks: Bounds of the classes of the measure.
    """
    if state.level != Level.RESIDENCE:
        colours = (*DIVERGING[:2], *DIVERGING[3:]) if state.measure == Measure.CHANGE else RAMP
        labels = legend_labels(state.measure, breaks)
        keys = [_key(colour, label) for colour, label in zip(colours, labels, strict=False)]
        empty = [] if state.level == Level.QPV else [STATE.format("sr", "aucune résidence dans la sélection")]
        _block(_heading(state), [*keys, *_states(state.measure), *empty])


def symbols(visit: Visit, state: MapState) -> None:
    """Symbols of the residences and limits of the services, those that are drawn."""
    drawn = layers.limits(visit.snapshot)
    lines = [key for kind, key in LIMITS.items() if kind in drawn]
    _block(f"Symboles\u00a0: faits recensés, {period_words(state.shown.period)}", [*SYMBOLS, *lines])


def _heading(state: MapState) -> str:
    """«QPV 2024 : faits pour 1 000 logements et par an, lissés, 12 mois jusqu’au 31 octobre 2026»."""
    level, measure, shown = state.level, state.measure, state.shown
    places = f"{LEVELS[level].label} {shown.qpv_generation}" if level == Level.QPV else LEVELS[level].label
    by_year = ", ramenés à douze mois" if measure == Measure.FACTS and shown.period.month_count != 12 else ""
    past = f" contre {years_label(shown.years_apart)} plus tôt" if measure == Measure.CHANGE else ""
    return f"{places}\u00a0: {UNITS[measure]}{by_year}, {period_words(shown.period)}{past}"


def _key(colour: str, label: str) -> Markup:
    return Markup('<li><i style="background:{}"></i>{}</li>').format(colour, label)


def _states(measure: Measure) -> list[Markup]:
    """What is drawn without a class, each with its words."""
    hidden = STATE.format("nd", "non diffusé")
    if measure == Measure.CHANGE:
        grey = _key(DIVERGING[2], "non significatif ou effectif insuffisant")
        return [grey, STATE.format("sd", "sans comparaison"), hidden]
    if measure in SHARES:
        return [
            STATE.format("z", "zéro"),
            STATE.format("sd", "effectif insuffisant ou sans déclaration"),
            hidden,
        ]
    return [STATE.format("z", "aucun fait"), STATE.format("sd", "aucune déclaration"), hidden]


def _block(title: str, keys: Sequence[Markup]) -> None:
    c.html(Markup('<div class="o-leg"><b>{}</b><ul>{}</ul></div>').format(title, Markup("").join(keys)))


def reading(state: MapState) -> None:
    """What the colours of this measure mean."""
    if state.level == Level.RESIDENCE:
        c.reading("La couleur ne dit rien ici\u00a0: les étiquettes comptent les faits, le tableau donne la mesure.")
    else:
        few = f"{FEW} " if state.measure in SHARES else ""
        c.reading(f"{READINGS[state.measure]}. {few}Les bornes ne changent ni avec la période ni avec les filtres.")
