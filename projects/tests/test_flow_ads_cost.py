"""What a 30 second ad costs at worst, by the price book that ships and the default models."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import pricebook
from pipeline.ads.loading import shipped_templates
from pipeline.providers.catalogue import default_model
from projects.flow import spending
from projects.models import Ad, Project, Soundtrack
from projects.tests.test_flow_ads import begun

MOST_MICROUSD = {"draft": 2_000_000, "final": 3_500_000}
HOSTED = {"text": "openrouter", "image": "replicate", "video": "replicate", "music": "replicate"}
LYRIA_MICROUSD = 40_000


def defaults() -> dict[str, str]:
    """capability -> key of the model that a vendor offers first."""
    return {capability: default_model(vendor, capability).key for capability, vendor in HOSTED.items()}


@pytest.mark.parametrize("tier", ["draft", "final"])
@pytest.mark.parametrize("template", sorted(shipped_templates()))
def test_the_worst_case_of_a_30_second_ad_is_bounded(quick: None, alice: Any, template: str, tier: str) -> None:
    pricebook.load_catalogue()
    project = begun(alice, template=template, tier=tier, aspect="9:16", resolution="1080p", providers=defaults())
    found = spending.remaining(project)
    assert found.is_priced
    assert set(found.steps) == {"compose_music", "write_brief", "write_prompts", "generate_image", "generate_clip"}
    assert [part.microusd for part in found.parts if part.step == "compose_music"] == [LYRIA_MICROUSD]
    beats = len(shipped_templates()[template].timed(30))
    assert [part.count for part in found.parts if part.step in ("generate_image", "generate_clip")] == [beats, beats]
    assert 0 < found.microusd < MOST_MICROUSD[tier]


def test_a_draft_asks_for_the_draft_of_the_same_model(quick: None, alice: Any) -> None:
    pricebook.load_catalogue()
    draft = begun(alice, tier="draft", providers=defaults())
    bills = {}
    for tier in ("draft", "final"):
        Ad.objects.filter(project=draft).update(tier=tier)
        bills[tier] = spending.remaining(Project.objects.get(pk=draft.pk)).microusd
    assert 0 < bills["draft"] < bills["final"]


def test_music_of_ones_own_and_none_cost_nothing(quick: None, alice: Any) -> None:
    pricebook.load_catalogue()
    project = begun(alice, providers=defaults())
    with_music = spending.remaining(project).microusd
    Soundtrack.objects.filter(project=project).update(source=Soundtrack.Source.NONE)
    project = Project.objects.get(pk=project.pk)
    assert spending.remaining(project).microusd == with_music - LYRIA_MICROUSD


@pytest.mark.parametrize("tier", ["draft", "final"])
def test_pictures_that_are_given_pictures_stay_within_it(quick: None, alice: Any, tier: str) -> None:
    """Every beat with composition, look and product, by the model that charges for each."""
    pricebook.load_catalogue()
    klein = "replicate:black-forest-labs/flux-2-klein-4b:draft"
    project = begun(alice, tier=tier, providers=defaults() | {"image": klein})
    found = spending.remaining(project)
    pictures = next(part for part in found.parts if part.step == "generate_image")
    assert pictures.microusd == 4000 * pictures.count
    assert found.microusd < MOST_MICROUSD[tier]
