"""Groups of counseling, and conferences on cases without names."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.counselors import Counselor
from counseling.models.courses import schools_of
from counseling.models.sessions import Session
from counseling.rules.groups import ConferenceKind, GroupState, MemberState
from crisis.models.base import PersonRow, moments_within_bounds
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability

GROUP_STATE_LABELS = {
    GroupState.RECRUITING: pgettext_lazy("group", "open for registration"),
    GroupState.RUNNING: pgettext_lazy("group", "takes place"),
    GroupState.CANCELLED: pgettext_lazy("group", "does not take place"),
    GroupState.ENDED: pgettext_lazy("group", "over"),
}
MEMBER_STATE_LABELS = {
    MemberState.WAITING: pgettext_lazy("group member", "waits for a place"),
    MemberState.MEMBER: pgettext_lazy("group member", "has a place"),
    MemberState.LEFT: pgettext_lazy("group member", "left"),
}
CONFERENCE_LABELS = {
    ConferenceKind.CONFERENCE: pgettext_lazy("conference", "Case conference"),
    ConferenceKind.SUPERVISION: pgettext_lazy("conference", "Supervision"),
}


class GroupQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those that the user leads; the director all of the school."""
        every = Q(school__in=schools_of(user, *(abilities or (Ability.ARRANGE_COUNSELING,))))
        return self.filter(every | Q(leader__user=user.pk, school__in=schools_of(user, Ability.TAKE_COUNSELING)))

    def recruiting(self) -> Self:
        return self.filter(state=GroupState.RECRUITING.value)


class Group(models.Model):
    """A group under one leader. Its title is public, its members are not: they learn names at the first meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    leader = models.ForeignKey(Counselor, models.PROTECT, related_name="groups")
    title = models.CharField(_("title"), max_length=60)
    about = models.CharField(_("what it is about"), max_length=500, blank=True)
    least = models.PositiveSmallIntegerField(_("at least"), default=6)
    most = models.PositiveSmallIntegerField(_("at most"), default=10)
    recruits_until = models.DateTimeField(_("registration until"))
    state = models.CharField(max_length=10, choices=choices_of(GROUP_STATE_LABELS), default=GroupState.RECRUITING.value)
    created_at = models.DateTimeField()

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(least__gte=2, most__gte=F("least"), most__lte=40), name="group_seats"),
            moments_within_bounds("recruits_until", name="group_dates_within_bounds"),
        ]

    def __str__(self) -> str:
        return self.title


class GroupDate(models.Model):
    """A meeting of a group: a session whose time is taken from leader, room and members."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, models.CASCADE, related_name="dates")
    session = models.OneToOneField(Session, models.CASCADE, related_name="group_date")

    class Meta:
        ordering = ["session__starts_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.session_id)


class GroupMemberQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: the leader of the group and the director."""
        return self.filter(group__in=Group.objects.visible_to(user, *abilities).order_by().values("pk"))


class GroupMember(PersonRow):
    """A student's place in a group, or in its line."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    state = models.CharField(max_length=8, choices=choices_of(MEMBER_STATE_LABELS))
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["group", "student"], condition=Q(left_at=None), name="group_member_once"),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False) | (~Q(state="left") & Q(left_at=None)),
                name="group_member_left_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ConferenceQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those that one leads or is invited to; the director all of the school."""
        every = Q(school__in=schools_of(user, *(abilities or (Ability.ARRANGE_COUNSELING,))))
        invited = Q(pk__in=Invitation.objects.filter(user=user.pk).order_by().values("conference"))
        mine = (Q(leader=user.pk) | invited) & Q(school__in=schools_of(user, Ability.TAKE_COUNSELING))
        return self.filter(every | mine)


class Conference(models.Model):
    """A case conference or a supervision of the center's people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=choices_of(CONFERENCE_LABELS))
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(pgettext_lazy("time", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("time", "to"))

    objects = ConferenceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="conference_ends_after_its_start"),
            moments_within_bounds("starts_at", "ends_at", name="conference_dates_within_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d}"


class Invitation(models.Model):
    """Somebody of the center at a conference; `minutes` once it was attended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conference = models.ForeignKey(Conference, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["conference", "user"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conference", "user"], name="invitation_once"),
            models.CheckConstraint(condition=Q(minutes=None) | Q(minutes__lte=600), name="invitation_minutes"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Presentation(models.Model):
    """A case as it is told at a conference. SECURITY: no key leads to the course or the student, and the text has
    passed the check for names (rules/deidentified.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conference = models.ForeignKey(Conference, models.CASCADE, related_name="presentations")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = EncryptedTextField(_("the case, without names"), max_length=8000)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["checked_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
