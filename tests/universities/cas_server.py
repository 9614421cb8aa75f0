"""A CAS server in a process of its own: python -m tests.universities.cas_server FOLDER PORT NUMBER…"""

import sys
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

PASSWORD = "cas-password"  # everybody's


def main(folder: str, port: str, *numbers: str) -> None:
    settings.configure(
        SECRET_KEY="for-tests-alone",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="cas_server.urls",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "cas_server",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.locale.LocaleMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/cas.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        STATIC_URL="/static/",
        SESSION_COOKIE_NAME="cas_session",
        CSRF_COOKIE_NAME="cas_csrf",
        CAS_NEW_VERSION_HTML_WARNING=False,
        CAS_NEW_VERSION_EMAIL_WARNING=False,
        CAS_COMPONENT_URLS=dict.fromkeys(
            ["bootstrap3_css", "bootstrap3_js", "html5shiv", "respond", "bootstrap4_css", "bootstrap4_js", "jquery"], ""
        ),
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    # Models are there only now.
    from cas_server.models import ServicePattern  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415

    ServicePattern.objects.create(name="portal", pattern=r"^http://localhost:\d+/accounts/cas/callback/.*")
    for number in numbers:
        User.objects.create_user(number, password=PASSWORD)
    make_server("127.0.0.1", int(port), get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
