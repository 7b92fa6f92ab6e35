"""Two changes of one list made one: what either added is there, what either took out is gone."""

from typing import TypeVar

Item = TypeVar("Item")


def merged_lists(base: tuple[Item, ...], theirs: tuple[Item, ...], mine: tuple[Item, ...]) -> tuple[Item, ...]:
    """``(theirs − (base − mine)) ∪ (mine − base)``, so that nothing that either wrote is lost.

    Args:
        base: What both began from.
        theirs: What is kept since.
        mine: What was to be written.

    Returns:
        Ours as it is, its order too, where they left theirs as it was; else what is left of theirs, in their order,
        then what we added, in ours.
    """
    if theirs == base:
        return mine
    kept = [one for one in theirs if one in mine or one not in base]
    added = [one for one in mine if one not in base and one not in theirs]
    return (*kept, *added)
