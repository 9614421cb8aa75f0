from screening.models.campaigns import (
    Campaign,
    CampaignScale,
    CampaignText,
    Exemption,
    OperatorTraining,
    Participation,
)
from screening.models.interviews import DualRelation, Feedback, Interview, InterviewAttempt
from screening.models.papers import Paper, Result
from screening.models.scales import Scale

__all__ = [
    "Campaign",
    "CampaignScale",
    "CampaignText",
    "DualRelation",
    "Exemption",
    "Feedback",
    "Interview",
    "InterviewAttempt",
    "OperatorTraining",
    "Paper",
    "Participation",
    "Result",
    "Scale",
]
