"""Python's search for garbage, in a process that loads much and then serves for long."""

import gc

LEFT_OVER = (
    20_000  # objects that wait for a search; a request leaves hundreds, and nearly all go by themselves
)


def search_seldom() -> None:
    """From here on pass by what stands now, and search only when much was left over since."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LEFT_OVER, *gc.get_threshold()[1:])
