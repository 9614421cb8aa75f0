"""Decodes one picture and writes it anew: python -I child.py FILE LIMITS, the picture on standard output.

A picture may be made to hurt whoever decodes it, and it may tell where and with what it was taken. So it is decoded
here, in a process with little memory, little time and nothing of the portal, and only its pixels go on. It ends with 0,
or with 3 after the code of a refusal on standard output; any other end means that the file broke it.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.Image import Transpose

LARGEST_SIDE = 20_000
PLAIN_MODES = ("RGB", "RGBA", "L")
ORIENTATION = 0x0112
# How the camera was held, as EXIF counts it.
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


class Refused(Exception):
    """The code of a refusal."""


def main(path: str, limits: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["answer"], limits["answer"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(answer(path, limits))
    sys.stdout.flush()


def answer(path: str, limits: dict[str, Any]) -> bytes:
    """The picture, written anew from its pixels."""
    # SECURITY: our own limit, checked before anything is decoded; Pillow's is a warning.
    Image.MAX_IMAGE_PIXELS = None
    # SECURITY: the decoder of the kind that was found, and no other.
    with Image.open(path, formats=[limits["kind"].upper()]) as picture:
        check_size(picture, limits)
        # A JPEG can be decoded at a fraction of its size.
        picture.draft("RGB", (limits["side"], limits["side"]))
        return encode(shrunk(picture, limits["side"]))


def check_size(picture: Image.Image, limits: dict[str, Any]) -> None:
    pixels = limits["jpeg_pixels"] if picture.format == "JPEG" else limits["pixels"]
    if picture.width * picture.height > pixels or max(picture.size) > LARGEST_SIDE:
        raise Refused("too-many-pixels")


def shrunk(picture: Image.Image, side: int) -> Image.Image:
    """Upright, no longer than `side`, in a mode that JPEG or PNG knows, and without a word about the camera."""
    clear = picture.has_transparency_data
    turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    plain = picture if picture.mode in PLAIN_MODES and not clear else picture.convert("RGBA" if clear else "RGB")
    plain.thumbnail((side, side))
    upright = plain.transpose(turn) if turn is not None else plain
    # SECURITY: comments, places and colour profiles that came along would be written again.
    upright.info = {}
    return upright


def encode(picture: Image.Image) -> bytes:
    target = BytesIO()
    if picture.mode == "RGBA":
        picture.save(target, "PNG")
    else:
        picture.save(target, "JPEG", quality=85)
    return target.getvalue()


if __name__ == "__main__":
    try:
        main(sys.argv[1], json.loads(sys.argv[2]))
    except Refused as refusal:
        sys.stdout.write(str(refusal))
        sys.exit(3)
    except MemoryError:
        sys.exit(4)
