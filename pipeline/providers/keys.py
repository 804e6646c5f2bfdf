"""Whether a vendor accepts a key, asked in ways that cost nothing."""

from __future__ import annotations

from typing import Any

from pipeline.media.values import Value
from pipeline.providers.base import Access, ProviderError
from pipeline.providers.openai.client import OPENAI, OPENROUTER, Vendor, asked, vendor_client
from pipeline.providers.replicate.api import ReplicateApi


class VendorFacts(Value):
    """A vendor as operators set it up: the environment variables of its key and address."""

    name: str
    label: str
    key_env: str
    base_url_env: str
    keys_at: str


VENDORS = (
    VendorFacts(
        name="replicate",
        label="Replicate",
        key_env="REPLICATE_API_TOKEN",
        base_url_env="REPLICATE_BASE_URL",
        keys_at="https://replicate.com/account/api-tokens",
    ),
    VendorFacts(
        name="openai",
        label="OpenAI",
        key_env="OPENAI_API_KEY",
        base_url_env="OPENAI_BASE_URL",
        keys_at="https://platform.openai.com/api-keys",
    ),
    VendorFacts(
        name="openrouter",
        label="OpenRouter",
        key_env="OPENROUTER_API_KEY",
        base_url_env="OPENROUTER_BASE_URL",
        keys_at="https://openrouter.ai/settings/keys",
    ),
)


def check_key(vendor: str, access: Access) -> str:
    """What the vendor says of this key, in a few words. Raises ProviderError with the reason in words."""
    if vendor == "replicate":
        return _replicate(access)
    if vendor == "openrouter":
        return _openrouter(access)
    if vendor == "openai":
        with vendor_client(access, OPENAI) as client:
            models: Any = client.models.with_raw_response.list
            found = asked(OPENAI, models).get("data")
        return f"The key works; {len(found) if isinstance(found, list) else 0} models are offered."
    raise KeyError(vendor)


def _replicate(access: Access) -> str:
    api = ReplicateApi(access)
    try:
        who = api.account().get("username") or "an account without a name"
    finally:
        api.close()
    return f"The key works; it belongs to {who}."


def _openrouter(access: Access) -> str:
    data = _key_facts(access, OPENROUTER)
    left = data.get("limit_remaining")
    if isinstance(left, (int, float)):
        if left <= 0:
            raise ProviderError(
                "The key works, but its credit is used up.", kind="no_credit", refused=True, transient=False
            )
        return f"The key works; ${left:.2f} of its limit are left."
    return "The key works; it has no limit of its own."


def _key_facts(access: Access, vendor: Vendor) -> dict[str, Any]:
    """OpenRouter's own address for a key, for which the package has no method."""
    import httpx

    with vendor_client(access, vendor) as client:
        get: Any = client.get
        answer = asked(vendor, lambda: get("/key", cast_to=httpx.Response))
    found = answer.get("data")
    return found if isinstance(found, dict) else {}
