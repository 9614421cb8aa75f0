import pytest

from activities.rules.markdown import plain_text, to_html
from activities.rules.wording import findings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("他不是疯子", ["疯子"]),
        ("精神病人与精神病人", ["精神病人"]),
        ("He committed suicide; a crazy idea", ["committed suicide", "crazy"]),
        ("psychology is no insult", []),
        ("好好睡觉", []),
    ],
)
def test_stigmatising_words_are_found_where_they_stand_alone(text: str, words: list[str]) -> None:
    assert sorted(finding.word for finding in findings(text)) == sorted(words)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/x.png)",
        "<svg onload=alert(1)>",
        "<a href='x' onclick='alert(1)'>x</a>",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_nothing_dangerous_comes_out_of_an_article(text: str) -> None:
    html = to_html(text)
    for piece in ("<script", "<img", "<svg", 'href="javascript', 'href="data', '<a href="x" onclick'):
        assert piece not in html, html


def test_marks_become_html_and_headings_stay_below_the_title() -> None:
    html = to_html("# Big\n\n## Less\n\n**strong** ~~gone~~\n\n|a|b|\n|-|-|\n|1|2|")
    assert "<h1" not in html
    assert html.count("<h2>") == 2
    assert "<table>" in html
    assert plain_text("## Sleep\n\n**well**") == "Sleep well"
