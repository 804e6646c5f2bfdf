"""The pages of an ad: the gallery, the form, the brief and the references with their gates."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from pipeline import credentials
from pipeline.ads.loading import FOLDER
from pipeline.models import Job
from pipeline.states import JobState
from projects.actions import ads as acts
from projects.actions.ad_templates import add_template, templates
from projects.flow import ads
from projects.models import AdTemplate, ClaimTopic, GatePass, Project, Reference
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun, fresh

GIVEN = {
    "product": "Nordo Mug",
    "what": "a mug that keeps coffee warm",
    "audience": "early birds",
    "tone": "warm",
    "points": "Warm for hours\nFits every cup holder",
    "call_to_action": "Order at nordo.example",
    "length": "15",
    "ground": "#1b3a4b",
    "accent": "#ff8a3d",
    "music": "none",
    "mood": "",
    "aspect": "9:16",
    "resolution": "720p",
    "way": "deciding",
}


def png(size: tuple[int, int] = (90, 120), color: tuple[int, ...] = (200, 40, 30), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, "PNG")
    return out.getvalue()


def logo() -> bytes:
    picture = Image.new("RGBA", (120, 80), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (20, 20, 100, 60))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def upload(data: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


@pytest.fixture
def deciding(quick: None, alice: Any) -> Project:
    project = begun(alice, autopilot=False)
    drain()
    return fresh(project)


def send(client: Any, **changes: Any) -> Any:
    given = {**GIVEN, "shots": [upload(png())], **changes}
    return client.post(reverse("ad-new", args=["product_showcase"]), given)


def test_the_gallery_shows_every_template_with_its_picture(studio: Any) -> None:
    page = studio.get(reverse("ad-templates")).content.decode()
    for name in ("product_showcase", "lifestyle_ad", "announcement"):
        assert f"img/ads/{name}" in page
        assert reverse("ad-new", args=[name]) in page


def test_the_other_ways_in_lead_to_it(studio: Any) -> None:
    assert reverse("ad-templates") in studio.get(reverse("project-new")).content.decode()


def test_a_template_that_does_not_exist_is_not_found(studio: Any) -> None:
    assert studio.get(reverse("ad-new", args=["nothing"])).status_code == 404


def test_the_form_begins_an_ad_with_all_that_was_given(quick: None, studio: Any) -> None:
    answer = send(studio, logo=upload(logo()), shots=[upload(png()), upload(png(color=(1, 2, 200)))])
    project = Project.objects.get()
    assert answer.url == reverse("brief", args=[project.code])
    assert (project.kind, project.length_frames, project.autopilot) == ("ad", 450, False)
    assert project.ad.brief["points"] == ["Warm for hours", "Fits every cup holder"]
    assert project.ad.colors == ["1B3A4B", "FF8A3D"]
    assert project.ad.logo is not None
    assert Reference.objects.filter(project=project).count() == 2
    assert project.soundtrack.source == "none"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product": ""}, "Say what the product is called."),
        ({"points": ""}, "Write at least one key point."),
        ({"length": "60"}, "3 key points; 2 given"),
        ({"length": "20"}, "Select a valid choice"),
        ({"points": "x" * 90}, "at most 80"),
        ({"points": "\n".join("abcdef")}, "At most 5 key points"),
        ({"ground": "red;}"}, "is no color"),
        ({"shots": []}, "Add at least one photo"),
        ({"shots": "six"}, "At most 5 photos"),
        ({"shots": "svg"}, "not a picture that can be read"),
        ({"logo": "jpeg"}, "no transparent ground"),
        ({"logo": "tiny"}, "too small"),
        ({"logo": "html"}, "not a picture that can be read"),
        ({"logo": "clear"}, "nothing to be seen"),
        ({"music": "upload"}, "Choose the music"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    quick: None, studio: Any, changes: dict[str, Any], words: str
) -> None:
    files = {
        "six": [upload(png()) for _ in range(6)],
        "svg": [upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "shot.png")],
        "jpeg": upload(png(), "logo.png"),
        "tiny": upload(png((1, 1), (0, 0, 0, 0), "RGBA")),
        "html": upload(b"<html><script>", "logo.png"),
        "clear": upload(png((90, 90), (0, 0, 0, 0), "RGBA")),
    }
    answer = send(
        studio, **{key: files.get(value, value) if isinstance(value, str) else value for key, value in changes.items()}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Order at nordo.example" in page
    assert not Project.objects.exists()


def test_what_is_missing_is_said_once(studio: Any) -> None:
    answer = studio.post(reverse("ad-new", args=["product_showcase"]), {})
    assert answer.status_code == 422
    told = {field: list(words) for field, words in answer.context["form"].errors.items()}
    assert {"product", "what", "points", "call_to_action", "shots"} <= set(told)
    assert [field for field, words in told.items() if len(words) != 1] == []


def test_the_brief_page_shows_beats_claims_and_their_sources(deciding: Project, studio: Any, alice: Any) -> None:
    acts.edit_beats(deciding, {"meet": "The best mug"}, {}, by=alice)
    page = studio.get(reverse("brief", args=[deciding.code])).content.decode()
    assert "Some days begin like this" in page
    assert "Needs proof." in page
    assert "Advertising Substantiation" in page
    assert "not legal advice" in page


def test_beats_are_saved_and_what_is_too_long_stays_typed(deciding: Project, studio: Any) -> None:
    url = reverse("brief-save", args=[deciding.code])
    assert studio.post(url, {"caption-meet": "A new caption"}).status_code == 302
    assert "A new caption" in [beat.caption for beat in fresh(deciding).ad.filled()]
    refused = studio.post(url, {"caption-morning": "too long " * 9})
    assert refused.status_code == 422
    assert "too long too long" in refused.content.decode()


def test_two_tabs_never_put_one_s_beats_over_the_other_s_unseen(deciding: Project, studio: Any) -> None:
    url, mark = reverse("brief-save", args=[deciding.code]), ads.mark_of(deciding, "brief")
    assert f'name="mark" value="{mark}"' in studio.get(reverse("brief", args=[deciding.code])).content.decode()
    old = next(beat.caption for beat in deciding.ad.filled() if beat.name == "meet")
    assert studio.post(url, {"mark": mark, "caption-meet": "Of the first tab"}).status_code == 302
    late = studio.post(url, {"mark": mark, "caption-meet": old, "caption-morning": "Of the second tab"})
    page = late.content.decode()
    assert late.status_code == 409 and "changed meanwhile" in page
    assert "“Of the first tab”" in page and "Of the second tab</textarea>" in page
    captions = [beat.caption for beat in fresh(deciding).ad.filled()]
    assert "Of the first tab" in captions and "Of the second tab" not in captions
    again = {"mark": ads.mark_of(fresh(deciding), "brief"), "caption-morning": "Of the second tab"}
    assert studio.post(url, again).status_code == 302


def test_two_tabs_never_change_the_brief_or_the_look_unseen(deciding: Project, studio: Any) -> None:
    page = studio.get(reverse("brief", args=[deciding.code])).content.decode()
    assert f'name="seen_take" value="{deciding.ad.take}"' in page and 'name="seen" value=""' in page
    brief, look = reverse("brief-rewrite", args=[deciding.code]), reverse("brief-look", args=[deciding.code])
    said = {**GIVEN, "seen_take": deciding.ad.take}
    assert studio.post(brief, {**said, "product": "Cup"}).status_code == 302
    late = studio.post(brief, {**said, "product": "Jar"})
    assert late.status_code == 409 and 'value="Jar"' in late.content.decode()
    assert fresh(deciding).ad.brief["product"] == "Cup"
    asked = dict(studio.post(look, {"grade": "noir", "seen": ""}).context["fields"])
    assert studio.post(look, {**asked, "sure": "1"}).status_code == 302
    assert studio.post(look, {"grade": "sepia", "seen": ""}).status_code == 409
    assert studio.post(look, {"grade": "sepia", "seen": "", "sure": "1"}).status_code == 409
    assert fresh(deciding).ad.grade == "noir"


def test_what_was_typed_into_the_beats_is_approved_with_them(deciding: Project, studio: Any) -> None:
    url = reverse("gate-pass", args=[deciding.code, "brief"])
    mark, typed = ads.mark_of(deciding, "brief"), {"caption-meet": "Typed and not saved"}
    outdated = studio.post(url, {"mark": "old", **typed})
    assert outdated.status_code == 409
    assert "Typed and not saved" in outdated.content.decode()
    refused = studio.post(url, {"mark": mark, "caption-meet": "too long " * 9})
    assert refused.status_code == 422
    assert "too long too long" in refused.content.decode()
    assert not GatePass.objects.filter(project=deciding).exists()
    assert studio.post(url, {"mark": mark, **typed}).url == reverse("references", args=[deciding.code])
    assert "Typed and not saved" in [beat.caption for beat in fresh(deciding).ad.filled()]
    assert GatePass.objects.get(project=deciding, undone_at=None).gate == "brief"


def test_the_brief_is_changed_in_its_form(deciding: Project, studio: Any) -> None:
    url = reverse("brief-rewrite", args=[deciding.code])
    assert studio.post(url, {**GIVEN, "product": ""}).status_code == 422
    assert studio.post(url, {**GIVEN, "product": "Cup"}).status_code == 302
    assert fresh(deciding).ad.brief["product"] == "Cup"


def test_gates_are_passed_from_the_page(deciding: Project, studio: Any) -> None:
    url = reverse("gate-pass", args=[deciding.code, "brief"])
    assert studio.post(url, {"mark": "old"}).status_code == 409
    assert "check the brief" in studio.get(reverse("project", args=[deciding.code])).content.decode()
    answer = studio.post(url, {"mark": ads.mark_of(deciding, "brief")})
    assert answer.url == reverse("references", args=[deciding.code])
    drain()
    page = studio.get(answer.url).content.decode()
    assert "Approve the animatic" in page
    assert "Approve the references" in page
    assert "taken as it is" in page
    for gate in ("animatic", "references"):
        project = fresh(deciding)
        studio.post(reverse("gate-pass", args=[project.code, gate]), {"mark": ads.mark_of(project, gate)})
    assert GatePass.objects.filter(project=deciding, undone_at=None).count() == 3
    assert "Approved" in studio.get(answer.url).content.decode()


def test_the_references_are_asked_for_until_the_animatic_is_drawn(deciding: Project, studio: Any) -> None:
    studio.post(reverse("gate-pass", args=[deciding.code, "brief"]), {"mark": ads.mark_of(deciding, "brief")})
    drain()
    page = reverse("references", args=[deciding.code])
    assert studio.get(page).context["pulse"]["every_s"] == 0
    Job.objects.filter(project=deciding, step="draw_animatic").update(state=JobState.RUNNING)
    shown = studio.get(page).context
    assert shown["pulse"]["every_s"] > 0
    pulse = reverse("references-pulse", args=[deciding.code, "0-0"])
    assert studio.get(pulse, {"since": 0, "every": 5}).headers["HX-Refresh"] == "true"


def test_a_poll_tells_nothing_new_and_loads_anew_what_was_waited_for(deciding: Project, studio: Any) -> None:
    page = studio.get(reverse("brief", args=[deciding.code]))
    since, every = deciding.rev, page.context["pulse"]["every_s"]
    url = reverse("brief-pulse", args=[deciding.code, "writing"])
    assert studio.get(url, {"since": since, "every": every}).status_code == 204
    assert studio.get(url, {"since": 0, "every": every}).headers["HX-Refresh"] == "true"
    other = reverse("references-pulse", args=[deciding.code, "0-0"])
    assert studio.get(other, {"since": 0, "every": every}).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("page", ["brief", "references"])
def test_strangers_and_other_kinds_find_nothing(
    deciding: Project, client: Any, charlie: Any, idea: Project, alice: Any, page: str
) -> None:
    client.force_login(charlie)
    assert client.get(reverse(page, args=[deciding.code])).status_code == 404
    assert client.post(reverse("gate-pass", args=[deciding.code, "brief"])).status_code == 404
    assert client.post(reverse("brief-look", args=[deciding.code]), {"grade": "noir", "sure": "1"}).status_code == 404
    client.force_login(alice)
    assert client.get(reverse(page, args=[idea.code])).status_code == 404


def own_template(**changes: Any) -> bytes:
    data = json.loads((FOLDER / "announcement.json").read_text())
    return json.dumps(data | changes).encode()


def test_an_operator_adds_a_template_and_its_next_version(admin_client: Any) -> None:
    url = reverse("admin:projects_adtemplate_add")
    for _ in range(2):
        file = SimpleUploadedFile("own.json", own_template(name="own_kind", label="Our own"))
        assert admin_client.post(url, {"file": file, "enabled": "on"}).status_code == 302
    assert list(AdTemplate.objects.values_list("version", flat=True)) == [2, 1]
    assert templates()["own_kind"].version == 2
    page = admin_client.get(reverse("ad-templates")).content.decode()
    assert "Our own" in page
    picture = admin_client.get(reverse("ad-preview", args=["own_kind"]))
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"


def test_a_broken_template_is_refused_on_the_desk(admin_client: Any) -> None:
    url = reverse("admin:projects_adtemplate_add")
    file = SimpleUploadedFile("own.json", own_template(grade="pinkish"))
    answer = admin_client.post(url, {"file": file})
    assert "no grade called" in answer.content.decode()
    assert not AdTemplate.objects.exists()


def test_an_operators_template_stands_in_for_the_shipped_one_until_it_is_switched_off(admin_user: Any) -> None:
    shipped = templates()["announcement"].version
    row = add_template(own_template(label="Better news"), by=admin_user)
    assert (row.version, templates()["announcement"].label) == (shipped + 1, "Better news")
    AdTemplate.objects.update(enabled=False)
    assert templates()["announcement"].label == "Announcement"


def test_operators_edit_the_claims(admin_client: Any, deciding: Project, alice: Any) -> None:
    topic = ClaimTopic.objects.get(name="superlative")
    url = reverse("admin:projects_claimtopic_change", args=[topic.pk])
    fields = {"name": topic.name, "label": "Own", "why": "Because.", "sources": "[]", "enabled": "on"}
    assert "list of words" in admin_client.post(url, fields | {"phrases": '"cosy"'}).content.decode()
    assert admin_client.post(url, fields | {"phrases": '["cosy"]'}).status_code == 302
    found = acts.edit_beats(deciding, {"meet": "The best cosy mug"}, {}, by=alice).found()
    assert [finding.phrase for finding in found] == ["cosy"]


def test_a_model_may_write_the_brief_and_nobody_plans_its_scenes(studio: Any) -> None:
    credentials.keep_key("openrouter", "x")
    page = studio.get(reverse("ad-new", args=["lifestyle_ad"])).content.decode()
    assert "The brief is written by" in page
    assert "Music is made by" in page
    assert "Scenes are planned by" not in page
    for name in ("idea-new", "project-new"):
        page = studio.get(reverse(name)).content.decode()
        assert "Scenes are planned by" in page
        assert "The brief is written by" not in page
