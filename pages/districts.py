"""Circonscriptions: services, then one service, its quarters and communes, their residences, the facts of one."""

import streamlit as st

from lib.snapshot.places import Level
from lib.ui import blocks, district_blocks, home_blocks
from lib.ui import components as c
from lib.ui.drilldown import place_of
from lib.ui.selection import selection
from lib.ui.session import require

visit = require("circonscriptions")
blocks.stop_if_empty(visit)
place = place_of(visit)
selected = selection(visit, place.chosen, crumbs=place.crumbs)
told = selected.overview
months = visit.period.month_count
services = district_blocks.named_services(visit) if place.level == Level.ALL else None
if services is None:
    title = district_blocks.place_title(place, told.whole, months)
else:
    title = district_blocks.services_title(services)
blocks.head(
    visit,
    title,
    selected.figures,
    crumbs=place.crumbs,
    mark=c.force(place.force) if place.force else "",
)
home_blocks.key_figures(told, months)
if services is not None:
    district_blocks.services(visit, services)
elif place.level == Level.DISTRICT:
    left, right = st.columns([1.7, 1], gap="large")
    with left:
        district_blocks.quarters(visit, place)
        district_blocks.communes(visit, place)
    with right:
        district_blocks.families(told)
        district_blocks.referents(visit, place)
elif place.level == Level.RESIDENCE:
    c.definition_card("La résidence", place.identity)
    district_blocks.facts(visit, place, int(told.whole.incident_count))
else:
    district_blocks.residences(visit, place)
blocks.source(visit)
