"""What people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.media.exporting import FORMATS
from pipeline.media.lyrics import read_lyrics
from pipeline.media.lyrics.decoding import decoded_text
from pipeline.media.run import MediaError
from pipeline.providers.local.styles import DEFAULT_STYLE, STYLES
from projects.actions.ideas import (
    plain_text,
)
from projects.models import Aspect, Captions, Export, Resolution, Soundtrack

MAX_LYRICS_BYTES = 200 * 1024
SONG_ACCEPT = "audio/*,.mp3,.wav,.flac,.ogg,.opus,.m4a,.aac,.aiff"
PICTURE_ACCEPT = "image/png,image/jpeg,image/webp,.png,.jpg,.jpeg,.webp"
LYRICS_ACCEPT = ".lrc,.srt,.vtt,.txt,text/plain,text/vtt"
PLACES = {
    Aspect.WIDE: gettext_lazy("YouTube"),
    Aspect.TALL: gettext_lazy("Reels, Shorts"),
    Aspect.SQUARE: gettext_lazy("Feed"),
    Aspect.PORTRAIT: gettext_lazy("Portrait"),
}
EXPORT_FORMATS = [(value, label) for value, label in Export.Format.choices if value in FORMATS]
GRADE_LABELS = {
    "teal_orange": gettext_lazy("Teal and orange"),
    "golden_hour": gettext_lazy("Golden hour"),
    "blue_hour": gettext_lazy("Blue hour"),
    "moonlight": gettext_lazy("Moonlight"),
    "faded_film": gettext_lazy("Faded film"),
    "vintage": gettext_lazy("Vintage"),
    "bleach": gettext_lazy("Bleach bypass"),
    "noir": gettext_lazy("Noir"),
    "silver": gettext_lazy("Silver"),
    "sepia": gettext_lazy("Sepia"),
    "vivid": gettext_lazy("Vivid"),
    "pastel": gettext_lazy("Pastel"),
    "neon": gettext_lazy("Neon"),
}
ASPECTS = [(aspect.value, label) for aspect, label in PLACES.items()]
WAYS = [
    ("autopilot", gettext_lazy("Make it by itself, to the finished film")),
    ("deciding", gettext_lazy("Let me decide at each step")),
]


EMPTY = {"empty": gettext_lazy("This file is empty.")}
MUSIC_MOODS = {
    "": gettext_lazy("As the words suggest"),
    "dream": gettext_lazy("Dreamy"),
    "sunny": gettext_lazy("Sunny"),
    "dance": gettext_lazy("Dance"),
    "night": gettext_lazy("Late night"),
    "rush": gettext_lazy("Driving"),
    "ballad": gettext_lazy("Tender"),
}


class PlainField(forms.CharField):
    """Words without control characters, which are taken out and no reason to refuse the rest."""

    def to_python(self, value: Any) -> str:
        return plain_text(super().to_python(value) or "")


class ManyFiles(forms.FileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files; empty where none was chosen."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file by itself."""
        files = data if isinstance(data, list) else [data] if data else []
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file]


class FilmForm(forms.Form):
    """What is chosen for every film of one's own: its look, its shape and size, and who decides."""

    style = forms.ChoiceField(
        label=gettext_lazy("Look"),
        initial=DEFAULT_STYLE,
        choices=[(style.name, style.label) for style in STYLES.values()],
    )
    aspect = forms.ChoiceField(
        label=gettext_lazy("Shape"), initial=Aspect.WIDE, choices=ASPECTS, widget=forms.RadioSelect
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Who decides"),
        initial="autopilot",
        required=False,
        choices=WAYS,
        widget=forms.RadioSelect,
    )
    resolution = forms.ChoiceField(label=gettext_lazy("Size"), initial=Resolution.P1080, choices=Resolution.choices)


