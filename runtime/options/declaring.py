"""How an option is declared: its type, its bounds, and what it means."""

from typing import Annotated, Any

from msgspec import Meta, Struct, structs

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]


def says(
    text: str, /, *, secret: bool = False, optional: bool = False, plain: bool = False, **bounds: Any
) -> Meta:
    """What an option means.

    A `secret` may come from a file and is never printed. A data folder makes its own and production demands
    one, unless the secret is `optional`. A `plain` one is also read from a variable without our prefix.
    """
    return Meta(description=text, extra={"secret": secret, "optional": optional, "plain": plain}, **bounds)


class Section(Struct, frozen=True, kw_only=True):
    """A group of options; the field `port` of the section `web` is CA_WEB_PORT."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What logs and tracebacks show: everything but the secrets."""
        values = [(field, getattr(self, field.name)) for field in structs.fields(self)]
        return [(field.name, "***" if value and _is_secret(field.type) else value) for field, value in values]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


def _is_secret(annotation: Any) -> bool:
    return any((getattr(note, "extra", None) or {}).get("secret") for note in annotation.__metadata__)
