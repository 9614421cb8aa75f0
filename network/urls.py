from django.urls import path

from network.views import people, posts, rosters, school, slips, students, units, vacancies

app_name = "network"
urlpatterns = [
    path("units/", units.unit_list, name="unit-list"),
    path("units/<int:pk>/", units.unit_detail, name="unit-detail"),
    path("units/<int:pk>/appoint/", posts.post_appoint, name="post-appoint"),
    path("units/<int:pk>/slips/", slips.slip_issue, name="slip-issue"),
    path("people/<int:pk>/password/", slips.password_reset, name="password-reset"),
    path("people/<int:pk>/disable/", people.account_disable, name="account-disable"),
    path("people/<int:pk>/enable/", people.account_enable, name="account-enable"),
    path("people/<int:pk>/second-step/", people.factor_reset, name="person-factor-reset"),
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
]
