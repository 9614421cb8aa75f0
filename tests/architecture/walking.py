"""Somebody walks every route: what they should be told, what they are told, and whether anything has moved."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Any

from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from network.models import User
from portal.access_table import Route, routes
from tests.architecture.rows import KINDS, Row, Town
from tests.architecture.table import RULES, Rule

# Looking is itself an act that leaves a trace: in the log, and in the session's last use.
TRACES = {"kernel.AuditEvent", "kernel.AuditLink", "sessions.Session"}
READING = ("GET", "HEAD", "OPTIONS")
ALL_ROUTES = {route.name: route for route in routes()}


class Told(StrEnum):
    """What somebody is told at a route."""

    IN = "let in"
    SIGN_IN = "asked to sign in"
    REFUSED = "403"
    ABSENT = "404"


@dataclass(frozen=True)
class Walker:
    """Who walks: the account (None: a stranger) and the posts held, as role and unit."""

    name: str
    user: User | None
    posts: tuple[tuple[str, int], ...] = ()
    chains: tuple[frozenset[int], ...] = ()
    is_student: bool = False

    def expects(self, rule: Rule, row: Row | None) -> Told:
        """The answer by the table, in plain words over posts and units."""
        if rule.door == "public":
            return Told.ABSENT if rule.nothing else Told.IN
        if self.user is None:
            return Told.SIGN_IN
        if rule.door == "student":
            return Told.IN if self.is_student else Told.ABSENT
        if rule.door == "own":
            is_theirs = row is not None and row.owner != self.user.pk
            return Told.ABSENT if is_theirs or rule.nothing else Told.IN
        return self._by_posts(rule, row)

    def _by_posts(self, rule: Rule, row: Row | None) -> Told:
        roles = [role for role, _unit in self.posts]
        if row is None:
            return Told.IN if rule.opens(roles) else Told.REFUSED
        # An address that names no row says no to all questions alike.
        if not rule.is_known(roles):
            return Told.ABSENT if row.kwargs else Told.REFUSED
        here = [role for role, unit in self.posts if unit in row.units]
        given = self.is_given(row)
        if row.owner not in (None, self.pk) or not rule.is_known(here, row.column, given=given):
            return Told.ABSENT
        return Told.IN if rule.opens(here, row.column, given=given) else Told.REFUSED

    @property
    def pk(self) -> int | None:
        return self.user.pk if self.user else None

    def is_given(self, row: Row) -> bool:
        """Whether it was given to them or told, as far as the row asks for that."""
        return row.assigned is None or self.pk in row.assigned

    def relations(self, row: Row) -> frozenset[str]:
        """How the row lies to each post: own, child, parent, sibling, other college, other school."""
        return frozenset(_relation(chain, row.units) for chain in self.chains) or frozenset({"no post"})


def _relation(post: frozenset[int], row: frozenset[int]) -> str:
    """By the units of both with those above them, the lowest first to differ."""
    if post == row:
        return "own"
    if post < row:
        return "child"
    if row < post:
        return "parent"
    # The school alone in common, then the college too.
    return ("other school", "other college", "sibling")[min(len(post & row), 2)]


@dataclass(frozen=True)
class Knock:
    """One question at one door."""

    route: Route
    method: str
    rule: Rule
    row: Row | None
    htmx: bool = False

    def __str__(self) -> str:
        place = "" if self.row is None else f" [{self.row.place}]"
        return f"{self.method} {self.route.name}{place}{' by htmx' if self.htmx else ''}"

    @property
    def path(self) -> str:
        return reverse(self.route.name, kwargs=self.row.kwargs if self.row else {})

    def expected(self, walker: Walker) -> Told:
        """What the walker should be told; the API says 403 where a page leads to the sign-in."""
        told = walker.expects(self.rule.at(self.method), self.row)
        return Told.REFUSED if told is Told.SIGN_IN and self.route.name.startswith("api:") else told

    def ask(self, client: Client, row: Row | None = None) -> HttpResponse:
        row = row or self.row
        path = reverse(self.route.name, kwargs=row.kwargs if row else {}) + f"?{self.rule.query}" * bool(
            self.rule.query
        )
        asks = {**self.rule.sends, **(row.asks if row else {})}
        headers = {"HX-Request": "true"} if self.htmx else {}
        if self.method == "PUT":
            return client.put(path, headers=headers)
        ask = client.get if self.method == "GET" else client.post
        return ask(path, asks, headers=headers)


def one_of_each(me: Walker, rows: Iterable[Row]) -> list[Row]:
    """One row for each way in which it can lie to the walker's posts."""
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        is_mine = me.user is not None and row.owner == me.user.pk
        lies = (me.relations(row), row.column, is_mine, me.is_given(row), me.user is None or _school(row))
        first.setdefault(lies, row)
    return list(first.values())


