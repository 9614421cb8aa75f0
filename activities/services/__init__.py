from activities.services.afterwards import add_picture, give_feedback, remove_picture, write_summary
from activities.services.certificates import print_certificate, start_certificate
from activities.services.checking_in import check_in, check_in_by_hand, note_walk_ins, take_offline_batch
from activities.services.crediting import correct_credit, credit_hours
from activities.services.drawing import choose_participants, draw_places, verify_draw
from activities.services.enrolling import accept_offer, cancel_enrolment, enroll
from activities.services.festivals import add_brand, copy_festival, plan_festival
from activities.services.moving_up import lapse_offers
from activities.services.planning import (
    add_helper,
    approve_activity,
    cancel_activity,
    edit_activity,
    plan_activity,
    send_back_activity,
    submit_activity,
)

__all__ = [
    "accept_offer",
    "add_brand",
    "add_helper",
    "add_picture",
    "approve_activity",
    "cancel_activity",
    "cancel_enrolment",
    "check_in",
    "check_in_by_hand",
    "choose_participants",
    "copy_festival",
    "correct_credit",
    "credit_hours",
    "draw_places",
    "edit_activity",
    "enroll",
    "give_feedback",
    "lapse_offers",
    "note_walk_ins",
    "plan_activity",
    "plan_festival",
    "print_certificate",
    "remove_picture",
    "send_back_activity",
    "start_certificate",
    "submit_activity",
    "take_offline_batch",
    "verify_draw",
    "write_summary",
]
