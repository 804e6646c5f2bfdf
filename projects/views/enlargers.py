"""Who may enlarge a film beside this server, each with its price, and what repeating that costs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from projects.flow import refinements
from projects.flow.estimates import PriceList
from projects.flow.makers import maker_named
from projects.flow.refinements import Again, Choices
from projects.models import FinalVideo
from projects.views.prices import price_text
from projects.views.vendor_cards import model_words


def enlarger_options(film: FinalVideo, posted: str) -> list[dict[str, Any]]:
    """One per model with a price and a key; none for an upright or large film. `posted`: what the form has.

    A model that would have to be paid is chosen by a person alone; one whose enlargement of this film is there already
    is chosen as it was. The value carries the mark of the price that is shown.
    """
    chosen, _space, mark = posted.partition(" ")
    prices, found = PriceList(), []
    for row in refinements.enlargers(film):
        estimate = refinements.enlarging_estimate(film, Choices(upscale=True, upscale_by=row.key), prices)
        paid = estimate.total == 0
        label = model_words(row.provider, maker_named(row.key).model)
        found.append(
            {
                "value": f"{row.key} {estimate.mark}",
                "label": label[:1].upper() + label[1:],
                "price": _("paid for already") if paid else price_text(estimate),
                "seconds": 0 if paid else estimate.seconds,
                "paid": paid,
                "chosen": row.key == chosen and (bool(mark) or paid),
            }
        )
    return found


def again_price(found: Again) -> dict[str, str]:
    """What the button costs that refines a film as an earlier one was, and the mark of that; {} for nothing."""
    estimate = refinements.enlarging_estimate(found.film, found.choices)
    return {"price": price_text(estimate), "mark": estimate.mark} if estimate.parts else {}
