import pandas as pd

from lib.ingest.reports import grouped


def test_reasons_are_counted_by_row_the_most_frequent_first():
    rows = [(2, "Date", "future"), (2, "Date", "future"), (3, "Date", "future"), (3, "Type", "manquant")]
    reasons = pd.DataFrame(rows, columns=["line_number", "column_name", "reason"])
    assert grouped(reasons).values.tolist() == [["Date", "future", 2], ["Type", "manquant", 1]]
    assert grouped(reasons[:0]).empty
