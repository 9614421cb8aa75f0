import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kernel.errors import Refused
from kernel.uploads import DOCUMENTS, PICTURES, Kind, Upload, accept_upload, as_download, child
from kernel.uploads.accepting import LIMITS
from kernel.uploads.refusals import MESSAGES
from tests.kernel.children import Measured, measured
from tests.sizes import size

__all__ = ["measured"]

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
COLOURS = {"RGB": (0, 128, 128), "RGBA": (0, 128, 128, 90), "LA": (128, 90), "CMYK": (10, 20, 30, 40)}
PLACE = "GPS 30.5N 114.3E"


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    target = BytesIO()
    Image.new(mode, size, COLOURS.get(mode, 200)).save(target, kind, **options)
    return target.getvalue()


def with_camera(turn: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = turn, PLACE
    return picture("JPEG", exif=exif, comment=PLACE.encode())


def sent(data: bytes, name: str = "照片.png", media_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, media_type)


def code(data: bytes, **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        accept_upload(sent(data), **options)
    assert caught.value.message == MESSAGES[caught.value.code]
    return caught.value.code


def opened(upload: Upload) -> Image.Image:
    return Image.open(BytesIO(upload.content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_taken_whatever_it_is_called(kind: str) -> None:
    upload = accept_upload(sent(picture(kind), "a.pdf", "application/pdf"))
    assert (upload.media_type, upload.name) == ("image/jpeg", "a.jpg")
    assert opened(upload).size == (40, 20)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("WEBP", "RGBA"), ("PNG", "LA")])
def test_a_transparent_picture_stays_transparent(kind: str, mode: str) -> None:
    upload = accept_upload(sent(picture(kind, mode=mode)))
    assert upload.media_type == "image/png"
    assert opened(upload).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "I;16"])
def test_pictures_of_any_colours_are_taken(mode: str) -> None:
    upload = accept_upload(sent(picture("JPEG" if mode == "CMYK" else "PNG", mode=mode)))
    assert opened(upload).mode in ("RGB", "L")


def test_a_pdf_is_taken_as_it_is() -> None:
    upload = accept_upload(sent(PDF, "回执.PDF"))
    assert (upload.content, upload.media_type, upload.name) == (PDF, "application/pdf", "回执.pdf")


def test_place_time_and_camera_do_not_come_along() -> None:
    data = with_camera()
    assert PLACE.encode() in data
    upload = accept_upload(sent(data))
    assert PLACE.encode() not in upload.content
    assert not opened(upload).getexif()
    assert not set(opened(upload).info) & {"comment", "exif", "icc_profile", "xmp"}


@pytest.mark.parametrize(("turn", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))])
def test_a_picture_stands_upright_without_the_cameras_word(turn: int, size: tuple[int, int]) -> None:
    assert opened(accept_upload(sent(with_camera(turn)))).size == size


def test_a_big_photo_becomes_a_handy_one() -> None:
    upload = accept_upload(sent(picture("JPEG", (8000, 6000))))
    assert opened(upload).size == (2400, 1800)


def test_what_hides_behind_the_pixels_is_gone() -> None:
    page = b"<script>alert(1)</script>"
    upload = accept_upload(sent(picture("PNG") + page))
    assert page not in upload.content


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\0" * 40, "other-picture"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "other-picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unknown"),
        (b"<html><script>alert(1)</script></html>", "unknown"),
        (b"MZ" + b"\0" * 100, "unknown"),
        (b"PK\x03\x04" + b"\0" * 100, "unknown"),
        (b" " + PDF, "unknown"),
        (PDF[:40], "damaged"),
        (picture("PNG")[:60], "damaged"),
        (picture("JPEG", (400, 400))[:300], "damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 50, "damaged"),
    ],
)
def test_what_is_no_whole_picture_or_pdf_is_refused_with_what_to_do(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_only_the_kinds_asked_for_are_taken() -> None:
    assert code(PDF, kinds=PICTURES) == "no-pdf-here"
    assert code(picture("PNG"), kinds=DOCUMENTS) == "no-picture-here"
    assert code(picture("WEBP"), kinds={Kind.JPEG, Kind.PDF}) == "no-picture-here"


def test_a_file_is_read_no_further_than_its_limit() -> None:
    assert code(PDF + b"\0" * 5000, most_bytes=1000) == "too-large"
    endless = open("/dev/zero", "rb")  # noqa: SIM115
    with endless, pytest.raises(Refused, match="too large"):
        accept_upload(endless, most_bytes=1000)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\回执.pdf", "回执.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("a" * 300 + ".pdf", "a" * 80 + ".pdf"),
        ("x.html", "x.pdf"),
    ],
)
def test_a_name_misleads_nobody(name: str, kept: str) -> None:
    assert accept_upload(BytesIO(PDF), name=name).name == kept


