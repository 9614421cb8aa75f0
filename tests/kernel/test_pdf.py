import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from kernel import pdf

PAGE = (
    '<html lang="zh-Hans"><head><title>月报</title></head><body style="font-family: Noto Sans CJK SC">{}</body></html>'
)
PNG = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
).decode()
MARK = "SECRETMARK"


def text(printed: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages)


def test_chinese_is_printed_with_tags_language_and_title() -> None:
    printed = pdf.render(PAGE.format("<h1>守望</h1><p>本月还有 3 间宿舍没有上报</p>"))
    reader = PdfReader(BytesIO(printed))
    assert "本月还有 3 间宿舍没有上报" in text(printed)
    assert reader.metadata is not None
    assert reader.metadata.title == "月报"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-Hans"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_a_title_can_be_given() -> None:
    reader = PdfReader(BytesIO(pdf.render("<html lang='zh'><body><p>a</p></body></html>", title="十一月")))
    assert reader.metadata is not None
    assert reader.metadata.title == "十一月"


def test_the_same_document_gives_the_same_bytes() -> None:
    page = PAGE.format("<h1>守望</h1>")
    assert pdf.render(page, css="h1 { color: red }") == pdf.render(page, css="h1 { color: red }")
    assert pdf.render(page) != pdf.render(page, css="@page { size: A5 }")


def test_threads_do_not_disturb_one_another() -> None:
    done: list[str] = []
    pages = [PAGE.format(f"<p>第{n}份</p>") for n in range(6)]
    threads = [threading.Thread(target=lambda page=page: done.append(text(pdf.render(page)).strip())) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [f"第{n}份" for n in range(6)]


PAYLOADS = [
    '<img alt="" src="{0}">',
    '<object data="{0}"></object>',
    '<embed src="{0}">',
    '<link rel="stylesheet" href="{0}">',
    '<link rel="attachment" href="{0}">',
    '<a rel="attachment" href="{0}">x</a>',
    '<style>@import url("{0}");</style>',
    '<style>body {{ background: url("{0}") }}</style>',
    '<style>@font-face {{ font-family: f; src: url("{0}") }} body {{ font-family: f }}</style>',
    '<style>p::before {{ content: url("{0}") }}</style><p>x</p>',
    '<style>li {{ list-style-image: url("{0}") }}</style><ul><li>x</li></ul>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{0}"/></svg>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="{0}#a"/></svg>',
    '<base href="{0}"><img alt="" src="x.png">',
    '<iframe src="{0}"></iframe>',
    '<video poster="{0}"></video>',
    '<img alt="" srcset="{0} 2x" src="{0}">',
    '<meta http-equiv="refresh" content="0;url={0}">',
]


@pytest.fixture
def knocks() -> Iterator[tuple[str, list[object]]]:
    """An address of this machine, and who has connected to it so far, whatever they said."""
    came: list[object] = []

    class Listener(ThreadingHTTPServer):
        daemon_threads = True

        def verify_request(self, request: object, client_address: object) -> bool:
            came.append(client_address)
            return False

    with Listener(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{MARK}", came
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_is_fetched(payload: str, tmp_path: Path, knocks: tuple[str, list[object]]) -> None:
    file = tmp_path / "secret.svg"
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text y="20">{MARK}</text></svg>')
    for address in (file.as_uri(), knocks[0]):
        printed = pdf.render(PAGE.format(payload.format(address)))
        assert MARK not in text(printed)
        assert not PdfReader(BytesIO(printed)).attachments
    assert knocks[1] == []


def test_a_picture_within_the_document_is_printed() -> None:
    printed = pdf.render(PAGE.format(f'<img alt="点" src="data:image/png;base64,{PNG}">'))
    assert len(PdfReader(BytesIO(printed)).pages[0].images) == 1
