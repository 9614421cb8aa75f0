from django.urls import path

from network.views import posts, rosters, school, slips, students, units, vacancies
from network.views.privacy import consents, own, requests, retention, texts

app_name = "network"
urlpatterns = [
    path("units/", units.unit_list, name="unit-list"),
    path("units/<int:pk>/", units.unit_detail, name="unit-detail"),
    path("units/<int:pk>/appoint/", posts.post_appoint, name="post-appoint"),
    path("units/<int:pk>/slips/", slips.slip_issue, name="slip-issue"),
    path("people/<int:pk>/password/", slips.password_reset, name="password-reset"),
    path("students/", students.student_list, name="student-list"),
    path("students/<uuid:pk>/", students.student_detail, name="student-detail"),
    path("posts/", posts.post_list, name="post-list"),
    path("posts/<int:pk>/relieve/", posts.post_relieve, name="post-relieve"),
    path("vacancies/", vacancies.vacancy_list, name="vacancy-list"),
    path("vacancies/fill/", vacancies.vacancy_fill, name="vacancy-fill"),
    path("imports/", rosters.import_list, name="import-list"),
    path("imports/sample/", rosters.import_sample, name="import-sample"),
    path("imports/<uuid:pk>/", rosters.import_detail, name="import-detail"),
    path("imports/<uuid:pk>/errors/", rosters.import_errors, name="import-errors"),
    path("imports/<uuid:pk>/apply/", rosters.import_apply, name="import-apply"),
    path("imports/<uuid:pk>/discard/", rosters.import_discard, name="import-discard"),
    path("imports/<uuid:pk>/undo/", rosters.import_undo, name="import-undo"),
    path("school/", school.school_edit, name="school-edit"),
    path("my/consents/", consents.consent_list, name="consent-list"),
    path("my/consents/give/", consents.consent_give, name="consent-give"),
    path("my/consents/withdraw/", consents.consent_withdraw, name="consent-withdraw"),
    path("privacy/texts/", texts.text_list, name="text-list"),
    path("privacy/texts/write/", texts.text_write, name="text-write"),
    path("my/data/", own.own_data, name="own-data"),
    path("my/data/json/", own.own_data_download, name="own-data-download"),
    path("my/data/ask/", own.request_make, name="request-make"),
    path("privacy/requests/", requests.request_list, name="request-list"),
    path("privacy/requests/enter/", requests.request_enter, name="request-enter"),
    path("privacy/requests/<uuid:pk>/", requests.request_detail, name="request-detail"),
    path("privacy/holds/", retention.hold_list, name="hold-list"),
    path("privacy/holds/<uuid:pk>/lift/", retention.hold_lift, name="hold-lift"),
    path("privacy/retention/", retention.retention_page, name="retention-page"),
    path("privacy/retention/set/", retention.retention_set, name="retention-set"),
    path("privacy/retention/confirm/", retention.retention_confirm, name="retention-confirm"),
]
