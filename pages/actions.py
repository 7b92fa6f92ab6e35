"""Interventions conjointes: what partners decided to do together, who does it, and what was done since."""

from lib.ingest import committee as steps
from lib.ui import action_view, blocks
from lib.ui.session import require

visit = require("interventions")
blocks.stop_if_empty(visit)
action_view.show(visit, steps)
blocks.source(visit)
