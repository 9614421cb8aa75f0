"""Parts of pages that are the same for everybody: rendered once in a process, kept in the cache "pages"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.template.loader import render_to_string
from django.utils.translation import get_language


def render_once(template: str, key: Sequence[Any], context: Callable[[], Mapping[str, Any]]) -> str:
    """The template with a context that depends on nothing but the key and the language.

    SECURITY: no request comes near it, so nothing of one reader can stay in it for the next."""
    pages = caches["pages"]
    name = make_template_fragment_key(template, [get_language(), *key])
    html: str | None = pages.get(name)
    if html is None:
        html = render_to_string(template, dict(context()))
        pages.set(name, html)
    return html
