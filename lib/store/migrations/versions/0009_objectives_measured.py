"""objectives measured, legal ground

Over how many months an objective is counted and what was reached, how much of a social action was done, and the text of
law that an action rests on, which new ones wrote among the means.

Revision: 0009, after 0008.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# A check of its own column goes with it, in SQLite as in PostgreSQL.
COLUMNS = {
    "months_measured": ("INTEGER", "months_measured BETWEEN 1 AND 36"),
    "reached": ("FLOAT", "reached >= 0"),
    "volume_done": ("INTEGER", "volume_done >= 0"),
    "legal_ground": ("TEXT NOT NULL DEFAULT ''", "length(legal_ground) <= 2000"),
}


def upgrade() -> None:
    for name, (kind, check) in COLUMNS.items():
        constraint = f"CONSTRAINT ck_joint_action_{name} CHECK ({check})"
        op.execute(f"ALTER TABLE joint_action ADD COLUMN {name} {kind} {constraint}")


def downgrade() -> None:
    for name in COLUMNS:
        op.execute(f"ALTER TABLE joint_action DROP COLUMN {name}")
