"""recorded crime by commune, class and year

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ssmsi_commune",
        sa.Column("commune_code", sa.String(length=5), nullable=False),
        sa.Column("ssmsi_class", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("fact_count", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("dwelling_count", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Double(), nullable=True),
        sa.Column("geography_year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_published OR (fact_count IS NULL AND rate IS NULL)", name=op.f("ck_ssmsi_commune_hidden")
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_ssmsi_commune_revision")),
        sa.PrimaryKeyConstraint("commune_code", "ssmsi_class", "year", name=op.f("pk_ssmsi_commune")),
    )
    op.create_index(op.f("ix_ssmsi_commune_revision"), "ssmsi_commune", ["revision"])


def downgrade() -> None:
    op.drop_table("ssmsi_commune")
