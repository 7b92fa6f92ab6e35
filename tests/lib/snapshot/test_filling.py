import duckdb
import pyarrow as pa
import pytest

from lib.snapshot.filling import _given

ROWS = pa.table({"fact": [1]})


def test_table_given_for_a_block_that_fails_is_taken_back():
    copy = duckdb.connect()
    with pytest.raises(ValueError, match="tombé"), _given(copy, given=ROWS):
        raise ValueError("tombé")
    with pytest.raises(duckdb.CatalogException):
        copy.execute("FROM given")


def test_transaction_that_fails_says_why():
    copy = duckdb.connect()
    copy.begin()
    with pytest.raises(duckdb.CatalogException, match="absent"), _given(copy, given=ROWS):
        copy.execute("FROM absent")
    copy.rollback()
    with pytest.raises(duckdb.CatalogException):
        copy.execute("FROM given")
