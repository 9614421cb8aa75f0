"""QR pictures as SVG, drawn here: no picture is fetched from anywhere."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(text: str, *, scale: int = 8) -> SafeString:
    """The picture as an inline SVG element."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", scale=scale, border=2, xmldecl=False, svgns=True, omitsize=True, nl=False
    )
    # SECURITY: segno writes the modules as a path; the text itself is not part of the markup.
    return mark_safe(buffer.getvalue().decode())  # noqa: S308


def svg_uri(text: str) -> str:
    """The picture as a data: address, for print."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=1)
