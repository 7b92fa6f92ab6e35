"""Tendances: what rises, what falls, what cannot be said; then where and when."""

import streamlit as st

from lib.ui import blocks, trend_alerts, trend_blocks, trend_places
from lib.ui import components as c
from lib.ui.findings import whole_title
from lib.ui.links import href
from lib.ui.panel import effect, panel_visit
from lib.ui.selection import selection
from lib.ui.session import require
from lib.ui.trend_words import headlines

visit = require("tendances")
blocks.stop_if_empty(visit)
head = st.container()
shown = panel_visit(visit)
with head:
    selected = selection(shown)
    told = selected.overview
    families, types = told.families.itertuples(), told.types.itertuples()
    title = whole_title(told.whole, families, types, visit.period, is_partial=visit.is_partial)
    blocks.head(shown, title, selection(visit).figures)
    findings = st.empty()
said = headlines(told, lambda label: href("tendances", types=label))
with findings:
    c.findings(said)
c.source("Évolutions à logements déclarants égaux\u00a0: elles peuvent différer du simple rapport des deux nombres.")
effect(visit, shown, selected)
changes, details, beyond, moments, places = st.tabs(
    ["Évolutions", "Types", trend_alerts.TAB, "Heures", "Lieux"], key="onglet", bind="query-params"
)
with changes:
    if changes.open:
        trend_blocks.families(shown, selected)
        trend_blocks.coverage(visit)
        trend_blocks.compared(shown, selected)
        trend_blocks.background(visit)
        trend_blocks.violence(visit)
with details:
    if details.open:
        trend_blocks.types(shown, selected)
with beyond:
    if beyond.open:
        trend_alerts.watch(visit)
with moments:
    if moments.open:
        trend_places.hours(visit)
with places:
    if places.open:
        trend_places.concentrated(visit)
        trend_places.by_size(visit)
blocks.source(visit)
alerts = trend_alerts.headline(visit)  # half a second on a large store: after what the visitor came for
if alerts:
    with findings:
        c.findings([*said, *alerts])
