"""Every route that the resolver knows, with its parameters and the methods that its view answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """`template` is the path with `<name>` for each parameter, as its views declare it."""

    template: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def methods(self) -> list[str]:
        """What the view itself implements; a plain Django view says nothing and is read."""
        view_class = getattr(self.view, "cls", None)
        actions = getattr(self.view, "actions", None)
        if actions:
            return [method.upper() for method in actions]
        if view_class is None:
            return ["GET"]
        return [method for method in ("GET", *UNSAFE) if hasattr(view_class, method.lower())]

    def path(self, values: dict[str, str]) -> str:
        path = self.template
        for parameter in self.parameters:
            path = path.replace(f"<{parameter}>", values[parameter])
        return path


def every_route() -> Iterator[Route]:
    yield from _below(get_resolver(), "/", ())


def _below(resolver: URLResolver, prefix: str, parameters: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        template, own = _readable(entry)
        found = (prefix + template, parameters + own)
        if isinstance(entry, URLPattern):
            yield Route(*found, entry.callback)
        else:
            yield from _below(entry, *found)


def _readable(entry: URLPattern | URLResolver) -> tuple[str, tuple[str, ...]]:
    """`<uuid:pk>/` becomes `<pk>/`; regular expressions lose their anchors."""
    template = str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
    names = tuple(entry.pattern.converters) if hasattr(entry.pattern, "converters") else ()
    for name in names:
        head, _, tail = template.partition(f":{name}>")
        template = f"{head[: head.rindex('<')]}<{name}>{tail}" if tail or head != template else template
    return template, names
