"""What people fill in for an idea."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.actions.ideas import (
    DEFAULT_SECONDS,
    MAX_REFERENCES,
    MAX_SECONDS,
    MIN_SECONDS,
    check_seconds,
    checked_idea,
)
from projects.forms import EMPTY, PICTURE_ACCEPT, FilmForm, ManyFiles, ManyFilesField, MusicForm, PlainField
from projects.states import IllegalMove


class NewIdeaForm(MusicForm, FilmForm):
    """An idea in words and the choices for its film."""

    idea = PlainField(
        label=gettext_lazy("The idea"),
        strip=False,
        error_messages={"required": gettext_lazy("Say what the film is about.")},
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "true"}),
        help_text=gettext_lazy("What is seen, in 10 to 2,000 letters. Each sentence becomes a scene or more."),
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("Length in seconds"),
        initial=DEFAULT_SECONDS,
        min_value=MIN_SECONDS,
        max_value=MAX_SECONDS,
        error_messages={
            name: gettext_lazy("A film lasts 5 to 120 seconds. Write a whole number.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    title = PlainField(label=gettext_lazy("Title"), max_length=200, required=False)
    narration = forms.BooleanField(label=gettext_lazy("Show its sentences as captions"), required=False, initial=True)
    title_card = forms.BooleanField(label=gettext_lazy("Begin with a title card"), required=False)
    references = ManyFilesField(
        label=gettext_lazy("Reference pictures"),
        required=False,
        error_messages=EMPTY,
        widget=ManyFiles(attrs={"accept": PICTURE_ACCEPT, "multiple": True}),
    )
    guided = forms.ChoiceField(
        label=gettext_lazy("Use them"),
        initial="show",
        required=False,
        choices=[("show", gettext_lazy("as scenes of the film")), ("guide", gettext_lazy("for their colors only"))],
        widget=forms.RadioSelect,
    )

    def clean_idea(self) -> str:
        """The idea as it is kept."""
        try:
            return checked_idea(self.cleaned_data["idea"])
        except IllegalMove as error:
            raise forms.ValidationError(str(error)) from error

    def clean_references(self) -> list[Any]:
        """At most five of them."""
        files: list[Any] = self.cleaned_data["references"]
        if len(files) > MAX_REFERENCES:
            raise forms.ValidationError(_("At most %(count)s reference pictures, please.") % {"count": MAX_REFERENCES})
        return files

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "seconds" in given and "idea" in given:
            try:
                check_seconds(given["seconds"], given["idea"])
            except IllegalMove as error:
                self.add_error("seconds", str(error))
        return given
