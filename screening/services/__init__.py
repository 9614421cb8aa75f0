"""Everything that screening writes."""

from screening.services.answering import Message, agree, consent_stands, decline, own_paper, save_answers, submit_paper
from screening.services.campaigns import (
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
from screening.services.exemptions import ask_exemption, decide_exemption
from screening.services.interviews import (
    Finding,
    assign_interview,
    mark_seen,
    record_attempt,
    record_finding,
    record_refusal,
)
from screening.services.people import bar_counselor, free_counselor, record_training
from screening.services.progress import progress_of
from screening.services.reminders import remind_unfinished

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
