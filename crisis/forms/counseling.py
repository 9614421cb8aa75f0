from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import PersonField, words
from crisis.models.referrals import ReferralQuerySet
from network.forms.filters import FilterForm
from network.models import User


class CounselingFilter(FilterForm):
    state = forms.ChoiceField(
        label=_("Shown"), required=False, choices=[("", _("Under way")), ("ended", _("Ended")), ("all", _("All"))]
    )

    def apply(self, referrals: ReferralQuerySet) -> ReferralQuerySet:
        state = self.asked.get("state")
        if state == "all":
            return referrals.order_by("-opened_at", "pk")
        if state == "ended":
            return referrals.ended().order_by("-ended_at", "pk")
        return referrals.open().longest_waiting_first()


class GiveForm(forms.Form):
    counselor = PersonField(
        label=_("Counselor"),
        empty_label=_("nobody yet"),
        help_text=_("Those who teach or look after the student are left out."),
        error_messages={"invalid_choice": _("Choose a counselor of this school.")},
    )

    def __init__(self, people: list[User], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        counselors = User.objects.filter(pk__in=[person.pk for person in people])
        self.fields["counselor"].queryset = counselors.order_by("number")  # type: ignore[attr-defined]


class TakeOnForm(forms.Form):
    """Nothing to fill in: that the first meeting was held is all there is to say."""


class EndForm(forms.Form):
    reason = words(
        _("Why it did not come about"),
        longest=500,
        hint=_("No diagnosis. The director, the counselor and whoever handed over can read it."),
    )
