"""What is published about a scale beside its key: norms, and codes of LOINC. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from screening.rules.scales.definition_reader import mapping, number
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.parts import Norm


def read_norm(data: Mapping[str, Any], factors: Collection[str]) -> Norm | None:
    if "norm" not in data:
        return None
    given = mapping(data["norm"], "norm", allowed=("source", "means"))
    means = mapping(given.get("means"), "norm.means")
    for name in means:
        if name not in ("total", *factors):
            raise DefinitionError(
                gettext_noop("“%(name)s” is no factor of this scale."), place=f"norm.means.{name}", name=name
            )
    source = given.get("source")
    if not isinstance(source, str) or not source.strip():
        raise DefinitionError(gettext_noop("A norm says in “source” where it was published."), place="norm.source")
    return Norm(source, {name: number(value, f"norm.means.{name}") for name, value in means.items()})


def read_loinc(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The codes of LOINC: of the panel and the figures, of the items, and of the choices by the name of their set."""
    codes = mapping(data.get("loinc", {}), "loinc")
    for word, value in codes.items():
        place = f"loinc.{word}"
        if word == "items":
            _check_codes(mapping(value, place), place)
        elif word == "answers":
            for name, answers in mapping(value, place).items():
                _check_codes(mapping(answers, f"{place}.{name}"), f"{place}.{name}")
        else:
            _check_codes({word: value}, place)
    return codes


def _check_codes(codes: Mapping[str, Any], place: str) -> None:
    if not all(isinstance(code, str) for code in codes.values()):
        raise DefinitionError(gettext_noop("A code of LOINC is a text."), place=place)
