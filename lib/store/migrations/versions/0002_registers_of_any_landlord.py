"""registers of any landlord: confirmed mappings, updated rows and rows to qualify, what undoes a batch

Revision: 0002, after 0001.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = ("territory", "housing", "incidents", "statistics", "demonstration")
STATUSES = ("open", "resolved", "set_aside")
COUNTS = ("accepted_count", "known_count", "rejected_count")
NEW_COUNTS = ("updated_count", "to_qualify_count")


def accounting(*counts: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{' + '.join(counts)} = read_count", name=op.f("ck_ingest_batch_accounting"))


def one_of(table: str, column: str, name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{name}"))


@contextmanager
def checked_again(table: str, *checks: sa.CheckConstraint) -> Iterator[BatchOperations]:
    """Alters a table, and replaces its checks of these names."""
    with op.batch_alter_table(table) as altered:
        for check in checks:
            altered.drop_constraint(op.f(check.name), type_="check")
        yield altered
        for check in checks:
            altered.create_check_constraint(op.f(check.name), check.sqltext)


def upgrade() -> None:
    op.create_table(
        "register_mapping",
        sa.Column("register_mapping_id", sa.Integer(), nullable=False),
        sa.Column("landlord_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["landlord_id"], ["landlord.landlord_id"], name=op.f("fk_register_mapping_landlord_id")
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_register_mapping_revision")),
        sa.PrimaryKeyConstraint("register_mapping_id", name=op.f("pk_register_mapping")),
        sa.UniqueConstraint("landlord_id", "version", name=op.f("uq_register_mapping_landlord_id_version")),
    )
    op.create_index(op.f("ix_register_mapping_revision"), "register_mapping", ["revision"])
    checks = (
        accounting(*COUNTS, *NEW_COUNTS),
        one_of("ingest_batch", "kind", "batch_kind", *KINDS, "reporting"),
    )
    with checked_again("ingest_batch", *checks) as altered:
        for name in NEW_COUNTS:
            altered.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        altered.add_column(sa.Column("register_mapping_id", sa.Integer(), nullable=True))
        altered.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        altered.create_foreign_key(
            op.f("fk_ingest_batch_register_mapping_id"),
            "register_mapping",
            ["register_mapping_id"],
            ["register_mapping_id"],
        )
    with checked_again("rejected_row", one_of("rejected_row", "status", "rejection_status", *STATUSES, "to_qualify")):
        pass
    op.create_table(
        "batch_change",
        sa.Column("batch_change_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_key", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["ingest_batch.batch_id"], name=op.f("fk_batch_change_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_change_id", name=op.f("pk_batch_change")),
    )
    op.create_index(op.f("ix_batch_change_batch_id"), "batch_change", ["batch_id"])


def downgrade() -> None:
    op.drop_table("batch_change")
    with checked_again("rejected_row", one_of("rejected_row", "status", "rejection_status", *STATUSES)):
        pass
    checks = (accounting(*COUNTS), one_of("ingest_batch", "kind", "batch_kind", *KINDS))
    with checked_again("ingest_batch", *checks) as altered:
        altered.drop_constraint(op.f("fk_ingest_batch_register_mapping_id"), type_="foreignkey")
        for name in (*NEW_COUNTS, "register_mapping_id", "undone_at"):
            altered.drop_column(name)
    op.drop_table("register_mapping")
