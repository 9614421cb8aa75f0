import re

import pytest

from tests.named import exists
from tests.services import ROOT

DOCUMENTS = ("docs/SECURITY.md", "docs/threat-model.md", "docs/asvs.md")
NAME = re.compile(r"`((?:tests/[\w/]+\.py::)?test_\w+)`|`(tests/[\w/]+\.py)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
# Chapters of ASVS 5.0.0 with the number of their requirements of levels 1 and 2.
ASVS_LEVEL_2 = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_and_file_that_a_security_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    named = [test or path for test, path in NAME.findall(text)]
    assert named
    missing = sorted(
        {
            one
            for one in named
            if not (exists(one) if "::" in one or one.startswith("test_") else (ROOT / one).is_file())
        }
    )
    assert missing == []
    assert [link for link in LINK.findall(text) if not (ROOT / "docs" / link).exists()] == []


def test_the_asvs_table_has_a_row_for_each_requirement_and_each_row_an_answer() -> None:
    rows = [
        line.split("|")
        for line in (ROOT / "docs/asvs.md").read_text().splitlines()
        if re.match(r"\| V?\d+\.\d+\.\d+ ", line)
    ]
    numbers = [row[1].strip().lstrip("V") for row in rows]
    assert len(set(numbers)) == len(numbers)
    for chapter, count in ASVS_LEVEL_2.items():
        assert sum(number.startswith(f"{chapter}.") for number in numbers) == count, f"chapter {chapter}"
    for row in rows:
        state, proof = row[4].strip(), row[5].strip()
        assert state in {"met", "partly", "operator", "open", "n/a"}, row
        assert len(proof) > 8, row
