"""Accueil: key figures with their change, what each page answers, state of the data."""

import streamlit as st

from lib.ui import blocks, home_blocks
from lib.ui.findings import whole_title
from lib.ui.selection import selection
from lib.ui.session import require

visit = require("accueil")
blocks.stop_if_empty(visit)
selected = selection(visit)
told = selected.overview
families, types = told.families.itertuples(), told.types.itertuples()
title = whole_title(told.whole, families, types, visit.period, is_partial=visit.is_partial)
blocks.head(visit, title, selected.figures)
home_blocks.key_figures(told, visit.period.month_count)
left, right = st.columns([1.6, 1], gap="large")
with left:
    home_blocks.changes(told, visit.period.years_apart)
with right:
    home_blocks.data_state(visit)
    home_blocks.what_pages_answer()
blocks.source(visit)
