from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from network.access import foreign, own, public
from portal import home, views

urlpatterns = [
    path("", home.home, name="home"),
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.notice_read_all, name="notice-read-all"),
    path("notices/<uuid:pk>/", views.notice_open, name="notice-open"),
    path("jobs/<uuid:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<uuid:pk>/retry/", views.job_retry, name="job-retry"),
    path("my/looks/", views.look_list, name="look-list"),
    path("audit/", views.audit_list, name="audit-list"),
    path("audit/export/", views.audit_export, name="audit-export"),
    path("access/", views.access_table, name="access-table"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", foreign(set_language, public), name="set_language"),
    path("accounts/login/", foreign(account.login, public), name="account_login"),
    path("accounts/logout/", foreign(account.logout, own), name="account_logout"),
    path("accounts/password/change/", foreign(account.password_change, own), name="account_change_password"),
    path("accounts/inactive/", foreign(account.account_inactive, public), name="account_inactive"),
    path("accounts/reauthenticate/", foreign(account.reauthenticate, own), name="account_reauthenticate"),
    path("api/", include("portal.api")),
    path("network/", include("network.urls")),
    path("alarms/", include("crisis.urls")),
    path("reports/", include("reporting.urls")),
]
