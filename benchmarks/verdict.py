"""How it is said whether a figure is where it should be."""


def verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
