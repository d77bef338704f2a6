"""Which Pythons count as built with optimisation."""

import pytest

from embedded import interpreter
from embedded.interpreter import is_optimised, remark


@pytest.mark.parametrize(
    ("base", "built_with", "is_so"),
    [
        ("/usr", "'--enable-shared' '--with-dtrace'", True),
        ("/usr/local", "'--enable-optimizations' '--with-lto'", True),
        ("/home/somebody/.pyenv/versions/3.11.7", "'--enable-shared'", False),
        ("/usr/local", "None", False),
    ],
)
def test_a_distributions_own_is_optimised_and_any_other_says_how_it_was_built(
    base: str, built_with: str, is_so: bool
) -> None:
    assert is_optimised(base, built_with) is is_so


def test_only_what_was_built_without_optimisation_is_remarked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "is_optimised", lambda: True)
    assert remark() == ""
    monkeypatch.setattr(interpreter, "is_optimised", lambda: False)
    assert "built without optimisation" in remark()
