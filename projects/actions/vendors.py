"""What an operator decides about vendors: keys, addresses, and the order in which models are offered."""

from __future__ import annotations

import ipaddress
import logging
from typing import Final
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline import credentials, health
from pipeline.models import Credential, ModelEntry
from pipeline.pricebook import load_catalogue
from pipeline.providers.base import ProviderError
from pipeline.providers.keys import VENDORS, VendorFacts, check_key
from projects.states import IllegalMove, LostRace

log = logging.getLogger(__name__)
TEST_S: Final = 10
MAX_KEY: Final = 500
# What a server of one's own can be asked for, and the unit of its price there.
OWN_UNITS: Final = {"text": "million_tokens", "transcription": "minute"}
OWN_VENDOR: Final = "openai"
_STEP: Final = 10


def vendor_named(name: str) -> VendorFacts:
    """Raises KeyError."""
    return {facts.name: facts for facts in VENDORS}[name]


def keep_access(vendor: VendorFacts, *, api_key: str, base_url: str, by: User) -> None:
    """Store a key and an address. An empty key keeps the one that is there, unless it would go to another address.

    Raises IllegalMove in words.
    """
    api_key, base_url = api_key.strip(), base_url.strip()
    if credentials.from_environment(vendor):
        raise IllegalMove(
            _("%(name)s is set in the environment of the server, so nothing is stored here.") % {"name": vendor.key_env}
        )
    if len(api_key) > MAX_KEY or any(not letter.isprintable() or letter.isspace() for letter in api_key):
        raise IllegalMove(_("A key has no spaces or line breaks. Copy it again."))
    if base_url:
        _check_address(base_url)
    row = Credential.objects.filter(provider=vendor.name).first()
    if not api_key and row is not None and row.secret and row.base_url != base_url:
        raise IllegalMove(_("The address is another one. Enter the key again, so that the old one is not sent there."))
    if not api_key and not base_url and (row is None or not row.secret):
        raise IllegalMove(_("Enter a key, or the address of a server of your own."))
    credentials.keep_key(vendor.name, api_key, base_url)
    health.reset(vendor.name, timezone.now())
    log.info("%s stored access to %s", by, vendor.name)


def forget_access(vendor: VendorFacts, *, by: User) -> None:
    """Take the stored key and address away; work that needs them waits."""
    Credential.objects.filter(provider=vendor.name).delete()
    log.info("%s removed access to %s", by, vendor.name)


def try_access(vendor: VendorFacts) -> str:
    """Ask the vendor whose key it is, which costs nothing; what it said. Raises IllegalMove in words."""
    if not credentials.has_access(vendor.name):
        raise IllegalMove(_("There is no key to test yet."))
    try:
        access = credentials.access_to(vendor.name)
        said = check_key(vendor.name, access.model_copy(update={"connect_s": 5, "read_s": TEST_S}))
    except (ProviderError, credentials.LostKey) as error:
        raise IllegalMove(str(error)) from error
    health.reset(vendor.name, timezone.now())  # work that was held tries again
    return said


def move_model(provider: str, name: str, *, up: bool, seen: int) -> None:
    """Offer a model (in all its tiers) before or after the next one of its capability. `seen` is its place in the list
    that the page showed.
    """
    with transaction.atomic():
        if not ModelEntry.objects.exists():
            load_catalogue()
        first = ModelEntry.objects.select_for_update().filter(provider=provider, name=name).order_by("pk").first()
        if first is None:
            raise IllegalMove(_("This model is not in the list any more."))
        order = ranked(first.capability)
        place = order.index((provider, name))
        if place != seen:
            raise LostRace(_("The order was changed meanwhile. Look at it again."))
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, (vendor, model) in enumerate(order, 1):
            ModelEntry.objects.filter(capability=first.capability, provider=vendor, name=model).update(
                position=position * _STEP
            )


def ranked(capability: str) -> list[tuple[str, str]]:
    """(vendor, model) of a capability in the order in which they are offered and stand in for each other."""
    rows = ModelEntry.objects.filter(capability=capability).values("provider", "name")
    return [(row["provider"], row["name"]) for row in rows.annotate(place=Min("position")).order_by("place", "name")]


def add_own_model(
    *, name: str, capability: str, price_microusd: int | None, output_microusd: int | None, by: User
) -> None:
    """Offer a model of a server of one's own, at the price that its operator declares; zero is a price.

    Raises IllegalMove in words.
    """
    name = name.strip()
    if capability not in OWN_UNITS:
        raise IllegalMove(_("A server of your own can write and transcribe."))
    if not name or len(name) > 120 or any(letter.isspace() for letter in name):
        raise IllegalMove(_("Give the model's name as the server knows it, without spaces."))
    if price_microusd is None:
        raise IllegalMove(_("Enter a price in dollars; 0 if it costs you nothing."))
    with transaction.atomic():
        load_catalogue()
        if ModelEntry.objects.filter(provider=OWN_VENDOR, name=name).exists():
            raise IllegalMove(_("%(name)s is offered already; change its price in the catalogue.") % {"name": name})
        prices = {} if output_microusd is None else {"output": output_microusd}
        limits = {"max_output_tokens": 16000} if capability == "text" else {"max_seconds": 600}
        ModelEntry.objects.create(
            provider=OWN_VENDOR,
            name=name,
            label=name,
            capability=capability,
            unit=OWN_UNITS[capability],
            price_microusd=price_microusd,
            prices=prices,
            limits=limits,
            price_source=f"declared by {by}",
            position=1,
        )
    log.info("%s offers %s of a server of their own", by, name)


def _check_address(url: str) -> None:
    """Raises IllegalMove. A key must not travel readable over the internet."""
    parts = urlsplit(url)
    try:
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or parts.username:
        raise IllegalMove(_("This is not an address that can be used. It looks like http://localhost:11434/v1."))
    if parts.scheme == "http" and not _is_near(host):
        raise IllegalMove(_("Use https:// for a server on the internet: the key would be readable on its way."))


def _is_near(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost", ".lan"))
