import re

import pytest
from django.core.management import get_commands

from tests.named import exists
from tests.services import ROOT

DOCUMENTS = ("docs/SECURITY.md", "docs/threat-model.md", "docs/asvs.md")
NAME = re.compile(r"`((?:tests/[\w/]+\.py::)?test_\w+)`|`(tests/[\w/]+\.py)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SECTION = re.compile(r"§+ ?(\d+)")
# A line that names its source by the mission or the domain, with the IDs of requirements: "the mission (M1, M4 to M6)".
SOURCE = re.compile(r"\b(?:mission|domain)\b", re.IGNORECASE)
REQUIREMENT = re.compile(r"\b[NMSCKEP]\d{1,2}\b")
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


def texts() -> list[tuple[str, str]]:
    """Code, templates and documents with their text."""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    roots = [path for path in folders if path.name not in {"node_modules", "var"}]
    paths = [*ROOT.glob("*.md"), *(path for root in roots for path in root.rglob("*"))]
    return [(str(path.relative_to(ROOT)), path.read_text()) for path in paths if path.suffix in {".py", ".md", ".html"}]


def test_every_section_and_requirement_of_the_domain_that_is_cited_exists() -> None:
    domain = (ROOT / "docs/domain.md").read_text()
    sections = set(re.findall(r"^## (\d+) ", domain, flags=re.MULTILINE))
    mission = domain.split("## 9 ")[1]
    requirements = set(re.findall(r"^\| ([NMSCKEP]\d+) \|", mission, flags=re.MULTILINE))
    assert len(sections) == 10
    assert len(requirements) == 65
    cited = {(path, number) for path, text in texts() for number in SECTION.findall(text)}
    assert len(cited) > 2
    assert sorted((path, number) for path, number in cited if number not in sections) == []
    named = {
        (path, name)
        for path, text in texts()
        for line in text.splitlines()
        if SOURCE.search(line)
        for name in REQUIREMENT.findall(line)
    }
    assert len(named) > 4
    assert sorted((path, name) for path, name in named if name not in requirements) == []


def test_each_command_in_the_documents_exists_and_needs_no_tool_on_the_path() -> None:
    documents = {path: path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]}
    commands = get_commands()
    for path, text in documents.items():
        assert "uv run" not in text, path.name
        assert [name for name in re.findall(r"manage\.py ([a-z_]+)", text) if name not in commands] == [], path.name
    for path in (ROOT / "docs" / "guides").glob("*.md"):
        assert re.findall(r"(?<!\.venv/bin/python )manage\.py", documents[path]) == [], path.name
    # The operator's handbook says once how each of its short forms is run.
    assert "`.venv/bin/python manage.py …`" in documents[ROOT / "docs" / "operations.md"]
