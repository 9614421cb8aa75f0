"""What somebody reads whose file is refused: what is wrong, and what to do about it."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "empty": _("This file is empty. Choose it again."),
    "too-large": _(
        "This file is too large. Send a smaller picture, or scan the paper again in black and white at 150 dpi."
    ),
    "too-many-pixels": _("This picture has too many pixels. Take it again at a lower resolution."),
    "other-picture": _("This kind of picture is not taken. Save it as JPEG or PNG, or send a screenshot of it."),
    "unknown": _("This file is of a kind that is not taken. Send a JPEG or PNG picture or a PDF."),
    "no-pdf-here": _("A PDF is not taken here. Send a JPEG or PNG picture."),
    "no-picture-here": _("A picture is not taken here. Send a PDF."),
    "damaged": _(
        "This file cannot be opened: it may be cut off. Open it on your device, save it again, and send that."
    ),
    "too-slow": _("Reading this file takes too long. Save it again in a simpler form, and send that."),
}