def test_what_was_kept_as_text_comes_back() -> None:
    upload = accept_upload(sent(PDF, "回执.pdf"))
    assert Upload.from_text(upload.text, media_type=upload.media_type, name=upload.name) == upload


def test_a_download_is_saved_and_has_no_rights_here() -> None:
    answer = as_download(accept_upload(sent(PDF, "回执.pdf")))
    assert answer["Content-Disposition"] == (
        "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E5%9B%9E%E6%89%A7.pdf"
    )
    assert answer["Content-Type"] == "application/pdf"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")


def png(width: int, height: int, data: bytes, *extra: bytes) -> bytes:
    """A PNG by hand: of any size, with any content."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def squeezed(size: int) -> bytes:
    squeeze = zlib.compressobj(9)
    return b"".join(squeeze.compress(b"\0" * (1 << 20)) for _ in range(size >> 20)) + squeeze.flush()


def text_chunk(size: int) -> bytes:
    body = b"Comment\0\0" + squeezed(size)
    return struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(60_000, 60_000, squeezed(1 << 20)), "too-many-pixels"),
        (png(1_000_000, 10, squeezed(1 << 20)), "too-many-pixels"),
        (png(2**31 - 1, 2**31 - 1, b""), "too-many-pixels"),
        (png(5001, 5000, squeezed(100 << 20)), "too-many-pixels"),
        (png(100, 100, squeezed(200 << 20)), ""),
        (png(40, 40, squeezed(1 << 20), *[text_chunk(200 << 20)] * 3), "damaged"),
        (picture("JPEG", (16, 16)).replace(b"\x00\x10\x00\x10\x03", b"\xff\xff\xff\xff\x03"), "too-many-pixels"),
    ],
    ids=["wide-and-high", "long", "largest", "one-too-many", "much-behind", "comments", "jpeg"],
)
def test_bombs_do_not_go_off(data: bytes, expected: str, measured: Measured) -> None:
    try:
        accept_upload(sent(data))
        found = ""
    except Refused as refusal:
        found = refusal.code
    assert found == expected
    measured.check(mebibytes=512, seconds=10)


def test_the_largest_pictures_stay_within_the_limits(measured: Measured) -> None:
    accept_upload(sent(picture("PNG", (5000, 5000), "RGBA", compress_level=1)))
    accept_upload(sent(picture("JPEG", (8000, 7500), progressive=True)))
    accept_upload(sent(picture("WEBP", (5000, 2000), method=0)))
    measured.check(mebibytes=512, seconds=10)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_mutated_pictures_are_taken_or_refused_and_break_nothing(kind: str, measured: Measured) -> None:
    whole = picture(kind, (64, 64))
    for seed in range(size(quick=3, full=12)):
        dice = random.Random(seed)
        data = bytearray(whole)
        for _ in range(dice.choice([1, 3, 30])):
            data[dice.randrange(12, len(data))] = dice.randrange(256)
        try:
            assert accept_upload(sent(bytes(data))).media_type in ("image/png", "image/jpeg")
        except Refused as refusal:
            assert refusal.code in MESSAGES
    measured.check(mebibytes=512, seconds=10)


def test_the_reader_answers_with_a_picture_or_a_refusal(tmp_path: Any) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture("PNG", (4, 4), "RGBA"))
    assert child.answer(str(path), LIMITS | {"kind": "png"}).startswith(b"\x89PNG")
    path.write_bytes(with_camera())
    assert child.answer(str(path), LIMITS | {"kind": "jpeg"}).startswith(b"\xff\xd8\xff")
    path.write_bytes(png(60_000, 60_000, b""))
    with pytest.raises(child.Refused, match="too-many-pixels"):
        child.answer(str(path), LIMITS | {"kind": "png"})
