"""A refused prompt said in a milder way by a plain rule: words that image models refuse most, and what stands in."""

from __future__ import annotations

import re
from typing import Final

_INSTEAD: Final[dict[str, str]] = {
    r"blood(?:y|ied|stained|-stained|soaked|-soaked)?": "crimson",
    r"bleed(?:s|ing)?": "weary",
    r"gor(?:e|y)": "dark",
    r"corpses?|cadavers?|dead bod(?:y|ies)": "still figures",
    r"(?:a )?dead (?:man|woman|person|girl|boy)": "a still figure",
    r"dead|dying": "fading",
    r"kill(?:s|ed|ing|ers?)?|murder(?:s|ed|ing|ers?)?": "confronting",
    r"suicid(?:e|al)": "sorrow",
    r"stab(?:s|bed|bing)?": "reaching",
    r"guns?|pistols?|rifles?|shotguns?|weapons?": "lantern",
    r"kni(?:fe|ves)|blades?|swords?": "silver ribbon",
    r"shoot(?:s|ing)?(?! star)": "facing",
    r"bombs?|explosions?": "bursts of light",
    r"wounds?|wounded|scars?": "marks of time",
    r"naked|nude|nudity|topless|undressed|unclothed": "in flowing clothes",
    r"lingerie|underwear|bikinis?": "summer clothes",
    r"sex(?:y|ual|ually)?|erotic|sensual|seductive(?:ly)?": "graceful",
    r"drugs?|cocaine|heroin|syringes?": "smoke",
    r"drunk(?:en)?": "dreamy",
    r"burn(?:ing|t|ed)? (?:alive|bod(?:y|ies))": "glowing figures",
    r"violen(?:t|ce)|brutal(?:ity)?": "dramatic",
    r"tortur(?:e|ed|ing)": "struggle",
}
_RULES: Final = tuple((re.compile(rf"\b(?:{word})\b", re.IGNORECASE), mild) for word, mild in _INSTEAD.items())


def milder(text: str) -> str:
    """The text with its strong words replaced; the same text where no rule knows any."""
    for pattern, mild in _RULES:
        text = pattern.sub(mild, text)
    return text
