from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from portal import home, views

urlpatterns = [
    path("", home.home, name="home"),
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.notice_read_all, name="notice-read-all"),
    path("notices/<uuid:pk>/", views.notice_open, name="notice-open"),
    path("jobs/<uuid:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<uuid:pk>/retry/", views.job_retry, name="job-retry"),
    path("audit/", views.audit_list, name="audit-list"),
    path("audit/export/", views.audit_export, name="audit-export"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/alarms", views.healthz_alarms, name="healthz_alarms"),
    path("language/", set_language, name="set_language"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("api/", include("portal.api")),
    path("network/", include("network.urls")),
    path("", include("crisis.urls")),
    path("reports/", include("reporting.urls")),
]
