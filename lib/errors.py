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


class FormError(ObservatoryError):
    """What a person typed that cannot be kept as it is: one French sentence for each field, under its name."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("\n".join(faults.values()))
        self.faults = faults


class ConflictError(ObservatoryError):
    """What a person changed was changed by another meanwhile: nothing is written.

    Attributes:
        base: What the person began from, None where it is not kept.
        theirs: What the store holds now.
        changed_by: Who wrote it (a ``Partner``), None where it is not kept.
        changed_at: When, in UTC, None where it is not kept.
    """

    def __init__(self, sentence: str, theirs: object, *, base: object, changed_by: object, changed_at: object) -> None:
        super().__init__(sentence)
        self.base, self.theirs = base, theirs
        self.changed_by, self.changed_at = changed_by, changed_at
