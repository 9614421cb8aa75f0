import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TAGS = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
FORBIDDEN = {
    "a handler": re.compile(r"""<[^>]*\son[a-z]+\s*=""", re.IGNORECASE),
    "a handler of htmx": re.compile(r"hx-on|hx-vals=['\"]js:|hx-vars", re.IGNORECASE),
    "a script of its own": re.compile(r"<script(?![^>]*\b(?:src|type=.application/json|nonce)\b)", re.IGNORECASE),
    "a style of its own": re.compile(r"""<[^>]*\sstyle\s*=|<style(?![^>]*\bnonce\b)""", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
    "another site": re.compile(r"""(?:(?:src|action)|<link[^>]*href)=["'](?:https?:)?//""", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_nothing_that_the_policy_forbids_and_escapes_everything(path: Path) -> None:
    source = path.read_text()
    assert not UNESCAPED.search(source), "text that is not escaped"
    # Printed pages are styled for paper, and fetch nothing.
    if path.parent.name != "pdf":
        text = TAGS.sub("", source)
        for name, pattern in FORBIDDEN.items():
            assert not pattern.search(text), name


@pytest.mark.parametrize("app", ["portal", "network", "crisis", "screening", "counseling", "activities", "reporting"])
def test_no_code_vouches_for_markup_but_by_its_escaping_ways(app: str) -> None:
    for path in (ROOT / app).rglob("*.py"):
        # Articles are sanitized there, and nowhere else is markup vouched for: tests/activities/test_wording.py.
        if path == ROOT / "activities/services/markup.py":
            continue
        assert not re.search(r"\bmark_safe\b|\bSafeString\(|@.*is_safe=True", path.read_text()), path
