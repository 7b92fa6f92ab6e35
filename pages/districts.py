"""Circonscriptions: one sheet, from the département to the hall, and the facts of a residence."""

import streamlit as st

from lib.ui import blocks, district_blocks, home_blocks, sheet_blocks
from lib.ui import components as c
from lib.ui.drilldown import Step, place_of
from lib.ui.place_sheet import sheet_of
from lib.ui.session import require

visit = require("circonscriptions")
blocks.stop_if_empty(visit)
place = place_of(visit)
sheet = sheet_of(visit, place)
services = district_blocks.named_services(visit, place.chosen) if place.step in district_blocks.OF_SERVICES else None
blocks.head(
    visit,
    district_blocks.sheet_title(visit, place, sheet, services),
    sheet.figures,
    crumbs=place.crumbs,
    mark=c.force(place.force) if place.force else "",
)
sheet_blocks.notices(visit, place)
if place.step == Step.HALL:
    sheet_blocks.hall_figures(visit, sheet)
else:
    home_blocks.key_figures(sheet.overview, visit.period.month_count)
left, right = st.columns([1.7, 1], gap="large")
with left:
    sheet_blocks.situations(visit, place, sheet)
    district_blocks.below(visit, place, services)
    sheet_blocks.halls(visit, place, sheet)
    sheet_blocks.compared(place, sheet)
    sheet_blocks.hours(sheet)
with right:
    if place.identity:
        c.definition_card("La résidence", place.identity)
    sheet_blocks.contacts(sheet)
    sheet_blocks.families(sheet.overview)
    sheet_blocks.complaints(sheet)
    sheet_blocks.running(sheet)
if place.step in {Step.RESIDENCE, Step.HALL}:
    district_blocks.facts(visit, place, int(sheet.overview.whole.incident_count))
blocks.source(visit)
