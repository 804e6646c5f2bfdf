"""Sayings in which a word of weather, season, fire or place means something else.

"Cold as ice" brings no snow, and no window opens where a city wakes up. Before the lexicon reads a text, sayings are
taken out of it, or become what they show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WHOSE = r"(?:my|your|our|his|her|their)"
_TOWN = r"(?:city|cities|towns?|streets?|villages?|harbors?|world)"

# A saying -> what it shows, in words of the lexicon; "" shows nothing.
_SAYINGS: Mapping[str, str] = {
    # cold
    r"in from the cold": "in",
    r"(?:as )?cold as (?:ice|stone|snow|winter)|(?:ice|stone)[- ]cold": "cold",
    r"snow white|snowed under|winter of (?:my|our|your) (?:heart|discontent)": "",
    r"(?:break|breaks|breaking|broke|broken) the ice|on thin ice|ice in \w+ (?:veins|eyes|heart|blood)|ice cream": "",
    r"hearts? of ice|(?:icy|frozen) (?:stares?|eyes|hearts?|smiles?|words)|frozen in time|freeze[- ]frames?": "",
    # rain, storm, fog
    r"(?:come )?rain or shine|(?:right|sure) as rain|rain ?checks?|raining men|mak(?:e|es|ing) it rain": "",
    rf"rain(?:s|ing|ed)? on {_WHOSE} parade|steal(?:s|ing)? {_WHOSE} thunder": "",
    r"perfect storm|storm(?:ed|ing) (?:out|off)|(?:take|takes|took|taking|taken) \w+ by storm": "",
    r"(?:like|greased|quick as|fast as) lightning|lightning speed": "",
    r"cloud nine|heads? in the clouds|(?:foggiest|fog of war|brain fog|purple haze|smoke and mirrors)": "",
    # wind
    r"winding|second wind|gone with the wind|(?:caution|cares?|fears?) to the winds?|it(?:['’]| i)s a breeze": "",
    rf"bl(?:ow|ows|owing|ew|own) (?:{_WHOSE} (?:minds?|cover|chance|top|money)|(?:me|you|us|them) away)": "",
    r"bl(?:ow|ows|owing|ew|own) (?:a kiss|kisses|out|up|it)|mind[- ]blowing|low blows?": "",
    # seasons, sun and heat
    rf"spring(?:s|ing)? (?:to life|into|up)|spring in {_WHOSE} steps?|heat of the moment": "",
    # fire
    rf"set(?:s|ting)? (?:the|a|{_WHOSE}) \w+ on fire": "spark",
    r"(?:heart|soul|body|world|head|floor|skin)s? (?:is |are )?on fire": "spark",
    r"(?:we|i|you|she|he|they)(?:['’](?:re|m|s)| are| am| is) (?:on )?fire": "spark",
    r"(?:fire|flames?) in (?:my|your|our|his|her|their) \w+|play(?:s|ing)? with fire": "spark",
    r"burn(?:ing|s)?(?= (?:sky|skies|desire|love|hearts?|questions?|sun|eyes|sand|noon|inside|bright))": "heat",
    r"burn(?:s|ed|ing)? (?:out|through|for)\b|under fire|crossfire": "",
    # places
    rf"({_TOWN}) (?:is |are |was |that )?(?:(?:a)?wak(?:e|es|ing|ens?)|woke|awake)(?: up)?": r"\1 dawn",
    rf"({_TOWN}) (?:that )?never sleeps?": r"\1 night",
    r"(?:rear|back)[- ]?view(?: mirrors?)?|water under the bridge": "",
    r"(?:sea|ocean|field|river)s? of (?:faces|people|lights|tears|dreams)": "",
}
_PATTERNS = tuple((re.compile(rf"\b(?:{saying})(?!\w)", re.IGNORECASE), shown) for saying, shown in _SAYINGS.items())


def meant(text: str) -> str:
    """The text as it is meant: sayings replaced by what they show. It says what is read, and is never shown."""
    for saying, shown in _PATTERNS:
        text = saying.sub(shown, text)
    return text
