"""Words as they are compared: what two offices type differently and mean alike. Knows no Django."""

import re
from functools import lru_cache

# Full-width signs and their ordinary ones, brackets of all kinds, and dashes.
WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
BRACKETS = str.maketrans("〔［【〈《〕］】〉》[]", "(((((" + ")))))" + "()")
DASHES = str.maketrans("‐‑‒–—−－", "-------")
# Middle dot, bullet, katakana dot, hyphenation point, full-width full stop, full stop, and their kin.
DOTS = "\u00b7\u2022\u30fb\u2027\uff0e.\u2219\u22c5\uff65"
DOT = "\u00b7"
SPACES = re.compile(r"\s+")
CHINESE = "\u3400-\u9fff\uf900-\ufaff"
INNER_SPACES = re.compile(rf"(?<=[{CHINESE}{DOT}])\s+(?=[{CHINESE}{DOT}])")
INNER_DOTS = re.compile(rf"(?<=[{CHINESE}])\s*[{re.escape(DOTS)}]\s*(?=[{CHINESE}])")
TABLE = WIDTH | BRACKETS | DASHES | dict.fromkeys(map(ord, DOTS), DOT)


@lru_cache(maxsize=1 << 18)
def fold(text: str) -> str:
    """A name of a person, class or room as it is compared: 软件 2601班（实验） and 软件2601班(实验) are one."""
    return SPACES.sub("", text).translate(TABLE).casefold()


def unpadded(name: str) -> str:
    """A name without the spaces that pad it inside: 张　三 is 张三; those of a Latin name stay."""
    return INNER_SPACES.sub("", name)


def one_dot(name: str) -> str:
    """A name of several parts with U+00B7 between them, whichever of the dots was typed."""
    return INNER_DOTS.sub(DOT, name)
