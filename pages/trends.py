"""Tendances: months by family then type, two years compared, coverage, exceptional periods."""

from lib.ui import blocks, trend_blocks
from lib.ui.findings import whole_title
from lib.ui.selection import selection
from lib.ui.session import require

visit = require("tendances")
blocks.stop_if_empty(visit)
selected = selection(visit)
told = selected.overview
families, types = told.families.itertuples(), told.types.itertuples()
title = whole_title(told.whole, families, types, visit.period, is_partial=visit.is_partial)
blocks.head(visit, title, selected.figures)
trend_blocks.families(visit, selected)
trend_blocks.types(visit, selected)
trend_blocks.protected(visit)
blocks.source(visit)
