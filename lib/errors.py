"""Faults of a user or of a file: each carries one French sentence that says what to do."""


class ObservatoryError(Exception):
    """A fault that is shown as it is to the person who caused it, without a traceback."""


class LayoutError(ObservatoryError):
    """A file whose columns are not those expected; the sentence names both."""


class FileError(ObservatoryError):
    """A file that cannot be read at all: empty, truncated, of another kind."""


class MappingError(ObservatoryError):
    """A declaration of columns that does not fit the register, or that asks for a person's data."""


class StoreError(ObservatoryError):
    """A store that cannot be opened, or that is newer than this code."""


class AccessError(ObservatoryError):
    """A page or a place outside what the visitor may see."""
