"""Vendors and models in plain words, for the operator's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline import credentials, pricebook
from pipeline.models import Credential, ModelEntry, ProviderHealth
from pipeline.providers import PROVIDERS
from pipeline.providers.base import ModelRow
from pipeline.providers.catalogue import shipped_models
from pipeline.providers.keys import VENDORS, VendorFacts
from projects.actions.vendors import ranked

CAPABILITIES = {
    "transcription": gettext_lazy("Transcription"),
    "text": gettext_lazy("Text: scenes and prompts"),
    "image": gettext_lazy("Pictures"),
    "video": gettext_lazy("Clips"),
    "music": gettext_lazy("Music"),
    "upscale": gettext_lazy("Enlarging"),
}
UNITS = {
    "image": gettext_lazy("a picture"),
    "second": gettext_lazy("a second"),
    "clip": gettext_lazy("a clip"),
    "track": gettext_lazy("a track"),
    "minute": gettext_lazy("a minute"),
    "hour": gettext_lazy("an hour"),
    "gpu_second": gettext_lazy("a second of computing"),
    "million_tokens": gettext_lazy("a million tokens"),
}
TIERS = {"draft": gettext_lazy("draft"), "final": gettext_lazy("final"), "": ""}


def vendor_cards(told: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One card per vendor; `told` says what was said about one of them just now."""
    return [vendor_card(facts, **told.get(facts.name, {})) for facts in VENDORS]


def vendor_card(
    facts: VendorFacts, *, said: str = "", refused: str = "", given: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Where its key comes from, how it is, and what it can do. `given`: what was typed and refused."""
    row = Credential.objects.filter(provider=facts.name).first()
    named = credentials.from_environment(facts)
    has_key = named or bool(row and row.secret)
    base_url = row.base_url if row and not named else ""
    return {
        "name": facts.name,
        "label": facts.label,
        "key_env": facts.key_env,
        "base_url_env": facts.base_url_env,
        "keys_at": facts.keys_at,
        "named": named,
        "has_key": has_key,
        "stored": row is not None and not named,
        "changed_at": row.changed_at if row and not named else None,
        "base_url": (given or {}).get("base_url", base_url),
        "address": credentials.access_address(facts),
        "usable": credentials.has_access(facts.name),
        "offers": [CAPABILITIES[name] for name in CAPABILITIES if (name, facts.name) in PROVIDERS],
        "troubles": troubles(facts.name),
        "said": said,
        "refused": refused,
        "urls": {verb: reverse(f"provider-{verb}", args=[facts.name]) for verb in ("key", "test", "forget")},
    }


def troubles(provider: str) -> list[dict[str, Any]]:
    """What is not asked at the moment, until when and why: the vendor as a whole, or single models."""
    rows = ProviderHealth.objects.filter(provider=provider, open_until__gt=timezone.now()).order_by("model")
    return [{"model": row.model, "until": row.open_until, "why": row.reason} for row in rows]


def capability_lists() -> list[dict[str, Any]]:
    """The models of each capability in the order in which they are offered and stand in for each other."""
    entries = list(ModelEntry.objects.all())
    loaded = bool(entries)
    rows = [(entry.as_row(), entry.enabled, entry.pk) for entry in entries]
    if not loaded:
        rows = [(row, True, 0) for row in shipped_models()]
    lists = []
    for name, label in CAPABILITIES.items():
        of_kind = [row for row in rows if row[0].capability == name]
        order = ranked(name) if loaded else list(dict.fromkeys((row.provider, row.name) for row, _on, _pk in of_kind))
        models = [_model(key, [row for row in of_kind if (row[0].provider, row[0].name) == key]) for key in order]
        embedded = PROVIDERS.get((name, "local"))
        lists.append({"name": name, "label": label, "models": models, "embedded": embedded.label if embedded else ""})
    return lists


def _model(key: tuple[str, str], tiers: list[tuple[ModelRow, bool, int]]) -> dict[str, Any]:
    first, _on, pk = tiers[0]
    return {
        "provider": key[0],
        "name": key[1],
        "label": first.label or first.name,
        "vendor": next((facts.label for facts in VENDORS if facts.name == key[0]), key[0]),
        "prices": [price_words(row) for row, _on, _pk in tiers],
        "unpriced": any(row.price_microusd is None for row, _on, _pk in tiers),
        "as_of": first.price_as_of,
        "retires_on": first.retires_on,
        "licence_note": first.licence_note,
        "commercial": first.commercial,
        "pictures": first.pictures.most if first.pictures.composition or first.pictures.reference else 0,
        "enabled": any(on for _row, on, _pk in tiers),
        "usable": credentials.has_access(key[0]),
        "edit_url": reverse("admin:pipeline_modelentry_change", args=[pk]) if pk else "",
    }


def price_words(row: ModelRow) -> dict[str, Any]:
    """A price for people: the sum, what it is for, and the tier."""
    output = row.prices.get("output") if row.unit == "million_tokens" else None
    return {
        "tier": TIERS.get(row.tier, row.tier),
        "microusd": row.price_microusd,
        "output_microusd": output,
        "unit": UNITS.get(row.unit, row.unit),
        "choice": pricebook.choice(row),
    }


def model_words(provider: str, model: str) -> str:
    """Who makes it, for people: "Pruna P-Video, final" or "this server"."""
    if not provider or provider == "local":
        return _("this server")
    row = next(
        (row for row in pricebook.offered(provider=provider) if model in (pricebook.choice(row), row.name)), None
    )
    label = (row.label or row.name) if row else model or provider
    return f"{label}, {TIERS[row.tier]}" if row is not None and row.tier else label
