"""Settings > Providers: who sees it, what is kept, what a test of a key says, and the order of models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pipeline import credentials, pricebook
from pipeline.models import Credential, ModelEntry, ProviderHealth
from projects.tests.pages import text
from tests.vendor import KEY, Vendor

pytestmark = pytest.mark.django_db
PAGE = "/settings/providers/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as standing_in:
        yield standing_in


@pytest.fixture
def operator(client: Client, alice: Any) -> Client:
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    return client


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}openai/test/", f"{PAGE}openai/key/", f"{PAGE}order/", f"{PAGE}own/"])
def test_it_is_not_there_for_those_who_do_not_run_the_studio(client: Client, charlie: Any, path: str) -> None:
    assert client.get(path).status_code == 302
    client.force_login(charlie)
    assert (client.get(path) if path == PAGE else client.post(path)).status_code == 404
    assert "Providers" not in client.get("/").content.decode()


def test_it_shows_every_vendor_and_the_price_of_every_model(operator: Client) -> None:
    page = text(operator.get(PAGE))
    assert "Providers" in text(operator.get("/"))
    for word in ("Replicate", "OpenAI", "OpenRouter", "FLUX schnell", "Pruna P-Video", "No key", "$0.02 a second"):
        assert word in page
    assert "price unknown: enter it before it is used" in page  # Topaz ships without one
    assert "not for commercial use" in page
    assert page.count("takes a picture beside the words") == 3  # FLUX dev, FLUX 1.1 pro, SDXL
    assert page.count("takes up to 4 pictures beside the words") == 3  # FLUX.2 klein and both of GPT Image


def test_a_key_is_kept_encrypted_tried_at_once_and_never_shown(operator: Client, vendor: Vendor) -> None:
    given = {"api_key": KEY, "base_url": vendor.url}
    page = text(operator.post(f"{PAGE}replicate/key/", given, headers=HTMX))
    assert "The key works; it belongs to" in page
    assert KEY not in page + text(operator.get(PAGE)) + Credential.objects.get().secret
    assert credentials.access_to("replicate").api_key == KEY
    assert vendor.bill.total_microusd == 0


def test_a_wrong_key_is_told_in_words_and_kept_to_be_mended(operator: Client, vendor: Vendor) -> None:
    page = text(operator.post(f"{PAGE}openrouter/key/", {"api_key": "wrong", "base_url": vendor.openrouter_url}))
    assert "OpenRouter does not accept the key" in page
    assert vendor.openrouter_url in page


def test_a_vendor_that_cannot_be_reached_is_told_in_words(operator: Client) -> None:
    page = text(operator.post(f"{PAGE}openai/key/", {"base_url": "http://127.0.0.1:9/v1"}))
    assert "OpenAI cannot be reached" in page


def test_used_up_credit_is_told_in_words(operator: Client, vendor: Vendor) -> None:
    vendor.credit_usd = 0.0
    credentials.keep_key("openrouter", KEY, vendor.openrouter_url)
    assert "its credit is used up" in text(operator.post(f"{PAGE}openrouter/test/", headers=HTMX))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "Enter a key, or the address"),
        ({"api_key": "two words"}, "no spaces"),
        ({"base_url": "ftp://there"}, "not an address that can be used"),
        ({"base_url": "http://user:secret@localhost/v1"}, "not an address that can be used"),
        ({"base_url": "http://localhost:99999/v1"}, "not an address that can be used"),
        ({"api_key": "k", "base_url": "http://models.example.com/v1"}, "Use https://"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_typed_is_lost(
    operator: Client, given: dict[str, str], why: str
) -> None:
    response = operator.post(f"{PAGE}openai/key/", given)
    assert response.status_code == 422
    assert why in text(response)
    assert given.get("base_url", "") in text(response)
    assert not Credential.objects.exists()


def test_a_stored_key_is_not_sent_to_another_address(operator: Client, vendor: Vendor) -> None:
    credentials.keep_key("openai", KEY, vendor.openai_url)
    page = text(operator.post(f"{PAGE}openai/key/", {"base_url": "http://127.0.0.1:9/v1"}))
    assert "Enter the key again" in page
    assert credentials.access_to("openai").base_url == vendor.openai_url


def test_a_key_of_the_environment_is_said_to_be_there_and_changed_there(
    operator: Client, settings: Any, vendor: Vendor
) -> None:
    settings.REPLICATE_API_TOKEN, settings.REPLICATE_BASE_URL = KEY, vendor.url
    page = text(operator.get(PAGE))
    assert "as <code>REPLICATE_API_TOKEN</code>" in page
    assert KEY not in page
    assert operator.post(f"{PAGE}replicate/key/", {"api_key": "other"}).status_code == 422
    assert "The key works" in text(operator.post(f"{PAGE}replicate/test/"))


def test_a_key_can_be_removed(operator: Client) -> None:
    credentials.keep_key("replicate", "x")
    assert "The key was removed" in text(operator.post(f"{PAGE}replicate/forget/"))
    assert not credentials.has_access("replicate")


def test_nothing_to_test_is_said(operator: Client) -> None:
    assert "There is no key to test yet" in text(operator.post(f"{PAGE}replicate/test/"))
    assert operator.post(f"{PAGE}nobody/test/").status_code == 404


def test_what_is_out_of_order_says_until_when_and_why(operator: Client) -> None:
    credentials.keep_key("replicate", "x")
    until = timezone.now() + timedelta(minutes=5)
    ProviderHealth.objects.create(provider="replicate", open_until=until, reason="The account has no credit left.")
    page = text(operator.get(PAGE))
    assert "Out of order" in page
    assert "no credit left" in page


def test_the_order_is_changed_and_is_what_is_offered_first(operator: Client) -> None:
    first, second = pricebook.offered("image", "replicate")[:2]
    move = {"provider": "replicate", "name": second.name, "capability": "image", "way": "up"}
    page = text(operator.get(PAGE))
    place = page.index(second.label)
    assert page.index(first.label) < place
    pricebook.load_catalogue()
    order = list(dict.fromkeys(row.name for row in pricebook.offered("image")))
    response = operator.post(f"{PAGE}order/", move | {"seen": order.index(second.name)})
    assert response["Location"] == f"{PAGE}#order-image"
    found = [row.name for row in pricebook.offered("image", "replicate")]
    assert found.index(second.name) < found.index(first.name)


def test_an_order_that_changed_meanwhile_is_not_changed_again(operator: Client) -> None:
    pricebook.load_catalogue()
    name = pricebook.offered("image")[-1].name
    entry = ModelEntry.objects.filter(name=name)[0]
    move = {"provider": entry.provider, "name": name, "capability": "image", "way": "up", "seen": 0}
    response = operator.post(f"{PAGE}order/", move)
    assert response.status_code == 409
    assert "changed meanwhile" in text(response)


def test_a_model_of_ones_own_server_costs_what_its_operator_says_and_is_offered_first(operator: Client) -> None:
    own = {"name": "llama3.3", "capability": "text", "price": "0", "output": "0"}
    assert operator.post(f"{PAGE}own/", own)["Location"] == f"{PAGE}#order-text"
    row = pricebook.offered("text", "openai")[0]
    assert (row.name, row.price_microusd, row.prices) == ("llama3.3", 0, {"output": 0})
    assert "declared by" in row.price_source
    again = operator.post(f"{PAGE}own/", own)
    assert "offered already" in text(again)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"price": ""}, "Enter a price"),
        ({"price": "cheap"}, "Enter a price"),
        ({"price": "-1"}, "Enter a price"),
        ({"price": "nan"}, "Enter a price"),
        ({"name": "two words"}, "without spaces"),
        ({"capability": "video"}, "write and transcribe"),
    ],
)
def test_a_model_without_a_price_or_name_is_refused(operator: Client, change: dict[str, str], why: str) -> None:
    given = {"name": "llama3.3", "capability": "text", "price": "0"} | change
    response = operator.post(f"{PAGE}own/", given)
    assert response.status_code == 422
    assert why in text(response)
    assert not ModelEntry.objects.filter(name=given["name"]).exists()
