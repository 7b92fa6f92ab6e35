"""replays apart from registers; the journal read by row

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = ("territory", "housing", "incidents", "statistics", "demonstration", "reporting")
NAMED = "file_name = 'lignes rejouées'"  # what told them apart before


def allow(*kinds: str) -> None:
    """Writes the closed list of the kinds anew; the rows stay."""
    name = op.f("ck_ingest_batch_batch_kind")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("ingest_batch") as altered:
        altered.drop_constraint(name, type_="check")
        altered.create_check_constraint(name, sa.text(f"kind IN ({listed})"))


def upgrade() -> None:
    allow(*KINDS, "replay")
    op.execute(f"UPDATE ingest_batch SET kind = 'replay' WHERE kind = 'incidents' AND {NAMED}")  # noqa: S608 - ours
    op.create_index(op.f("ix_batch_change_row_key"), "batch_change", ["row_key"])


def downgrade() -> None:
    op.drop_index(op.f("ix_batch_change_row_key"), "batch_change")
    op.execute("UPDATE ingest_batch SET kind = 'incidents' WHERE kind = 'replay'")
    allow(*KINDS)
