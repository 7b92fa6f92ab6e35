"""A columnar copy of the store, and every question a page asks of it."""