def _school(row: Row) -> int:
    return min(row.units, default=0)


def questions(town: Town, me: Walker) -> Iterator[Knock]:
    """Every route × method × relation."""
    rows = {name: one_of_each(me, builder(town, me.user)) for name, builder in KINDS.items()}
    for route in ALL_ROUTES.values():
        rule = RULES[route.name]
        found: list[Row | None] = list(rows[rule.row]) if rule.row else [None]
        for method in route.methods:
            if rule.row.startswith("asked") and method == "GET":
                found.append(None)
            yield from (Knock(route, method, rule, row) for row in found)


def by_htmx(asked: list[tuple[Knock, Told]]) -> Iterator[tuple[Knock, Told]]:
    """The same as a part of a page asks: each route and method once for each answer that it gives."""
    first = {(one.route.name, one.method, told): (one, told) for one, told in reversed(asked)}
    return ((replace(one, htmx=True), told) for one, told in first.values() if not one.route.name.startswith("api:"))


def told(answer: HttpResponse) -> Told | None:
    """What an answer says; None for one that nobody should get."""
    # A part of a page is told by htmx's header.
    target = answer.get("HX-Redirect") or (answer["Location"] if answer.status_code == 302 else "")
    if target.startswith(f"{reverse('account_login')}?next="):
        return Told.SIGN_IN
    return {200: Told.IN, 302: Told.IN, 422: Told.IN, 403: Told.REFUSED, 404: Told.ABSENT}.get(answer.status_code)


def face(answer: HttpResponse, path: str) -> tuple[Any, ...]:
    """Body and headers but for the address itself, the nonce and the token: two answers with one face are the same."""
    body = answer.content.decode(errors="replace").replace(path, "")
    body = re.sub(r'nonce="[^"]*"|data-csrf="[^"]*"|(csrfmiddlewaretoken" value=)"[^"]*"', "", body)
    headers = {name: re.sub(r"'nonce-[^']*'", "", value) for name, value in answer.headers.items()}
    headers.pop("Content-Length", None)
    return answer.status_code, body, sorted(headers.items())


def snapshot(*, traces: bool = False) -> dict[str, Any]:
    """Every row of every table; without `traces` but for what looking leaves behind."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if traces or model._meta.label not in TRACES
    }


def moved(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The tables that differ."""
    return [label for label, rows in before.items() if rows != after[label]]


class Browser(Client):
    """Django's client without its memory of every template's context, which would take most of the time. Each has an
    address of its own, or the limits of sign-in would count all walkers together."""

    def __init__(self) -> None:
        super().__init__(REMOTE_ADDR=str(IPv4Address("10.0.0.0") + secrets.randbelow(1 << 24)))

    def request(self, **request: Any) -> Any:
        answer = self.handler(self._base_environ(**request))
        self.cookies.update(answer.cookies)
        return answer


class Undone(Exception):
    """Takes back what an allowed act has done."""


def ask_and_undo(knock: Knock, browser: Client) -> HttpResponse:
    """An allowed act, taken back together with the session that it may have ended."""
    cookies = browser.cookies.copy()
    answer: HttpResponse | None = None
    try:
        with transaction.atomic():
            answer = knock.ask(browser)
            raise Undone
    except Undone:
        browser.cookies = cookies
        assert answer is not None
        return answer
