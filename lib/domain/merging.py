"""Two changes of one list made one: what either added is there, what either took out is gone."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def merged_lists(base: tuple[Item, ...], theirs: tuple[Item, ...], mine: tuple[Item, ...]) -> tuple[Item, ...]:
    """``(theirs − (base − mine)) ∪ (mine − base)``, so that nothing that either wrote is lost.

    An item counts as many times as it is written; what both added, or both took out, is added or taken out once.

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
    held, kept, written = Counter(base), Counter(theirs), Counter(mine)
    taken_out = (held - written) - (held - kept)
    added = (written - held) - (kept - held)
    return (*_without(theirs, taken_out), *_without(mine, written - added))


def _without(items: Iterable[Item], taken_out: Counter[Item]) -> list[Item]:
    """The items but for those taken out, as many times each."""
    left, kept = Counter(taken_out), []
    for one in items:
        if left[one]:
            left[one] -= 1
        else:
            kept.append(one)
    return kept
