"""Taking in pictures and PDFs safely: `accept_upload` is the one way in, `as_download` the one way out."""

from kernel.uploads.accepting import MOST_BYTES, Upload, accept_upload
from kernel.uploads.kinds import DOCUMENTS, PICTURES, Kind
from kernel.uploads.serving import as_download

__all__ = ["DOCUMENTS", "MOST_BYTES", "PICTURES", "Kind", "Upload", "accept_upload", "as_download"]