class MusicForm(forms.Form):
    """The music of a film that no song leads."""

    music = forms.ChoiceField(
        label=gettext_lazy("Music"),
        initial=Soundtrack.Source.COMPOSE,
        choices=Soundtrack.Source.choices,
        widget=forms.RadioSelect,
    )
    mood = forms.ChoiceField(label=gettext_lazy("Its mood"), required=False, choices=list(MUSIC_MOODS.items()))
    music_file = forms.FileField(
        label=gettext_lazy("My own music"),
        required=False,
        error_messages=EMPTY,
        widget=forms.FileInput(attrs={"accept": SONG_ACCEPT}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["music_file"].widget.attrs["data-max-bytes"] = settings.OMVEE_MAX_UPLOAD_BYTES

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("music") == Soundtrack.Source.UPLOAD and not given.get("music_file"):
            if "music_file" not in self.errors:
                self.add_error("music_file", _("Choose the music that you want to use."))
        elif given.get("music_file"):
            given["music"] = Soundtrack.Source.UPLOAD  # who chose a file wants to hear it
        return given


class NewVideoForm(FilmForm):
    """A song and the choices for its film."""

    song = forms.FileField(
        label=gettext_lazy("Song"),
        error_messages={
            "required": gettext_lazy("Choose the song that the video is for."),
            "missing": gettext_lazy("The song did not arrive. Please choose it again."),
            "empty": gettext_lazy("This file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": SONG_ACCEPT, "data-fills": "id_title"}),
    )
    title = PlainField(label=gettext_lazy("Title"), max_length=200, required=False)
    artist = PlainField(label=gettext_lazy("Artist"), max_length=200, required=False)
    lyrics = forms.CharField(
        label=gettext_lazy("Lyrics"),
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true"}),
        help_text=gettext_lazy(
            "Paste the words, one line each; a blank line begins a new verse. LRC, SRT and VTT keep their times."
        ),
    )
    lyrics_file = forms.FileField(
        label=gettext_lazy("Lyrics file"),
        required=False,
        error_messages=EMPTY,
        widget=forms.FileInput(attrs={"accept": LYRICS_ACCEPT}),
    )
    instrumental = forms.BooleanField(label=gettext_lazy("It is an instrumental: there are no words"), required=False)
    captions = forms.ChoiceField(
        label=gettext_lazy("Captions"), initial=Captions.KARAOKE, choices=Captions.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["song"].widget.attrs["data-max-bytes"] = settings.OMVEE_MAX_UPLOAD_BYTES
        self.fields["lyrics_file"].widget.attrs["data-max-bytes"] = MAX_LYRICS_BYTES

    @property
    def size_hint(self) -> Any:
        """What is accepted, for the drop zone."""
        megabytes, minutes = settings.OMVEE_MAX_UPLOAD_BYTES // 2**20, settings.OMVEE_MAX_SONG_SECONDS // 60
        return format_lazy(
            _("MP3, WAV, FLAC, OGG, M4A or AIFF, up to {megabytes} MB and {minutes} minutes"),
            megabytes=megabytes,
            minutes=minutes,
        )

    def clean_lyrics(self) -> str:
        return self._readable(self.cleaned_data["lyrics"], "")

    def clean_lyrics_file(self) -> Any:
        upload = self.cleaned_data["lyrics_file"]
        if upload is None:
            return None
        if upload.size > MAX_LYRICS_BYTES:
            raise forms.ValidationError(_("A lyrics file is at most 200 kB large."))
        try:
            text = decoded_text(upload.read()).text
        except MediaError as error:
            raise forms.ValidationError(str(error)) from error
        return upload.name, self._readable(text, upload.name, wanted=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("instrumental") and (given.get("lyrics", "").strip() or given.get("lyrics_file")):
            self.add_error("instrumental", _("There are words above. Take them out, or untick this."))
        return given

    def _readable(self, text: str, name: str, *, wanted: bool = False) -> str:
        """The text, if it can be read as lyrics; `wanted`: it must have words."""
        try:
            found = read_lyrics(text, name=name).lines
        except MediaError as error:
            raise forms.ValidationError(str(error)) from error
        if wanted and not found:
            raise forms.ValidationError(_("There are no words in this file."))
        return text

    def given_lyrics(self) -> tuple[str, str]:
        """(text, file name) of the lyrics; an uploaded file wins over the text field."""
        upload = self.cleaned_data["lyrics_file"]
        return (upload[1], upload[0]) if upload else (self.cleaned_data["lyrics"], "")


class ExportForm(forms.Form):
    """A file of the film."""

    format = forms.ChoiceField(
        label=gettext_lazy("File"), initial="mp4", choices=EXPORT_FORMATS, widget=forms.RadioSelect
    )
    quality = forms.ChoiceField(label=gettext_lazy("Size"), initial=Resolution.P1080, choices=Resolution.choices)
    captions = forms.ChoiceField(
        label=gettext_lazy("Words in the picture"),
        initial="film",
        choices=[
            ("film", gettext_lazy("As in the film")),
            ("clean", gettext_lazy("None")),
            ("burned", gettext_lazy("Burned in")),
        ],
    )
    teaser_s = forms.TypedChoiceField(
        label=gettext_lazy("How much"),
        initial=0,
        coerce=int,
        choices=[
            (0, gettext_lazy("The whole film")),
            (30, gettext_lazy("The best 30 seconds")),
            (15, gettext_lazy("The best 15 seconds")),
        ],
    )


class RefineForm(forms.Form):
    """What is to be done to a finished film."""

    grade = forms.ChoiceField(label=gettext_lazy("Color look"), required=False, widget=forms.RadioSelect)
    intensity = forms.IntegerField(
        label=gettext_lazy("How strong"),
        initial=100,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"type": "range", "step": 5}),
    )
    loudness = forms.TypedChoiceField(
        label=gettext_lazy("Loudness"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", gettext_lazy("As it is")),
            ("-140", gettext_lazy("-14 LUFS: YouTube, Spotify, TikTok")),
            ("-160", gettext_lazy("-16 LUFS: Apple, podcasts")),
            ("-230", gettext_lazy("-23 LUFS: television")),
        ],
    )
    smooth = forms.BooleanField(label=gettext_lazy("Smooth motion that stumbles"), required=False)
    upscale = forms.BooleanField(label=gettext_lazy("Enlarge to 1080p"), required=False)
    upscale_by = forms.CharField(label=gettext_lazy("Enlarged by"), required=False, max_length=300)
    fade_in = forms.FloatField(label=gettext_lazy("Fade in (seconds)"), initial=0, min_value=0, max_value=10)
    fade_out = forms.FloatField(label=gettext_lazy("Fade out (seconds)"), initial=0, min_value=0, max_value=10)
    bed = forms.FileField(
        label=gettext_lazy("Music under it"), required=False, widget=forms.FileInput(attrs={"accept": SONG_ACCEPT})
    )

    def __init__(self, *args: Any, looks: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`looks`: (code, name) of those that the user uploaded."""
        super().__init__(*args, **kwargs)
        own = [(f"look:{code}", name) for code, name in looks]
        self.fields["grade"].choices = [("", gettext_lazy("None")), *GRADE_LABELS.items(), *own]  # type: ignore[attr-defined]
        for name in ("fade_in", "fade_out"):
            self.fields[name].widget.attrs["step"] = 0.5


class RenditionForm(forms.Form):
    """One more shape of a film."""

    aspect = forms.ChoiceField(label=gettext_lazy("Shape"), choices=ASPECTS, widget=forms.RadioSelect)
    resolution = forms.ChoiceField(label=gettext_lazy("Size"), choices=Resolution.choices)
    captions = forms.ChoiceField(label=gettext_lazy("Captions"), choices=Captions.choices)
    pictures = forms.ChoiceField(
        label=gettext_lazy("Pictures, in a new aspect ratio"),
        required=False,
        initial="compose",
        choices=[
            ("compose", gettext_lazy("Compose each anew for this shape")),
            ("crop", gettext_lazy("Crop those there are, around their focal points")),
        ],
    )
