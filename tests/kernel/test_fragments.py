from collections.abc import Mapping
from typing import Any

from django.template import engines
from django.utils.translation import override

from kernel.fragments import render_once

LINES = "ui/help_lines.html"


def test_a_part_is_rendered_once_for_each_key_and_language() -> None:
    rendered = []

    def context() -> Mapping[str, Any]:
        rendered.append(1)
        return {"duty_phone": "0571-1"}

    with override("en"):
        first = render_once(LINES, ["0571-1"], context)
        assert render_once(LINES, ["0571-1"], context) == first
        assert len(rendered) == 1
        render_once(LINES, ["0571-2"], context)
        assert len(rendered) == 2
    with override("zh-hans"):
        assert render_once(LINES, ["0571-1"], context) != first
    assert len(rendered) == 3


def test_the_tag_escapes_its_words_and_keeps_them_apart() -> None:
    template = engines["django"].from_string(f"{{% kept '{LINES}' duty_phone=phone %}}")
    with override("en"):
        first = template.render({"phone": "<1>"})
        assert "&lt;1&gt;" in first
        assert "<1>" not in first
        assert "<section" in first
        assert template.render({"phone": "2"}) != first
        assert template.render({"phone": "<1>"}) == first
