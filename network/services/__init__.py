from network.services.accounts import Slip, issue_slips, reset_password, set_password
from network.services.consents import (
    current_version,
    give_consent,
    has_consent,
    publish_text,
    withdraw_consent,
)
from network.services.duties import Owed, owe, remind, reopen, settle, withdraw
from network.services.erasure import (
    answer_correction,
    carry_out_erasures,
    decide_erasure,
    make_request,
    replay_erasures,
)
from network.services.looks import record_look
from network.services.posts import appoint, appoint_many, end_posts, relieve
from network.services.retention import apply_retention, confirm_plan, lift_hold, place_hold, set_period
from network.services.slips import PostSlip, issue_post_slips, renew_password, slips_workbook
from network.services.students import move_student, place, settle_home_classes
from network.services.units import add_unit, create_school, ensure_units, rename_school
from network.services.vacancies import chase_vacancies, dorms_to_fill, fill_vacancies, propose_heads, vacant_units

__all__ = [
    "Owed",
    "PostSlip",
    "Slip",
    "add_unit",
    "answer_correction",
    "apply_retention",
    "appoint",
    "appoint_many",
    "carry_out_erasures",
    "chase_vacancies",
    "confirm_plan",
    "create_school",
    "current_version",
    "decide_erasure",
    "dorms_to_fill",
    "end_posts",
    "ensure_units",
    "fill_vacancies",
    "give_consent",
    "has_consent",
    "issue_post_slips",
    "issue_slips",
    "lift_hold",
    "make_request",
    "move_student",
    "owe",
    "place",
    "place_hold",
    "propose_heads",
    "publish_text",
    "record_look",
    "relieve",
    "remind",
    "rename_school",
    "renew_password",
    "reopen",
    "replay_erasures",
    "reset_password",
    "set_password",
    "set_period",
    "settle",
    "settle_home_classes",
    "slips_workbook",
    "vacant_units",
    "withdraw",
    "withdraw_consent",
]
