"""The text of an instrument as a workbook: one to fill in, and the filled-in one read back."""

from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from kernel import xlsx
from kernel.errors import Refused
from screening.models import Scale

LANGUAGES = ("zh-hans", "en")
HEADS = ("中文", "English")
KINDS = {"title": "标题", "instructions": "指导语", "items": "题目", "choices": "选项", "factors": "因子"}
BY_NAME = {name: kind for kind, name in KINDS.items()}
HEAD = ("类别", "代码", *HEADS)
SHEET = "量表文字"
MOST_BYTES = 2 << 20
MOST_ROWS = 2000


def wording_sheet(scale: Scale) -> bytes:
    """A workbook with a row for every text the scale needs, and what is known of it."""
    rows: list[list[str]] = [list(HEAD)]
    for kind, code in _places(scale):
        rows.append(
            [KINDS[kind], code, *(_text(scale.wording.get(language, {}), kind, code) for language in LANGUAGES)]
        )
    return xlsx.write_workbook({SHEET: rows})


def _places(scale: Scale) -> list[tuple[str, str]]:
    parsed = scale.parsed
    sets = {item.choices: item.values for item in parsed.items if item.choices}
    factors = [*(factor.name for factor in parsed.factors), *(component.name for component in parsed.components)]
    return [
        ("title", ""),
        ("instructions", ""),
        *(("items", item.code) for item in parsed.items),
        *(("choices", f"{name}={value}") for name, values in sets.items() for value in values),
        *(("factors", name) for name in factors),
    ]


def _text(words: dict[str, Any], kind: str, code: str) -> str:
    found = words.get(kind, "")
    if isinstance(found, str):
        return found
    if kind == "choices":
        name, _equals, value = code.partition("=")
        return str(found.get(name, {}).get(value, ""))
    return str(found.get(code, ""))


def read_wording_sheet(source: IO[bytes]) -> dict[str, Any]:
    """The texts of a filled-in workbook by language. Refused where it is not that workbook; names the row."""
    workbook = xlsx.read_workbook(source, max_bytes=MOST_BYTES, max_rows=MOST_ROWS)
    rows = next(iter(workbook.sheets.values()), [])
    if not rows or [str(cell).strip() for cell in rows[0][1][: len(HEAD)]] != list(HEAD):
        raise Refused(
            _("The first row must be: %(head)s. Take the workbook of this scale and fill it in.")
            % {"head": " · ".join(HEAD)},
            code="wording-head",
        )
    found: dict[str, Any] = {language: {} for language in LANGUAGES}
    seen: set[tuple[str, str]] = set()
    for number, cells in rows[1:]:
        kind, code, *texts = [_plain(cell, number) for cell in [*cells, "", "", "", ""][: len(HEAD)]]
        if kind not in BY_NAME:
            raise Refused(
                _("Row %(row)s: “%(word)s” is no kind of text.") % {"row": number, "word": kind}, code="wording-row"
            )
        if (kind, code) in seen:
            raise Refused(_("Row %(row)s: this text is given twice.") % {"row": number}, code="wording-row")
        seen.add((kind, code))
        for language, text in zip(LANGUAGES, texts, strict=True):
            _put(found[language], BY_NAME[kind], code, text)
    return {language: words for language, words in found.items() if words}


def _plain(cell: object, row: int) -> str:
    if isinstance(cell, xlsx.Formula):
        raise Refused(_("Row %(row)s holds a formula. Paste its value instead.") % {"row": row}, code="wording-row")
    return str(cell).strip()


def _put(words: dict[str, Any], kind: str, code: str, text: str) -> None:
    if not text:
        return
    if kind in ("title", "instructions"):
        words[kind] = text
    elif kind == "choices":
        name, _equals, value = code.partition("=")
        words.setdefault(kind, {}).setdefault(name, {})[value] = text
    else:
        words.setdefault(kind, {})[code] = text
