"""Blocks of the profile of a place: facts that follow each other, surroundings that stand out, its own map."""

import geopandas as gpd
import pandas as pd
import streamlit as st

from lib.analysis.hot_spots import MIN_PLACES, HotSpot
from lib.analysis.near_repeat import FOLLOW_DAYS, Delay, FollowUps, NearRepeat, Proximity
from lib.analysis.trends import MIN_BASE_COUNT, Verdict
from lib.domain.labels import MISSING, date_label, number, plural, share
from lib.figures.place_map import place_map, place_map_alt
from lib.figures.template import CONFIG
from lib.figures.tokens import tokens
from lib.geo.coordinates import LAMBERT_93, to_lambert_93
from lib.snapshot import territories
from lib.ui import components as c
from lib.ui.drilldown import PAGE, Place, Step
from lib.ui.links import href
from lib.ui.marks import Text
from lib.ui.notes import under
from lib.ui.profile import recurrence, surroundings
from lib.ui.projection import text_px
from lib.ui.session import Visit

TAB = "Profil du lieu"
OF_PROFILE = frozenset({Step.DISTRICT, Step.QPV, Step.COMMUNE, Step.RESIDENCE})
SIGNIFICANT = 0.05
MAX_LISTED = 12
PROXIMITIES = {
    Proximity.SAME_HALL: "Même hall",
    Proximity.SAME_RESIDENCE: "Même résidence, autre hall",
    Proximity.UNDER_200_M: "Résidences à moins de 200 m",
    Proximity.UNDER_400_M: "Résidences de 200 à 400 m",
}
# What a fact is followed by, in ``NearRepeat``.
FOLLOWED = {
    "in_hall": "Dans le même hall",
    "of_type": "Du même type, à la même résidence",
    "at_residence": "De toute nature, à la même résidence",
}
DELAYS = {Delay.WEEK: "0 à 7 jours", Delay.FORTNIGHT: "8 à 14 jours", Delay.MONTH: "15 à 30 jours"}


def repeats(visit: Visit, place: Place) -> None:
    """Whether a fact is soon followed by another, at the same place or beside it, beyond chance."""
    residences = (int(place.key),) if place.step == Step.RESIDENCE and place.key is not None else ()
    found = visit.ask(recurrence, chosen=place.around or place.chosen, residence_ids=residences)
    c.section("Récurrence", f"Un autre fait au même endroit dans les {FOLLOW_DAYS} jours")
    c.findings(repeat_words(getattr(found, name), words) for name, words in FOLLOWED.items())
    lines = [[words, *(_cell(found, proximity, delay) for delay in DELAYS)] for proximity, words in PROXIMITIES.items()]
    c.table(["Paires de faits", *DELAYS.values()], lines)
    c.reading(
        "Chaque case compare les paires recensées à celles que donneraient les mêmes faits à des dates tirées au "
        "hasard. Une vraie répétition s’estompe avec le délai\u00a0; un excès égal partout vient d’une tendance."
    )
    c.source(left_out_words(found, "du lieu" if place.around is None else "du quartier ou de la commune"))
    under("recurrence", "recurrence")


def repeat_words(told: FollowUps, where: str) -> Text:
    """«Dans le même hall : 34 % (34 sur 100), pour 21 % (18 à 24 %) au hasard des dates»."""
    if not told.watched_count:
        return c.verdict(Verdict.FEW, f"{where}\u00a0: aucun fait daté au jour dont on connaisse la suite")
    counts = f"{number(told.followed_count)} sur {number(told.watched_count)}"
    is_told = told.watched_count >= MIN_BASE_COUNT
    said = f"{where}\u00a0: {share(told.followed_share)} ({counts})" if is_told else f"{where}\u00a0: {counts}"
    if pd.isna(told.chance_share):
        return c.verdict(Verdict.FEW, f"{said}, rien à quoi le comparer")
    low, high = number(100 * told.chance_low), share(told.chance_high)
    is_beyond = told.p_value <= SIGNIFICANT
    verdict = "au-delà du hasard" if is_beyond else "peut tenir au hasard"
    chance = f"pour {share(told.chance_share)} ({low} à {high}) au hasard des dates"
    return c.verdict(Verdict.RISE if is_beyond else Verdict.FLAT, f"{said}, {chance}\u00a0: {verdict}")


