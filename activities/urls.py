from django.urls import path

from activities.views import afterwards, doors, festivals, organizing, student_pages

app_name = "activities"
ACTIVITIES = [
    path("activities/", student_pages.activity_list, name="activity-list"),
    path("activities/mine/", student_pages.own_activities, name="own-activities"),
    path("activities/board/", organizing.activity_board, name="activity-board"),
    path("activities/plan/", organizing.activity_plan, name="activity-plan"),
    path("activities/festivals/", festivals.festival_list, name="festival-list"),
    path("activities/festivals/plan/", festivals.festival_plan, name="festival-plan"),
    path("activities/festivals/<uuid:pk>/copy/", festivals.festival_copy, name="festival-copy"),
    path("activities/series/add/", festivals.brand_add, name="brand-add"),
    path("activities/enrolments/<uuid:pk>/cancel/", student_pages.enrolment_cancel, name="enrolment-cancel"),
    path("activities/enrolments/<uuid:pk>/accept/", student_pages.enrolment_accept, name="enrolment-accept"),
    path("activities/certificates/<uuid:pk>/", student_pages.certificate_download, name="certificate-download"),
    path("activities/credits/<uuid:pk>/correct/", afterwards.credit_correct, name="credit-correct"),
    path("activities/pictures/<uuid:pk>/", afterwards.picture_read, name="picture-read"),
    path("activities/pictures/<uuid:pk>/remove/", afterwards.picture_remove, name="picture-remove"),
    path("activities/<uuid:pk>/", student_pages.activity_detail, name="activity-detail"),
    path("activities/<uuid:pk>/enroll/", student_pages.activity_enroll, name="activity-enroll"),
    path("activities/<uuid:pk>/certificate/", student_pages.certificate_start, name="certificate-start"),
    path("activities/<uuid:pk>/feedback/", student_pages.feedback_give, name="feedback-give"),
    path("activities/<uuid:pk>/run/", organizing.activity_run, name="activity-run"),
    path("activities/<uuid:pk>/edit/", organizing.activity_edit, name="activity-edit"),
    path("activities/<uuid:pk>/submit/", organizing.activity_submit, name="activity-submit"),
    path("activities/<uuid:pk>/approve/", organizing.activity_approve, name="activity-approve"),
    path("activities/<uuid:pk>/send-back/", organizing.activity_send_back, name="activity-send-back"),
    path("activities/<uuid:pk>/cancel/", organizing.activity_cancel, name="activity-cancel"),
    path("activities/<uuid:pk>/draw/", organizing.activity_draw, name="activity-draw"),
    path("activities/<uuid:pk>/choose/", organizing.activity_choose, name="activity-choose"),
    path("activities/<uuid:pk>/credit/", organizing.activity_credit, name="activity-credit"),
    path("activities/<uuid:pk>/sum-up/", afterwards.activity_sum_up, name="activity-sum-up"),
    path("occasions/<uuid:pk>/screen/", doors.occasion_screen, name="occasion-screen"),
    path("occasions/<uuid:pk>/code/", doors.occasion_code, name="occasion-code"),
    path("occasions/<uuid:pk>/list/", doors.occasion_list, name="occasion-list"),
    path("occasions/<uuid:pk>/hand/", doors.occasion_hand, name="occasion-hand"),
    path("occasions/<uuid:pk>/walk-in/", doors.occasion_walk_in, name="occasion-walk-in"),
    path("occasions/<uuid:pk>/batch/", doors.occasion_batch, name="occasion-batch"),
    # Short, so that the QR picture is coarse and read from the last row.
    path("checkin/<uuid:pk>/", doors.checkin_page, name="checkin-page"),
    path("checkin/<uuid:pk>/<str:code>/", doors.checkin_scan, name="checkin-scan"),
    path("open/certificates/<str:code>/", student_pages.certificate_verify, name="certificate-verify"),
]
urlpatterns = [*ACTIVITIES]
