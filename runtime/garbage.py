"""Python's search for garbage, in a process that loads much and then works for long."""

import gc

# Objects more than at the last search, where Python has 700. A request of 500 events has 2,500 while it is
# answered; what it leaves behind holds its body, so it is not kept for many requests more.
MANY = 3_000


def search_seldom(more: int = MANY) -> None:
    """From here on pass by what stands now, and search only when there are so many objects more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(more, *gc.get_threshold()[1:])
