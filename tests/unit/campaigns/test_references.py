"""A reference can stand in an address and is never mistaken for an id."""

import pytest

from campaigns.references import generated_reference, is_reference


@pytest.mark.parametrize("text", ["cmp-42", "autumn_2026", "A", "1.2~3", "x" * 64])
def test_letters_digits_and_a_few_signs_make_a_reference(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize(
    "text",
    ["", "-a", ".", "..", "a b", "a/b", "ä", "a%", "x" * 65, "a\n", "a\x00"],
)
def test_what_an_address_would_mangle_is_no_reference(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize("text", ["0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11", "0B8F6B1C7A524B4F9F0B2F3F0D3F8A11"])
def test_a_uuid_in_any_spelling_is_no_reference(text: str) -> None:
    assert not is_reference(text)


def test_generated_references_are_references() -> None:
    assert generated_reference(7) == "cmp-7"
    assert is_reference(generated_reference(10**12))
