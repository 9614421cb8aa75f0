"""The floor: a plain Django project with the same three pages (consent, paper, thanks), session, score and rows.

gunicorn tests.bench.floor:application; DATABASE_URL names the database, `prepare` makes its tables and sessions.
"""

import json
import os
from typing import Any

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
CONSENT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head>
<body><main><h1>Consent</h1>{% for text in texts %}<p>{{ text }}</p>{% endfor %}
<form method="post">{% csrf_token %}<input type="hidden" name="version" value="1"><label><input type="checkbox"
name="agreed"> I agree</label><button>Begin</button></form></main></body></html>"""
DONE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head>
<body><main><h1>Thank you</h1><p>{{ paper.pk }}</p><a href="/">Home</a></main></body></html>"""
TEMPLATES = {"page.html": PAGE, "consent.html": CONSENT, "done.html": DONE}

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
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", TEMPLATES)]},
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
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.timezone import now  # noqa: E402


class Consent(models.Model):  # noqa: DJ008
    user = models.ForeignKey(User, models.CASCADE)
    at = models.DateTimeField()
    version = models.IntegerField()

    class Meta:
        app_label = "floor"


class Paper(models.Model):  # noqa: DJ008
    user = models.ForeignKey(User, models.CASCADE)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)

    class Meta:
        app_label = "floor"


class Score(models.Model):  # noqa: DJ008
    paper = models.ForeignKey(Paper, models.CASCADE)
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
def consent(request: HttpRequest, count: int) -> HttpResponse:
    if request.method == "GET":
        return render(request, "consent.html", {"texts": ["Why it is done.", "What to expect."]})
    at = now()
    with transaction.atomic():
        Consent.objects.create(user=request.user, at=at, version=int(request.POST["version"]))
        paper = Paper.objects.create(user=request.user, started_at=at)
        Trace.objects.create(user=request.user, at=at, action="agree")
    return HttpResponseRedirect(f"/{count}/papers/{paper.pk}/")


@login_required
def page(request: HttpRequest, count: int, pk: int) -> HttpResponse:
    paper = get_object_or_404(Paper, pk=pk, user=request.user)
    items = items_of(count)
    data = {"items": items, "choices": {"often": CHOICES}, "answers": paper.answers}
    return render(request, "page.html", {"shown": items[:SHOWN], "choices": CHOICES, "data": data})


@login_required
def submit(request: HttpRequest, count: int, pk: int) -> HttpResponse:
    answers = {answer["item"]: answer["value"] for answer in json.loads(request.POST["message"])["given"]}
    assert len(answers) == count
    at = now()
    with transaction.atomic():
        paper = get_object_or_404(Paper.objects.select_for_update(), pk=pk, user=request.user)
        paper.answers, paper.submitted_at = answers, at
        paper.save()
        Score.objects.create(paper=paper, total=sum(answers.values()))
        Trace.objects.create(user=request.user, at=at, action="submit")
    return HttpResponseRedirect(f"/{count}/papers/{pk}/done/")


@login_required
def done(request: HttpRequest, count: int, pk: int) -> HttpResponse:
    return render(request, "done.html", {"paper": get_object_or_404(Paper, pk=pk, user=request.user)})


urlpatterns = [
    path("<int:count>/", consent),
    path("<int:count>/papers/<int:pk>/", page),
    path("<int:count>/papers/<int:pk>/submit/", submit),
    path("<int:count>/papers/<int:pk>/done/", done),
]
application = get_wsgi_application()


def prepare(people: int, count: int) -> list[dict[str, Any]]:
    """Tables, users and sessions; what each client opens and sends."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in (Consent, Paper, Score, Trace):
            editor.create_model(model)
    seats: list[dict[str, Any]] = []
    for number in range(people):
        user = User.objects.create(username=str(number))
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.save()
        agree = {"version": 1, "agreed": "on"}
        values = [1] * count
        seats.append({"session": session.session_key, "open": f"/{count}/", "agree": agree, "values": values})
    return seats
