"""Instruments and results between the portal and systems that speak FHIR."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.periods import TZ
from screening.models import Scale
from screening.rules.fhir.exporting import export_questionnaire
from screening.rules.fhir.importing import read_questionnaire
from screening.rules.fhir.results import export_observations, export_response
from screening.rules.fhir.words import Release
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.files import FORMAT, ScaleFile
from screening.rules.scoring.outcomes import Outcome
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


def export_result(scale: Scale, outcome: Outcome, *, subject: str, at: datetime) -> dict[str, Any]:
    """A paper as a Bundle: the answers as a QuestionnaireResponse, the figures as Observations. `subject` is the
    reference under which the receiving system knows the student; no name leaves the portal."""
    moment = at.astimezone(TZ).isoformat(timespec="seconds")
    response = export_response(outcome, subject=subject, authored=moment, version=scale.version)
    resources = [response, *export_observations(outcome, subject=subject, at=moment)]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}
