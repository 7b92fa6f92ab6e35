"""What measures speed; run by `make bench`, never by the tests."""
