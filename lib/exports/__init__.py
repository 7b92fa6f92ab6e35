"""Results to files that leave: tables and calendars."""