def _cell(found: NearRepeat, proximity: Proximity, delay: Delay) -> object:
    rows = found.table[(found.table["proximity"] == proximity) & (found.table["delay"] == delay)]
    row = rows.iloc[0]
    if pd.isna(row["ratio"]):
        return c.NONE
    mark = ", significatif" if row["adjusted_p_value"] <= SIGNIFICANT and row["ratio"] > 1 else ""
    pairs = f"{plural(int(row['observed_count']), 'paire')} pour {number(row['expected_count'], 1)}"
    return c.two_lines(f"{number(row['ratio'], 2)}\u00a0fois{mark}", pairs)


def left_out_words(found: NearRepeat, where: str) -> str:
    """What the computation could not use."""
    parts = [
        (found.undated_count, "fait sans jour sûr", "faits sans jour sûr"),
        (found.duplicate_count, "double inscription d’un même fait", "doubles inscriptions d’un même fait"),
        (
            found.older_count,
            "fait plus ancien que les 5\u00a0000 derniers",
            "faits plus anciens que les 5\u00a0000 derniers",
        ),
        (found.unplaced_count, "fait sans position", "faits sans position"),
    ]
    said = ", ".join(plural(count, one, several) for count, one, several in parts if count)
    counted = plural(found.fact_count, f"fait {where} compté", f"faits {where} comptés")
    since = "" if found.since is None else f" depuis le {date_label(found.since)}"
    return f"{counted}{since}. Laissés de côté ou sans voisinage\u00a0: {said or 'aucun'}."


def hot(visit: Visit, place: Place) -> None:
    """The residences of the place on their own map, those whose surroundings stand out, and their list."""
    rows, found = visit.ask(surroundings, chosen=place.around or place.chosen)
    east, north = to_lambert_93(rows["longitude"], rows["latitude"])
    placed = rows.assign(x_m=east, y_m=north, hot_spot=found.places["hot_spot"].to_numpy())
    located = placed[placed["x_m"].notna()]
    c.section("Résidences et alentours", "Taux lissé de chaque résidence et de ses 8 voisines à moins de 500 m")
    if located.empty:
        c.source("Aucune résidence de ce lieu n’a de position connue\u00a0: elles sont listées dans la fiche.")
        return
    outlines = _outlines(visit, located)
    named = int(place.key) if place.step == Step.RESIDENCE and place.key is not None else None
    chart = place_map(located, outlines, tokens(st.context.theme.type), named=named, size=text_px())
    st.plotly_chart(chart, theme=None, config=CONFIG, alt=place_map_alt(located), key="carte-du-lieu")
    if found.is_too_few:
        c.source(
            f"{plural(found.place_count, 'résidence')} avec un taux\u00a0: trop peu de résidences pour dire que des "
            f"alentours se distinguent du hasard ({MIN_PLACES} au moins)."
        )
    else:
        _listed(placed[placed["hot_spot"] == HotSpot.HOT])
        c.reading(
            "Un carré signale une résidence dont les alentours ont un taux plus haut que le hasard ne l’explique, à "
            "5\u00a0% de fausses alertes. C’est un point chaud de déclarations\u00a0: un bailleur peut mieux déclarer."
        )
    under("points-chauds", "points-chauds")


def _listed(rows: pd.DataFrame) -> None:
    if rows.empty:
        c.source("Aucune résidence n’a d’alentours plus touchés que le hasard ne l’explique.")
        return
    rows = rows.sort_values("shrunk_rate_per_1000_dwellings", ascending=False)
    lines = [
        [
            c.link_cell(row.place_name, href(PAGE, residence=int(row.place_key))),
            int(row.incident_count),
            number(row.shrunk_rate_per_1000_dwellings) if pd.notna(row.shrunk_rate_per_1000_dwellings) else MISSING,
        ]
        for row in rows.head(MAX_LISTED).itertuples()
    ]
    caption = f"{plural(len(rows), 'résidence')} aux alentours plus touchés que le hasard ne l’explique"
    c.table(["Résidence", "Faits", "Taux lissé pour 1\u00a0000"], lines, numeric=(1, 2), caption=caption)


def _outlines(visit: Visit, located: pd.DataFrame) -> list:
    """Outlines of the communes the residences lie in, in metres."""
    communes = visit.ask_store(territories.communes)
    points = gpd.GeoSeries.from_xy(located["longitude"], located["latitude"], crs=communes.crs)
    inside = communes[communes.geometry.notna() & communes.intersects(points.union_all())]
    return list(inside.geometry.to_crs(LAMBERT_93))


def profile(visit: Visit, place: Place) -> None:
    """The tab: the map of the place, and beside it what repeats itself there."""
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        hot(visit, place)
    with right:
        repeats(visit, place)
