from screening.models.campaigns import (
    Campaign,
    CampaignScale,
    CampaignText,
    Exemption,
    OperatorTraining,
    Participation,
)
from screening.models.figures import PublishedFigures
from screening.models.imports import ColumnMapping, ImportedResult, ResultImport
from screening.models.interviews import Feedback, Interview, InterviewAttempt
from screening.models.papers import Paper, Result, ResultVersion
from screening.models.scales import Scale

__all__ = [
    "Campaign",
    "CampaignScale",
    "CampaignText",
    "ColumnMapping",
    "Exemption",
    "Feedback",
    "ImportedResult",
    "Interview",
    "InterviewAttempt",
    "OperatorTraining",
    "Paper",
    "Participation",
    "PublishedFigures",
    "Result",
    "ResultImport",
    "ResultVersion",
    "Scale",
]
