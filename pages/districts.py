"""Circonscriptions: one sheet, from the département to the hall; the profile of a place; its context."""

import streamlit as st

from lib.ui import blocks, district_blocks, home_blocks, peer_blocks, profile_blocks, sheet_blocks
from lib.ui import components as c
from lib.ui.drilldown import Step, named, place_of
from lib.ui.place_sheet import sheet_of
from lib.ui.session import require

visit = require("circonscriptions")
blocks.stop_if_empty(visit)
place = place_of(visit)
top, noticed = st.container(), st.container()
with noticed:
    sheet_blocks.notices(visit, place)
with top:
    sheet = sheet_of(visit, place)
services = district_blocks.named_services(visit, place.chosen) if place.step in district_blocks.OF_SERVICES else None
with top:
    blocks.head(
        named(visit, place),
        district_blocks.sheet_title(visit, place, sheet, services),
        sheet.figures,
        crumbs=place.crumbs,
        mark=c.force(place.force) if place.force else "",
    )
if place.step == Step.HALL:
    sheet_blocks.hall_figures(visit, sheet)
else:
    home_blocks.key_figures(sheet.overview, visit.period.month_count)
names = ["Fiche"]
names += [profile_blocks.TAB] if place.step in profile_blocks.OF_PROFILE else []
names += [sheet_blocks.CONTEXT_TAB] if place.step in sheet_blocks.CONTEXT_KEYS and place.key is not None else []
tabs = dict(zip(names, st.tabs(names, key="volet", bind="query-params"), strict=True))
with tabs["Fiche"]:
    if tabs["Fiche"].open:
        left, right = st.container(key="sheet").columns([1.7, 1], gap="large")
        with left:
            sheet_blocks.situations(visit, place, sheet)
            with st.container(key="below"):
                district_blocks.below(visit, place, services)
                sheet_blocks.halls(visit, place, sheet)
            peer_blocks.compared(place, sheet)
            sheet_blocks.hours(sheet)
        with right:
            if place.identity:
                c.definition_card("La résidence", place.identity)
            sheet_blocks.contacts(sheet)
            sheet_blocks.families(sheet.overview)
            sheet_blocks.complaints(sheet)
            sheet_blocks.occupancy(sheet)
            sheet_blocks.running(visit, place, sheet)
        if place.step in {Step.RESIDENCE, Step.HALL}:
            with st.container(key="facts"):
                district_blocks.facts(visit, place, int(sheet.overview.whole.incident_count))
for name, draw in ((profile_blocks.TAB, profile_blocks.profile), (sheet_blocks.CONTEXT_TAB, sheet_blocks.context)):
    if name in tabs:
        with tabs[name]:
            if tabs[name].open:
                draw(visit, place)
blocks.source(visit)
