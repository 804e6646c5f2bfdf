"""Settings > Providers: keys, addresses, health and the order of models. For operators: the keys are the studio's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pipeline.providers.keys import VendorFacts
from projects.actions import vendors
from projects.states import IllegalMove, LostRace
from projects.views.answers import number
from projects.views.vendor_cards import capability_lists, vendor_card, vendor_cards

View = Callable[..., HttpResponse]
NO_PRICE = gettext_lazy("Enter a price in dollars; 0 if it costs you nothing.")


def operators(view: View) -> View:
    """Only for those who run the studio: to everybody else the page does not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest, **given: Any) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise Http404
        return never_cache(view)(request, **given)

    return wrapped


@require_safe
@operators
def providers(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@operators
def provider_key(request: HttpRequest, vendor: str) -> HttpResponse:
    """Store what was entered, and try it at once."""
    facts = _facts(vendor)
    key, base_url = request.POST.get("api_key", ""), request.POST.get("base_url", "")
    try:
        vendors.keep_access(facts, api_key=key, base_url=base_url, by=_user(request))
    except IllegalMove as refusal:
        return _answer(request, facts, refused=str(refusal), given={"base_url": base_url}, status=422)
    return _tried(request, facts)


@require_POST
@operators
def provider_test(request: HttpRequest, vendor: str) -> HttpResponse:
    """Ask the vendor whose key it is; it costs nothing."""
    return _tried(request, _facts(vendor))


@require_POST
@operators
def provider_forget(request: HttpRequest, vendor: str) -> HttpResponse:
    facts = _facts(vendor)
    vendors.forget_access(facts, by=_user(request))
    return _answer(request, facts, said=_("The key was removed."))


@require_POST
@operators
def model_move(request: HttpRequest) -> HttpResponse:
    """Offer a model earlier or later; the same order is the one in which models stand in for each other."""
    post = request.POST
    try:
        vendors.move_model(
            post.get("provider", ""), post.get("name", ""), up=post.get("way") == "up", seen=number(post.get("seen"))
        )
    except (IllegalMove, LostRace) as refusal:
        return _page(request, refusal=str(refusal), status=409)
    return redirect(f"{reverse('providers')}#order-{_capability_of(post.get('capability', ''))}")


@require_POST
@operators
def model_own(request: HttpRequest) -> HttpResponse:
    """Offer a model of a server of the operator's own."""
    post = request.POST
    try:
        vendors.add_own_model(
            name=post.get("name", ""),
            capability=post.get("capability", ""),
            price_microusd=_dollars(post.get("price", "")),
            output_microusd=_dollars(post.get("output", "")),
            by=_user(request),
        )
    except IllegalMove as refusal:
        own = {name: post.get(name, "") for name in ("name", "capability", "price", "output")} | {"why": str(refusal)}
        return _page(request, own=own, status=422)
    return redirect(f"{reverse('providers')}#order-{_capability_of(post.get('capability', ''))}")


def _tried(request: HttpRequest, facts: VendorFacts) -> HttpResponse:
    try:
        said = vendors.try_access(facts)
    except IllegalMove as refusal:
        return _answer(request, facts, refused=str(refusal))
    return _answer(request, facts, said=said)


def _answer(request: HttpRequest, facts: VendorFacts, *, status: int = 200, **told: Any) -> HttpResponse:
    """The vendor's card as it is now, with what was said; a browser without a script gets the page."""
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        # a refused form must be shown too, and scripts put only 2xx into the page
        return render(request, "projects/_provider.html", {"vendor": vendor_card(facts, **told)})
    return _page(request, told={facts.name: told}, status=status)


def _page(request: HttpRequest, *, told: dict[str, Any] | None = None, status: int = 200, **more: Any) -> HttpResponse:
    context = {"vendors": vendor_cards(told or {}), "lists": capability_lists(), "own": more.pop("own", {}), **more}
    context["own_units"] = [("text", _("Writing: scenes and prompts")), ("transcription", _("Transcription"))]
    return render(request, "projects/providers.html", context, status=status)


def _facts(vendor: str) -> VendorFacts:
    try:
        return vendors.vendor_named(vendor)
    except KeyError as error:
        raise Http404 from error


def _dollars(text: str) -> int | None:
    """Micro-USD; None for nothing. Raises IllegalMove for what is no sum of money."""
    text = text.strip().lstrip("$").replace(",", ".")
    if not text:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation as error:
        raise IllegalMove(str(NO_PRICE)) from error
    if not price.is_finite() or not 0 <= price <= 10_000:
        raise IllegalMove(str(NO_PRICE))
    return int(price * 1_000_000)


def _capability_of(text: str) -> str:
    return text if text in {row["name"] for row in capability_lists()} else "text"


def _user(request: HttpRequest) -> Any:
    return request.user
