"""Données: a landlord's register from its file to the store, rows that wait, history, quality, calendar."""

from lib.ingest import desk as steps
from lib.ui import blocks, import_blocks, import_history, import_rows, import_state
from lib.ui.import_desk import choose_landlord
from lib.ui.session import require

visit = require("donnees")
import_state.head(visit)
if visit.is_synthetic:
    import_state.demonstration()
    desk = None
else:
    desk = choose_landlord(visit, steps)
if desk is not None:
    import_blocks.register(visit, desk)
    import_rows.to_qualify(visit, desk)
    import_rows.rejected(visit, desk)
import_history.history(visit, desk)
import_state.quality(visit)
import_state.calendar(visit, desk)
if visit.data_on is not None:
    blocks.source(visit)
