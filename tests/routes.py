"""Every address of the portal, as its route table tells; arguments are of things that do not exist."""

from collections.abc import Iterator
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver, reverse

ARGUMENTS = {"uuid": uuid4(), "int": 999_999, "slug": "nobody", "str": "nobody", "path": "nobody"}


def routes() -> dict[str, URLPattern]:
    """Each route under its full name."""
    return dict(_patterns(get_resolver(), ""))


def addresses() -> dict[str, str]:
    """An address for each route."""
    return {name: reverse(name, kwargs=_arguments(one)) for name, one in routes().items()}


def _patterns(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        else:
            yield f"{namespace}{one.name}", one


def _arguments(one: URLPattern) -> dict[str, object]:
    kinds = {
        name: type(converter).__name__.removesuffix("Converter").lower()
        for name, converter in one.pattern.converters.items()
    }
    return {name: ARGUMENTS.get(kinds.get(name, "str"), "2026-11") for name in one.pattern.regex.groupindex}
