"""The floor: a plain Django project that does the same work (page, session, scoring, three inserts) and nothing else.

gunicorn tests.bench.floor:application; DATABASE_URL names the database, `prepare` makes its tables and sessions.
"""

import json
import os

import django
import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application

CHOICES = [(value, f"Choice {value}") for value in range(4)]
SHOWN = 5
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head>
<body><main>
<form method="post">{% csrf_token %}{% for item in shown %}<fieldset><legend>{{ item.text }}</legend>
{% for value, label in choices %}<label><input type="radio" name="q-{{ item.code }}" value="{{ value }}">
<span>{{ label }}</span></label>{% endfor %}</fieldset>{% endfor %}<button>Next</button></form>
{{ data|json_script:"paper-data" }}</main></body></html>"""

if not settings.configured:
    settings.configure(
        SECRET_KEY="floor",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 60}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]},
            }
        ],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.timezone import now  # noqa: E402


class Answers(models.Model):  # noqa: DJ008
    user = models.ForeignKey(User, models.CASCADE)
    at = models.DateTimeField()
    given = models.JSONField()

    class Meta:
        app_label = "floor"


class Score(models.Model):  # noqa: DJ008
    answers = models.ForeignKey(Answers, models.CASCADE)
    total = models.IntegerField()

    class Meta:
        app_label = "floor"


class Trace(models.Model):  # noqa: DJ008
    user = models.ForeignKey(User, models.CASCADE)
    at = models.DateTimeField()
    action = models.CharField(max_length=80)

    class Meta:
        app_label = "floor"


def items_of(count: int) -> list[dict[str, str]]:
    return [{"code": str(n), "text": f"Question {n}", "set": "often"} for n in range(1, count + 1)]


@login_required
def page(request: HttpRequest, count: int) -> HttpResponse:
    items = items_of(count)
    data = {"items": items, "choices": {"often": CHOICES}, "answers": {}}
    return render(request, "page.html", {"shown": items[:SHOWN], "choices": CHOICES, "data": data})


@login_required
def submit(request: HttpRequest, count: int) -> HttpResponse:
    given = {one["item"]: one["value"] for one in json.loads(request.POST["message"])["given"]}
    assert len(given) == count
    total = sum(given.values())
    with transaction.atomic():
        answers = Answers.objects.create(user=request.user, at=now(), given=given)
        Score.objects.create(answers=answers, total=total)
        Trace.objects.create(user=request.user, at=now(), action="submit")
    return HttpResponseRedirect("/done/")


urlpatterns = [path("<int:count>/", page), path("<int:count>/submit/", submit)]
application = get_wsgi_application()


def prepare(people: int, count: int) -> list[dict[str, str]]:
    """Tables, users and sessions; what each client opens and sends."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in (Answers, Score, Trace):
            editor.create_model(model)
    papers = []
    for n in range(people):
        user = User.objects.create(username=str(n))
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.save()
        token = "a" * 32
        papers.append(
            {"session": session.session_key or "", "token": token, "open": f"/{count}/", "submit": f"/{count}/submit/"}
        )
    return papers
