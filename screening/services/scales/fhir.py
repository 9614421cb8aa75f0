"""Scales between the portal and systems that speak FHIR."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from screening.models import Scale
from screening.rules.fhir.exporting import export_questionnaire
from screening.rules.fhir.importing import read_questionnaire
from screening.rules.fhir.words import Release
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.files import FORMAT, ScaleFile
from screening.services.scales.shipped import shipped


def read(resource: dict[str, Any]) -> ScaleFile:
    """The scale of a Questionnaire, R5 or R4B. DefinitionError names what is not understood by its linkId."""
    if resource.get("resourceType") != "Questionnaire":
        raise DefinitionError(gettext_noop("Of FHIR, only a Questionnaire can be imported."), place="resourceType")
    return read_questionnaire(resource, shipped().values())


def export(scale: Scale, form: str = "") -> dict[str, Any]:
    """A scale as a file of the portal, or with `form` r5 or r4b as a FHIR Questionnaire. Either can be imported again.
    Refused for any other form."""
    file = ScaleFile(scale.version, scale.source, scale.definition, scale.wording, scale.parsed)
    if not form:
        return {
            "format": FORMAT,
            "version": file.version,
            "source": file.source,
            "definition": file.definition,
            "wording": file.wording,
        }
    if form.upper() not in list(Release):
        raise Refused(_("A scale can be exported as R5 or R4B."), code="unknown-form")
    return export_questionnaire(file, Release(form.upper()), state=scale.state)
