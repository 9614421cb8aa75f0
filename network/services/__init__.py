from network.services.accounts import Slip, issue_slips, reset_password, set_password
from network.services.closing import disable_account, enable_account
from network.services.duties import Owed, owe, remind, reopen, settle, withdraw
from network.services.factors import (
    drop_factor,
    drop_totp,
    factors_of,
    has_second_factor,
    open_secret,
    reset_factors,
    seal_secret,
    welcome_factor,
)
from network.services.looks import record_look
from network.services.posts import appoint, appoint_many, end_posts, relieve
from network.services.sessions import (
    close_session,
    end_session,
    end_sessions,
    forget_sessions,
    open_session,
    record_sign_in,
    see_session,
    session_limit,
)
from network.services.slips import PostSlip, issue_post_slips, renew_password, slips_workbook
from network.services.students import move_student, place, settle_home_classes
from network.services.units import add_unit, create_school, ensure_units, rename_school
from network.services.vacancies import chase_vacancies, dorms_to_fill, fill_vacancies, propose_heads, vacant_units

__all__ = [
    "Owed",
    "PostSlip",
    "Slip",
    "add_unit",
    "appoint",
    "appoint_many",
    "chase_vacancies",
    "close_session",
    "create_school",
    "disable_account",
    "dorms_to_fill",
    "drop_factor",
    "drop_totp",
    "enable_account",
    "end_posts",
    "end_session",
    "end_sessions",
    "ensure_units",
    "factors_of",
    "fill_vacancies",
    "forget_sessions",
    "has_second_factor",
    "issue_post_slips",
    "issue_slips",
    "move_student",
    "open_secret",
    "open_session",
    "owe",
    "place",
    "propose_heads",
    "record_look",
    "record_sign_in",
    "relieve",
    "remind",
    "rename_school",
    "renew_password",
    "reopen",
    "reset_factors",
    "reset_password",
    "seal_secret",
    "see_session",
    "session_limit",
    "set_password",
    "settle",
    "settle_home_classes",
    "slips_workbook",
    "vacant_units",
    "welcome_factor",
    "withdraw",
]
