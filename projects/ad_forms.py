"""What people fill in for an ad."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.ads.values import Template
from projects.actions.ads import LENGTHS, MOST_SHOTS, BriefIncomplete, checked_brief
from projects.forms import (
    ASPECTS,
    EMPTY,
    GRADE_LABELS,
    MUSIC_MOODS,
    PICTURE_ACCEPT,
    WAYS,
    ManyFiles,
    ManyFilesField,
    MusicForm,
    PlainField,
)
from projects.models import Aspect, Quality, Resolution
from projects.models.ad import DEFAULT_COLORS, NO_GRADE

LOGO_ACCEPT = "image/png,image/webp,.png,.webp"


def look_words(grade: str, percent: int) -> str:
    """For example "Teal and orange, 60%": the look that all pictures of an ad wear."""
    if not grade:
        return _("none")
    name = GRADE_LABELS.get(grade, grade)
    return str(name) if percent == 100 else _("%(look)s, %(percent)s%%") % {"look": name, "percent": percent}


def grade_choices(template: Template) -> list[tuple[str, Any]]:
    """What an ad of this template may look like."""
    own = look_words(template.grade, template.grade_percent)
    first = [("", _("As the template says (%(look)s)") % {"look": own}), (NO_GRADE, _("None: colors as they are"))]
    return [*first, *GRADE_LABELS.items()]


def _needs(words: str) -> dict[str, Any]:
    """A missing fact, asked for in words."""
    return {"required": gettext_lazy(words)}


class BriefForm(forms.Form):
    """What is said about the product, for a template and a length."""

    product = PlainField(
        label=gettext_lazy("Name of the product"), error_messages=_needs("Say what the product is called.")
    )
    what = PlainField(
        label=gettext_lazy("What it is"),
        error_messages=_needs("Say in a few words what it is."),
        help_text=gettext_lazy("In a few words, as it would go on after its name: “a mug that keeps coffee warm”."),
    )
    audience = PlainField(
        label=gettext_lazy("For whom"), required=False, help_text=gettext_lazy("“people who start early”")
    )
    tone = PlainField(label=gettext_lazy("Tone"), required=False, help_text=gettext_lazy("“warm and calm”"))
    points = PlainField(
        label=gettext_lazy("Key points"),
        error_messages=_needs("Write at least one key point."),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "true"}),
        help_text=gettext_lazy("One per line, the strongest first; each is shown as a caption."),
    )
    call_to_action = PlainField(
        label=gettext_lazy("Call to action"),
        error_messages=_needs("Say what people should do: the call to action."),
        help_text=gettext_lazy("What people should do: “Order yours at example.com”."),
    )

    def __init__(self, *args: Any, template: Template, seconds: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template, self.seconds = template, seconds
        for name in ("product", "what", "audience", "tone", "call_to_action"):
            self.fields[name].widget.attrs["maxlength"] = LENGTHS[name]

    def wished_seconds(self) -> int | None:
        """The ad's length; None where none that the template has was chosen."""
        return self.seconds

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        seconds = self.wished_seconds()
        if seconds is not None:
            try:
                given["brief"] = checked_brief(given, self.template, seconds)
            except BriefIncomplete as error:
                told = set(self.errors)  # an empty field has said so itself, in its own words
                for field, text in error.wrong:
                    if field not in told:
                        self.add_error(field, text)
        return given


class NewAdForm(MusicForm, BriefForm):
    """A brief, a brand, pictures, music, and the choices for the film."""

    length = forms.TypedChoiceField(label=gettext_lazy("Length"), coerce=int, widget=forms.RadioSelect)
    ground = forms.CharField(
        label=gettext_lazy("Brand color"),
        initial=f"#{DEFAULT_COLORS[0]}",
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    accent = forms.CharField(
        label=gettext_lazy("Second color"),
        initial=f"#{DEFAULT_COLORS[1]}",
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        error_messages=EMPTY,
        widget=forms.FileInput(attrs={"accept": LOGO_ACCEPT}),
    )
    shots = ManyFilesField(
        label=gettext_lazy("Photos of the product"),
        error_messages=EMPTY,
        widget=ManyFiles(attrs={"accept": PICTURE_ACCEPT, "multiple": True}),
    )
    mood = forms.ChoiceField(
        label=gettext_lazy("Its mood"),
        required=False,
        choices=[("", gettext_lazy("As the template says")), *list(MUSIC_MOODS.items())[1:]],
    )
    aspect = forms.ChoiceField(
        label=gettext_lazy("Shape"), initial=Aspect.TALL, choices=ASPECTS, widget=forms.RadioSelect
    )
    resolution = forms.ChoiceField(label=gettext_lazy("Size"), initial=Resolution.P1080, choices=Resolution.choices)
    grade = forms.ChoiceField(label=gettext_lazy("Color look"), required=False)
    tier = forms.ChoiceField(
        label=gettext_lazy("Quality of hosted models"), initial=Quality.FINAL, choices=Quality.choices, required=False
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Who decides"), initial="deciding", required=False, choices=WAYS, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, template: Template, **kwargs: Any) -> None:
        super().__init__(*args, template=template, **kwargs)
        length: Any = self.fields["length"]
        length.choices = [(value, _("%(seconds)s seconds") % {"seconds": value}) for value in template.seconds]
        self.fields["grade"].choices = grade_choices(template)  # type: ignore[attr-defined]
        length.initial = 30 if 30 in template.seconds else template.seconds[0]

    def wished_seconds(self) -> int | None:
        return self.cleaned_data.get("length")

    def clean_shots(self) -> list[Any]:
        """One to five of them."""
        files: list[Any] = self.cleaned_data["shots"]
        if not files:
            raise forms.ValidationError(_("Add at least one photo of the product."))
        if len(files) > MOST_SHOTS:
            raise forms.ValidationError(_("At most %(count)s photos of the product, please.") % {"count": MOST_SHOTS})
        return files

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["tier"] = given.get("tier") or Quality.FINAL
        return given
