"""A scale file: definition and wording of one version of an instrument in one JSON document. Pure."""

from dataclasses import dataclass
from typing import Any

from screening.rules import strict_json
from screening.rules.scales.definition_reader import mapping, whole
from screening.rules.scales.definitions import Scale, parse
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.wording import read_wording

FORMAT = "shouwang-scale/1"
WORDS = ("format", "version", "source", "definition", "wording")
LONGEST_SOURCE = 300


@dataclass(frozen=True)
class ScaleFile:
    """What a file holds, checked. `definition` is as it was written, `scale` as it was understood."""

    version: int
    source: str
    definition: dict[str, Any]
    wording: dict[str, dict[str, Any]]
    scale: Scale


def read_file(given: Any) -> ScaleFile:
    """A file as documented in docs/scales.md; DefinitionError names the place of the first fault."""
    data = mapping(given, "file", allowed=WORDS)
    if data.get("format") != FORMAT:
        raise DefinitionError(gettext_noop("This must be “%(format)s”."), place="format", format=FORMAT)
    source = data.get("source", "")
    if not isinstance(source, str) or len(source) > LONGEST_SOURCE:
        raise DefinitionError(
            gettext_noop("This must be a text of at most %(longest)s characters."),
            place="source",
            longest=LONGEST_SOURCE,
        )
    scale = parse(data.get("definition"))
    return ScaleFile(
        version=whole(data.get("version", 1), "version", low=1),
        source=source,
        definition=dict(data["definition"]),
        wording=read_wording(scale, data.get("wording", {})),
        scale=scale,
    )


def parse_json(text: str) -> Any:
    """The JSON of a file; DefinitionError where it is none, or names something twice."""
    try:
        return strict_json.load(text, _once)
    except strict_json.JsonFault as fault:
        raise DefinitionError(fault.sentence, place="file", **fault.params) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise DefinitionError(gettext_noop("It is given twice."), place=name)
        found[name] = value
    return found
