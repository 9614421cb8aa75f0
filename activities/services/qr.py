"""QR pictures, drawn here: no picture is fetched from anywhere."""

import segno


def svg_uri(text: str, *, scale: int = 4) -> str:
    """The picture as a data: address, for pages and print. The text itself is not part of the markup."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=scale, border=2)
