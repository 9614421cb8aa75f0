from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as passkey
from django.urls import include, path
from django.views.i18n import set_language

from network.access import own, public, third_party
from network.views.signin import devices, factors, single_sign_on
from portal import home
from portal.views import access_table, audit_log, duties, files, health, jobs, looks, notices, search

urlpatterns = [
    path("", home.home, name="home"),
    path("to-do/", duties.duty_list, name="duty-list"),
    path("search/", search.search_page, name="search"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/read/", notices.notice_read_all, name="notice-read-all"),
    path("n/<uuid:pk>", notices.notice_detail, name="notice-detail"),
    path("notices/<uuid:pk>/", notices.notice_open, name="notice-open"),
    path("files/<uuid:pk>/", files.printed_file, name="printed-file"),
    path("jobs/<uuid:pk>/", jobs.job_detail, name="job-detail"),
    path("jobs/<uuid:pk>/retry/", jobs.job_retry, name="job-retry"),
    path("my/looks/", looks.look_list, name="look-list"),
    path("audit/", audit_log.audit_list, name="audit-list"),
    path("audit/export/", audit_log.audit_export, name="audit-export"),
    path("access/", access_table.access_table, name="access-table"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("healthz/alarms", health.healthz_alarms, name="healthz_alarms"),
    path("language/", third_party(set_language, public), name="set_language"),
    path("accounts/login/", third_party(account.login, public), name="account_login"),
    path("accounts/logout/", third_party(account.logout, own), name="account_logout"),
    path("accounts/password/change/", third_party(account.password_change, own), name="account_change_password"),
    path("accounts/inactive/", third_party(account.account_inactive, public), name="account_inactive"),
    path("accounts/reauthenticate/", third_party(account.reauthenticate, own), name="account_reauthenticate"),
    path("accounts/devices/", devices.device_list, name="device-list"),
    path("accounts/devices/end-others/", devices.device_end_others, name="device-end-others"),
    path("accounts/devices/<uuid:pk>/end/", devices.device_end, name="device-end"),
    # allauth leads to these by their names.
    path("accounts/factors/", factors.factor_list, name="mfa_index"),
    path("accounts/factors/<int:pk>/drop/", factors.factor_drop, name="factor-drop"),
    path("accounts/factors/code/", third_party(mfa.authenticate, public), name="mfa_authenticate"),
    path("accounts/factors/code-again/", third_party(mfa.reauthenticate, own), name="mfa_reauthenticate"),
    path("accounts/factors/app/", factors.totp_activate, name="mfa_activate_totp"),
    path("accounts/factors/recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/factors/recovery-codes.txt", factors.recovery_codes_download, name="recovery-codes-download"),
    path("accounts/passkeys/add/", factors.passkey_add, name="mfa_add_webauthn"),
    path("accounts/passkeys/sign-in/", third_party(passkey.login_webauthn, public), name="mfa_login_webauthn"),
    path(
        "accounts/passkeys/again/",
        third_party(passkey.reauthenticate_webauthn, own),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/cas/login/", single_sign_on.cas_login, name="cas_login"),
    path("accounts/cas/callback/", single_sign_on.cas_callback, name="cas_callback"),
    path("accounts/oidc/<slug:provider_id>/login/", single_sign_on.oidc_login, name="openid_connect_login"),
    path("accounts/oidc/<slug:provider_id>/callback/", single_sign_on.oidc_callback, name="openid_connect_callback"),
    path("accounts/saml/<slug:organization_slug>/login/", single_sign_on.saml_login, name="saml_login"),
    path("accounts/saml/<slug:organization_slug>/acs/", single_sign_on.saml_acs, name="saml_acs"),
    path("accounts/saml/<slug:organization_slug>/finish/", single_sign_on.saml_acs_finish, name="saml_finish_acs"),
    path("accounts/saml/<slug:organization_slug>/sign-out/", single_sign_on.saml_sign_out, name="saml_sls"),
    path("accounts/saml/<slug:organization_slug>/metadata/", single_sign_on.saml_metadata, name="saml_metadata"),
    path("accounts/sign-in-cancelled/", single_sign_on.cancelled, name="socialaccount_login_cancelled"),
    path("api/", include("portal.api")),
    path("network/", include("network.urls")),
    path("screening/", include("screening.urls")),
    path("", include("counseling.urls")),
    path("", include("activities.urls")),
    path("", include("crisis.urls")),
    path("reports/", include("reporting.urls")),
]
