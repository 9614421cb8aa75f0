from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.forms.program_fields import SaveForm, choice, whole, words
from activities.models.program_labels import LIBRARY_LABELS, SECTION_LABELS
from activities.rules.markdown import LONGEST
from activities.rules.program import FIRST_YEAR, LAST_YEAR


class TextForm(SaveForm):
    """The words of an article."""

    title = words(pgettext_lazy("article", "Title"), 80)
    summary = words(_("Summary"), 200, hint=_("One or two sentences for lists and search."))
    body = words(
        _("Text"), LONGEST, rows=18, hint=_("Markdown: ## heading, **strong**, - list, [words](https://address).")
    )
    base = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1_000_000)

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "base"}


class ArticleForm(TextForm):
    """A new article."""

    section = choice(pgettext_lazy("public site", "Section"), SECTION_LABELS)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens: it stands in the web address and stays."),
        error_messages={"invalid": _("Use small letters, digits and hyphens alone, such as sleep-well.")},
    )
    field_order = ("title", "slug", "section", "summary", "body")

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        return slug.lower()


class ItemForm(SaveForm):
    """An item of the library."""

    kind = choice(_("Kind"), LIBRARY_LABELS)
    title = words(pgettext_lazy("library", "Title"), 160)
    authors = words(_("Authors"), 160)
    source = words(_("Published in"), 160)
    year = whole(_("Year"), FIRST_YEAR - 100, LAST_YEAR)
    url = forms.URLField(label=_("Web address"), max_length=300, required=False, assume_scheme="https")
    abstract = words(_("What it says, in a few words"), 1000, required=False, rows=5)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        # SECURITY: the address stands on the public site.
        if url and not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("Give an address that begins with https:// or http://."))
        return url
