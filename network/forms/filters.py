from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

Chip = dict[str, str]


class FilterForm(forms.Form):
    """A filter that lives in the address: what it does not understand it leaves out."""

    unspoken = frozenset({"sort"})

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.offer()
        self.is_valid()

    def offer(self) -> None:
        """Fill in the choices that depend on the reader."""

    @property
    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def chips(self, request: HttpRequest) -> list[Chip]:
        """One for each filter in force, with the address that takes it away."""
        chips = []
        for name, value in self.asked.items():
            if name in self.unspoken:
                continue
            left = request.GET.copy()
            left.pop(name, None)
            left.pop("page", None)
            field = self.fields[name]
            word = dict(field.choices).get(str(value), value) if isinstance(field, forms.ChoiceField) else value  # type: ignore[arg-type]
            chips.append({"label": f"{field.label} · {word}", "url": f"?{left.urlencode()}"})
        return chips


def search_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=40, widget=forms.TextInput({"type": "search"}))
