"""What may be posted to the desk; a form that does not hold says why in a sentence."""

from django import forms
from django.contrib.auth.models import User

from triage.tickets.models import Category

NOBODY = "nobody"
ME = "me"


class CorrectionForm(forms.Form):
    """A person's category, by its slug."""

    category = forms.CharField(error_messages={"required": "Say which of the four."})

    def clean_category(self) -> Category:
        """The category."""
        category = Category.objects.filter(slug=self.cleaned_data["category"]).first()
        if category is None:
            raise forms.ValidationError("There is no such category.")
        return category


class AssignmentForm(forms.Form):
    """Who takes a ticket: `me`, `nobody` or a colleague's user name."""

    to = forms.CharField(max_length=150)

    def __init__(self, data: object, *, me: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._me = me

    def clean_to(self) -> User | None:
        """The user; None for nobody."""
        to = self.cleaned_data["to"]
        if to == NOBODY:
            return None
        if to == ME:
            return self._me
        colleague = User.objects.filter(username=to, is_active=True).first()
        if colleague is None:
            raise forms.ValidationError("There is no such colleague.")
        return colleague


def first_fault(form: forms.Form) -> str:
    """The first thing wrong with a form, as a sentence."""
    return next((str(fault) for faults in form.errors.values() for fault in faults), "")
