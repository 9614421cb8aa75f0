from django import forms


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar."""

    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
