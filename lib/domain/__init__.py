"""Vocabulary of the trade: values only, no input, no output."""
