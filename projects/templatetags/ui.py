"""What templates need to speak plainly: icons, state badges, times, sizes, money."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

register = template.Library()

# Every state a person can see, whether of a step, a scene or a project: its icon and its word.
STATES: dict[str, tuple[str, Promise]] = {
    "waiting": ("circle-dashed", gettext_lazy("Not started")),
    "todo": ("circle-dashed", gettext_lazy("Not started")),
    "draft": ("pencil", gettext_lazy("Draft")),
    "queued": ("clock", gettext_lazy("In line")),
    "current": ("loader-circle", gettext_lazy("Working")),
    "running": ("loader-circle", gettext_lazy("Working")),
    "needs_consent": ("star", gettext_lazy("Price to confirm")),
    "paused_budget": ("clock", gettext_lazy("Limit reached")),
    "review": ("star", gettext_lazy("Your turn")),
    "approved": ("check", gettext_lazy("Approved")),
    "rejected": ("x", gettext_lazy("Rejected")),
    "done": ("circle-check", gettext_lazy("Done")),
    "failed": ("triangle-alert", gettext_lazy("Failed")),
    "skipped": ("skip-forward", gettext_lazy("Skipped")),
    "canceled": ("ban", gettext_lazy("Canceled")),
}
UNKNOWN_ICON = "circle"


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One icon of the sprite, hidden from screen readers: the word beside it (or an aria-label) speaks."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, static("img/icons.svg"), name
    )


@register.simple_tag
def badge(state: str, label: str = "") -> SafeString:
    """The state as icon and word; `label` replaces the usual word."""
    name, word = STATES.get(state, (UNKNOWN_ICON, state))
    return format_html('<span class="badge {}">{}{}</span>', state, icon(name), label or word)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The visitor's choice, "light" or "dark", else "" to follow the system; safe where there is no request."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return chosen if chosen in ("light", "dark") else ""


@register.simple_tag
def signup_open() -> bool:
    """Whether anybody may open an account; invited people come by their own link."""
    return bool(settings.OMVEE_SIGNUP == "open")


@register.simple_tag
def sends_mail() -> bool:
    """Whether mail leaves this server at all, so that no page promises one in vain."""
    return bool(settings.SENDS_MAIL)


@register.filter
def clock(ms: int | None) -> str:
    """Milliseconds as m:ss, or h:mm:ss from one hour; "" for None."""
    if ms is None:
        return ""
    minutes, seconds = divmod(int(ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


@register.filter
def eta(seconds: int | None) -> str:
    """A guess said as one: "less than a minute left", "about 4 min left"; "" for None."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("about %(minutes)s min left") % {"minutes": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(hours)s hour left", "about %(hours)s hours left", hours) % {"hours": hours}


@register.filter
def takes(seconds: int | None) -> str:
    """How long something will take, said as a guess: "a few seconds", "about 40 seconds", "about 4 min"."""
    if seconds is None:
        return ""
    if seconds < 10:
        return _("a few seconds")
    if seconds < 90:
        return _("about %(seconds)s seconds") % {"seconds": round(seconds, -1)}
    return _("about %(minutes)s min") % {"minutes": round(seconds / 60)}


@register.filter
def filesize(size_bytes: int | None) -> str:
    """A size such as "84 MB" or "1.2 GB" (1 MB is 1024 * 1024 bytes, as upload limits count); "" for None."""
    if size_bytes is None:
        return ""
    size = Decimal(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    places = 1 if unit in ("MB", "GB") and size < 10 else 0
    return f"{number_format(size, places, use_l10n=True)} {unit}"


@register.filter
def money(microusd: int | None) -> str:
    """Micro-USD as dollars: "$0.04", "free" for zero; an unknown price (None) is never shown as zero."""
    if microusd is None:
        return _("price unknown")
    if microusd == 0:
        return _("free")
    dollars = Decimal(abs(microusd)) / 1_000_000
    step = Decimal("0.01") if dollars >= Decimal("0.01") else Decimal("0.0001")
    shown = max(dollars.quantize(step, ROUND_HALF_UP), step)
    return f"{'-' if microusd < 0 else ''}${number_format(shown, abs(int(step.as_tuple().exponent)), use_l10n=True)}"


@register.filter
def at_most(microusd: int | None) -> str:
    """A worst case: as `money`, rounded up, so that nobody agrees to less than what may be spent."""
    if microusd is None or microusd <= 10_000:
        return money(microusd)
    return money(-(-microusd // 10_000) * 10_000)


@register.filter
def sum_of(microusd: int | None) -> str:
    """Money in a bill: as `money`, but zero is a dash, since not everything that was not charged is free."""
    return "–" if microusd == 0 else money(microusd)


@register.filter
def unit_price(microusd: int | None) -> str:
    """A price to multiply with, to its last digit: "$0.003", "$0.025", "free" for zero."""
    if not microusd:
        return money(microusd)
    places = max(2, len(f"{microusd % 1_000_000:06d}".rstrip("0")))
    return f"${number_format(Decimal(microusd) / 1_000_000, places, use_l10n=True)}"


@register.filter
def percent(done: int | None, total: int | None = 100) -> str:
    """A share as whole percent, "46%"; "" when there is nothing to compare with."""
    if done is None or not total:
        return ""
    return f"{min(100, max(0, 100 * int(done) // int(total)))}%"


@register.filter
def state_icon(state: str) -> str:
    """The icon's name for a state."""
    return STATES.get(state, (UNKNOWN_ICON, state))[0]


@register.filter
def state_label(state: str) -> Any:
    """The word for a state."""
    return STATES.get(state, (UNKNOWN_ICON, state))[1]
