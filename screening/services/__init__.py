"""Everything that screening writes."""

from screening.services.campaigns.exemptions import ask_exemption, decide_exemption
from screening.services.campaigns.lifecycle import (
    Plan,
    Text,
    close_campaign,
    discard_campaign,
    draft_campaign,
    extend_campaign,
    open_campaign,
    release_to_students,
    revise_campaign,
    text_of,
    write_text,
)
from screening.services.campaigns.progress import progress_of
from screening.services.campaigns.reminders import remind_unfinished
from screening.services.interviews.lifecycle import (
    Finding,
    assign_interview,
    mark_seen,
    record_attempt,
    record_finding,
    record_refusal,
)
from screening.services.interviews.staff import bar_counselor, free_counselor, record_training
from screening.services.papers.answering import Message, agree, decline, save_answers, submit_paper
from screening.services.papers.statement import consent_stands, own_paper, own_paper_with_others, own_papers

__all__ = [
    "Finding",
    "Message",
    "Plan",
    "Text",
    "agree",
    "ask_exemption",
    "assign_interview",
    "bar_counselor",
    "close_campaign",
    "consent_stands",
    "decide_exemption",
    "decline",
    "discard_campaign",
    "draft_campaign",
    "extend_campaign",
    "free_counselor",
    "mark_seen",
    "open_campaign",
    "own_paper",
    "own_paper_with_others",
    "own_papers",
    "progress_of",
    "record_attempt",
    "record_finding",
    "record_refusal",
    "record_training",
    "release_to_students",
    "remind_unfinished",
    "revise_campaign",
    "save_answers",
    "submit_paper",
    "text_of",
    "write_text",
]
