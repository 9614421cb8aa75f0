"""The instruments that come with the portal, as files beside the code."""

from functools import cache
from pathlib import Path

from screening.rules.scales.files import ScaleFile, parse_json, read_file

FOLDER = Path(__file__).resolve().parents[2] / "scales"


@cache
def shipped() -> dict[str, ScaleFile]:
    """Every shipped instrument by its key."""
    files = [read_path(path) for path in sorted(FOLDER.glob("*.json"))]
    return {file.scale.key: file for file in files}


def read_path(path: Path) -> ScaleFile:
    """A scale file from the disk. DefinitionError where it is none."""
    return read_file(parse_json(path.read_text(encoding="utf-8-sig")))
