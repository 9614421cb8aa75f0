"""Articles: Markdown in, harmless HTML out. Pure."""

import nh3
from markdown_it import MarkdownIt

# SECURITY: no pictures from elsewhere, no scripts, no styles, no forms; nh3 removes whatever is not named here.
TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "del", "blockquote", "ul", "ol", "li", "a", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto", "tel"}
LONGEST = 60_000

_reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable(
    ["table", "strikethrough"]
)


def to_html(text: str) -> str:
    """The text as HTML that may stand on any page. A heading of the first level becomes one of the second: the page
    has its own title."""
    html = _reader.render(text[:LONGEST])
    for level in ("5", "6"):
        html = html.replace(f"<h{level}>", "<h4>").replace(f"</h{level}>", "</h4>")
    html = html.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )


def plain_text(text: str) -> str:
    """The text without any marks, in one line: for summaries and feeds."""
    stripped = nh3.clean(_reader.render(text[:LONGEST]), tags=set())
    return " ".join(stripped.split())
