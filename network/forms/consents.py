from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models import ConsentText
from network.rules.consents import Wording


class ConsentTextForm(forms.Form):
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=80)
    body_zh = forms.CharField(
        label=_("Text in Chinese"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("What is collected, what for, who sees it, how long it is kept, and what follows from saying no."),
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=120)
    body_en = forms.CharField(label=_("Text in English"), max_length=12000, widget=forms.Textarea(attrs={"rows": 12}))
    asks_again = forms.BooleanField(
        label=_("Ask everybody again"),
        required=False,
        help_text=_("Needed when purpose, manner or kind of data changes: earlier consents no longer count then."),
    )
    # The fingerprint of the wording whose difference was shown: nothing is published unseen.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, last: ConsentText | None, draft: Wording) -> None:
        start = last.wording if last else draft
        names = ("title_zh", "body_zh", "title_en", "body_en")
        super().__init__(data, initial={name: getattr(start, name) for name in names})
        if last is None:
            del self.fields["asks_again"]

    @property
    def wording(self) -> Wording:
        """What was typed; for a valid form."""
        typed = self.cleaned_data
        return Wording(typed["title_zh"], typed["body_zh"], typed["title_en"], typed["body_en"])

    @property
    def was_seen(self) -> bool:
        """Whether the difference of exactly this wording was on the screen before."""
        return bool(self.cleaned_data["seen"] == self.wording.sha256)
