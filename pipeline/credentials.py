"""Keys to vendors: from the environment under the vendors' own names, else from Settings, encrypted at rest."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

from pipeline.models import Credential
from pipeline.providers.base import Access, Capability
from pipeline.providers.keys import VENDORS, VendorFacts

_FACTS = {facts.name: facts for facts in VENDORS}
CALL_READ_S = 30
"""How long one request to a vendor that works on while we wait may take."""


class LostKey(Exception):
    """The stored key cannot be decrypted: the secret that it was stored under is another one now."""


def access_to(provider: str, capability: Capability | str = "") -> Access:
    """How to reach a vendor for a capability. The environment wins; embedded providers need nothing. Raises LostKey."""
    facts = _FACTS.get(provider)
    if facts is None:
        return Access()
    row = Credential.objects.filter(provider=provider).first()
    deadline_s = deadline_for(capability)
    return Access(
        api_key=_named(facts.key_env) or (decrypted(row.secret) if row else ""),
        base_url=_named(facts.base_url_env) or (row.base_url if row else ""),
        referer=settings.OMVEE_BASE_URL if site_is_public() else "",
        read_s=CALL_READ_S if provider == "replicate" else deadline_s,
        deadline_s=deadline_s,
    )


def deadline_for(capability: str) -> int:
    """Seconds after which a vendor's work of this kind is given up."""
    deadlines: dict[str, int] = settings.OMVEE_DEADLINES_S
    return deadlines.get(capability, deadlines["video"])


def is_vendor(provider: str) -> bool:
    """Whether it works elsewhere, for money; what is embedded does not."""
    return provider in _FACTS


def has_access(provider: str) -> bool:
    """Whether there is anything to reach this vendor with: a key, or a server of the operator's own."""
    facts = _FACTS.get(provider)
    if facts is None:
        return True
    named = _named(facts.key_env) or _named(facts.base_url_env)
    return bool(named) or Credential.objects.filter(provider=provider).exists()


def from_environment(facts: VendorFacts) -> bool:
    """Whether the environment names the key, so that one entered in Settings would not count."""
    return bool(_named(facts.key_env))


def access_address(facts: VendorFacts) -> str:
    """Where requests to a vendor go instead of to its own address; "" for its own."""
    row = Credential.objects.filter(provider=facts.name).first()
    return _named(facts.base_url_env) or (row.base_url if row else "")


def keep_key(provider: str, api_key: str, base_url: str = "") -> Credential:
    """Store a key, encrypted. An empty key keeps the one that is there."""
    fields = {"base_url": base_url, "changed_at": timezone.now()}
    if api_key:
        fields["secret"] = encrypted(api_key)
    row, _ = Credential.objects.update_or_create(provider=provider, defaults=fields)
    return row


def encrypted(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypted(text: str) -> str:
    """Raises LostKey."""
    if not text:
        return ""
    try:
        return _box().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise LostKey("The stored key cannot be read any more. Enter it again under Settings > Providers.") from error


def site_is_public() -> bool:
    """Whether vendors can call this site: https, and no name of this machine or house."""
    parts = urlsplit(settings.OMVEE_BASE_URL)
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and not host.endswith((".local", ".internal", ".localhost"))


def _named(name: str) -> str:
    return str(getattr(settings, name, "") or "")


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys()])


def _keys() -> Iterator[bytes]:
    """The key in use first, then those that older rows may have been stored under."""
    for secret in filter(None, (settings.OMVEE_CREDENTIAL_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"omvee credentials").derive(secret.encode())
        yield base64.urlsafe_b64encode(derived)
