"""Any text, drawn without the table of Unicode that Hypothesis makes in every fresh clone, in two seconds."""

from hypothesis import strategies as st

_CHARACTERS = (st.integers(0, 0x7F) | st.integers(0x80, 0xD7FF) | st.integers(0xE000, 0x10FFFF)).map(chr)


def texts(*, min_size: int = 0, max_size: int) -> st.SearchStrategy[str]:
    return st.lists(_CHARACTERS, min_size=min_size, max_size=max_size).map("".join)
