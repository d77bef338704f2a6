"""The options as a list: how each is spelled in the file and the environment, and what it accepts."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import structs

from runtime.options import Options, Section

PREFIX = "CA_"
FILE_SUFFIX = "_FILE"  # CA_JWT_KEY_FILE names a file that holds CA_JWT_KEY


class Option(msgspec.Struct, frozen=True):
    """One leaf of `Options`. `section` is empty for the options that stand at the top."""

    section: str
    name: str
    annotation: Any
    default: Any

    @property
    def variable(self) -> str:
        return PREFIX + "_".join(part for part in (self.section, self.name) if part).upper()

    @property
    def variables(self) -> tuple[str, ...]:
        """Every name in the environment: the usual one, for a few also the plain one without our prefix."""
        return (
            (self.variable, self.variable.removeprefix(PREFIX)) if self._marked("plain") else (self.variable,)
        )

    @property
    def file_key(self) -> str:
        return ".".join(part for part in (self.section, self.name) if part)

    @property
    def metas(self) -> list[msgspec.Meta]:
        return [note for note in self.annotation.__metadata__ if isinstance(note, msgspec.Meta)]

    @property
    def type(self) -> Any:
        """The annotation without its notes: `int`, `tuple[str, ...]`, a Literal, `Path`."""
        return get_args(self.annotation)[0]

    @property
    def description(self) -> str:
        return next((note.description for note in self.metas if note.description), "")

    @property
    def secret(self) -> bool:
        return self._marked("secret")

    @property
    def generated(self) -> bool:
        """A secret that a data folder gets by itself; the others stay empty until somebody sets them."""
        return self.secret and not self._marked("optional")

    @property
    def is_list(self) -> bool:
        return isinstance(self.default, tuple)

    @property
    def is_path(self) -> bool:
        return isinstance(self.default, Path)

    def value_in(self, options: Options) -> Any:
        return getattr(getattr(options, self.section) if self.section else options, self.name)

    def _marked(self, mark: str) -> bool:
        return any((note.extra or {}).get(mark) for note in self.metas)


@cache
def every_option() -> tuple[Option, ...]:
    """All leaves in declared order; the order of the reference page."""
    return tuple(_leaves())


@cache
def every_section() -> tuple[tuple[str, Section], ...]:
    return tuple(
        (field.name, field.default) for field in structs.fields(Options) if isinstance(field.default, Section)
    )


def _leaves() -> Iterator[Option]:
    for field in structs.fields(Options):
        if isinstance(field.default, Section):
            for leaf in structs.fields(type(field.default)):
                yield Option(field.name, leaf.name, leaf.type, leaf.default)
        else:
            yield Option("", field.name, field.type, field.default)
