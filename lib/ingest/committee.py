"""The steps that partners lead on the page of joint actions: keep an action, a meeting, a choice; reconcile two."""

from lib.domain.actions import merged
from lib.ingest.actions import store_action
from lib.ingest.choices import store_responses, store_weights
from lib.ingest.meetings import store_meeting

__all__ = ["merged", "store_action", "store_meeting", "store_responses", "store_weights"]
