"""The words that the picture maker understands.

A planner imports these tables to write prompts whose every word can be seen; `compose` reads prompts with them. Each table maps
a name to the words or short phrases that call it up, in lower case and singular ("boats" is found by "boat"). The name itself always
counts too.
A word may stand in several tables: "midnight" chooses a palette and a time of day.

    paint(prompt: str, *, seed: int, width: int, height: int, palette: str = "") -> Painting
        prompt   any text; words it knows decide, the seed decides the rest
        palette  a name from PALETTES to hold a style's color, or "" to let the words choose
    Painting(image: uint8 H x W x 3 RGB, depth: uint8 H x W with 255 near, kind: str, palette: str,
             particles: "" | "rain" | "snow" | "stars" | "embers", focus_permille: (x, y))
"""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, ...]

# What the picture is of. One kind per picture.
KINDS: Mapping[str, Words] = {
    "mountains": ("mountain", "peak", "alps", "cliff", "ridge", "summit", "valley", "hill", "climb", "volcano", "canyon"),
    "lake": ("lake", "river", "pond", "reflection", "mirror", "shore", "fjord", "stream"),
    "ocean": ("ocean", "sea", "wave", "beach", "coast", "island", "tide", "surf", "horizon", "sail", "drown"),
    "harbor": ("harbor", "harbour", "port", "pier", "dock", "marina", "canal", "lighthouse", "anchor"),
    "skyline": ("skyline", "city", "skyscraper", "downtown", "tower", "metropolis", "york", "tokyo", "town", "building"),
    "street": ("street", "alley", "sidewalk", "avenue", "boulevard", "crosswalk", "taxi", "corner", "shop", "neon", "block"),
    "rooftops": ("rooftop", "roof", "chimney", "balcony", "terrace", "suburb", "paris"),
    "window": ("window", "room", "bedroom", "home", "curtain", "indoors", "inside", "kitchen", "cafe", "bed", "wake"),
    "space": ("space", "galaxy", "planet", "cosmos", "nebula", "universe", "orbit", "astronaut", "rocket", "cosmic", "gravity"),
    "forest": ("forest", "wood", "woods", "pine", "jungle", "grove", "woodland", "wild", "wilderness"),
    "desert": ("desert", "dune", "sand", "sahara", "cactus", "mesa", "mirage", "oasis", "drought"),
    "synthwave": ("synthwave", "retro", "80s", "arcade", "vaporwave", "grid", "outrun", "laser", "retrowave", "eighties"),
    "meadow": ("meadow", "field", "grass", "wheat", "prairie", "farm", "country", "countryside", "pasture", "barn", "plain"),
    "garden": ("garden", "flower", "rose", "blossom", "petal", "bloom", "tulip", "orchard", "daisy", "lily", "sunflower"),
    "village": ("village", "cabin", "cottage", "christmas", "chalet", "house", "lodge", "hut", "hometown"),
    "underwater": ("underwater", "reef", "deep", "coral", "whale", "fish", "jellyfish", "mermaid", "aquarium", "submarine", "dive"),
    "road": ("road", "highway", "drive", "car", "route", "journey", "ride", "mile", "freeway", "lane", "asphalt"),
    "rails": ("rail", "rails", "train", "railway", "station", "track", "tracks", "railroad", "tunnel", "locomotive"),
    "stage": ("stage", "concert", "crowd", "festival", "spotlight", "band", "singer", "microphone", "show", "rave", "club"),
    "lights": ("bokeh", "ballroom", "party", "candle", "wedding", "glitter", "chandelier", "celebrate", "disco", "lantern"),
    "clouds": ("cloud", "heaven", "sky", "fly", "flying", "angel", "airplane", "plane", "wing", "above", "float"),
    "ink": ("ink", "brush", "calligraphy", "paint", "painting", "feather", "swirl", "current", "drawing"),
    "silk": ("silk", "velvet", "smoke", "fabric", "liquid", "flow", "ribbon", "satin", "abstract", "honey"),
    "geometric": ("geometric", "pattern", "shape", "bold", "pop", "mosaic", "bauhaus", "funk", "poster", "block", "tile"),
}

# The color of the light and the mood.
PALETTES: Mapping[str, Words] = {
    "sunset": ("sunset", "dusk", "evening", "warm", "twilight", "goodbye", "farewell"),
    "golden": ("golden", "gold", "nostalgia", "nostalgic", "memory", "remember", "afternoon", "honey", "glory"),
    "dawn": ("dawn", "sunrise", "morning", "hope", "gentle", "calm", "peace", "begin", "new"),
    "night": ("night", "midnight", "moon", "moonlight", "sleep", "lullaby", "star", "starlight"),
    "neon": ("neon", "synthwave", "retro", "club", "party", "vaporwave", "electric", "disco", "rave", "nightlife"),
    "cyber": ("cyber", "cyberpunk", "hacker", "matrix", "tech", "future", "robot", "machine", "digital", "alien"),
    "teal": ("cinematic", "teal", "melancholy", "thoughtful", "distance", "wander", "far", "drift"),
    "storm": ("storm", "rain", "sad", "grey", "gray", "alone", "lonely", "cry", "tear", "sorrow", "gloomy", "cloudy"),
    "dream": ("dream", "dreamy", "pastel", "soft", "lavender", "magic", "fairy", "wish", "sweet"),
    "candy": ("happy", "joy", "fun", "candy", "summer", "bright", "kid", "playful", "laugh", "smile", "pop"),
    "fire": ("fire", "burn", "anger", "rage", "hot", "hell", "flame", "lava", "fight", "war", "furious"),
    "verdant": ("green", "forest", "nature", "leaf", "spring", "fresh", "grow", "jungle", "earth"),
    "arctic": ("aurora", "arctic", "ice", "frozen", "cold", "north", "winter", "frost", "glacier"),
    "dune": ("desert", "sand", "dune", "sahara", "heat", "canyon", "dust", "dry"),
    "noir": ("noir", "black", "white", "shadow", "mystery", "ghost", "monochrome", "dark", "darkness"),
    "azure": ("blue", "azure", "beach", "water", "wave", "clear", "free", "freedom", "sky"),
    "rose": ("rose", "love", "romance", "romantic", "kiss", "heart", "blush", "pink", "tender", "lover"),
    "autumn": ("autumn", "fall", "october", "harvest", "amber", "rust", "november", "maple"),
    "royal": ("royal", "purple", "violet", "indigo", "king", "queen", "crown", "velvet", "mystic", "soul"),
    "ember": ("ember", "campfire", "candle", "lantern", "cozy", "whiskey", "blues", "jazz", "old"),
}

# What stands before the scene, as silhouettes or small painted things. Several may appear together.
FOREGROUNDS: Mapping[str, Words] = {
    "person": ("person", "man", "woman", "girl", "boy", "figure", "stranger", "traveler", "walker", "someone", "alone", "lonely", "wanderer", "hero"),
    "couple": ("couple", "lover", "love", "together", "romance", "kiss", "hand", "embrace", "hug", "two", "wedding"),
    "dancer": ("dancer", "dance", "dancing", "ballet", "ballerina", "twirl", "spin"),
    "crowd": ("crowd", "people", "friend", "festival", "audience", "everybody", "fan", "party"),
    "musician": ("musician", "guitar", "guitarist", "singer", "song", "busker", "band"),
    "child": ("child", "children", "kid", "childhood", "son", "daughter", "toddler"),
    "umbrella": ("umbrella", "parasol"),
    "tree": ("tree", "oak", "branch", "willow", "leaf", "root", "maple", "blossom"),
    "palm": ("palm", "tropical", "paradise", "california", "miami", "island", "oasis"),
    "birds": ("bird", "gull", "seagull", "raven", "crow", "dove", "swallow", "flock", "fly", "wing", "free"),
    "boat": ("boat", "sail", "ship", "sailboat", "row", "canoe", "sailor", "voyage"),
    "wires": ("wire", "telephone", "pole", "powerline", "cable", "line"),
    "rails": ("rail", "rails", "track", "tracks", "railroad", "railway"),
    "train": ("train", "locomotive", "subway", "tram"),
    "lighthouse": ("lighthouse", "beacon"),
    "bridge": ("bridge", "bridges", "brooklyn", "viaduct"),
    "car": ("car", "taxi", "drive", "cadillac", "truck", "chevrolet", "wheel", "headlight", "taillight"),
    "flowers": ("flower", "rose", "poppy", "tulip", "daisy", "blossom", "bloom", "sunflower", "lavender", "garden", "lily"),
    "fire": ("fire", "campfire", "bonfire", "flame", "burn", "burning"),
    "balloon": ("balloon", "airballoon", "zeppelin", "hot air"),
    "lanterns": ("lantern", "candle", "wish", "paperlight"),
    "lamp": ("lamp", "lamppost", "streetlight", "streetlamp"),
    "house": ("house", "home", "cabin", "cottage", "barn", "farm", "church"),
    "deer": ("deer", "stag", "elk", "wolf", "horse", "animal"),
    "fence": ("fence", "gate", "ranch"),
    "bench": ("bench", "park", "sit", "sitting", "wait", "waiting"),
    "windmill": ("windmill", "mill", "turbine"),
    "plane": ("plane", "airplane", "jet", "flight"),
    "grass": ("grass", "reed", "reeds", "weed", "wheat"),
    "cactus": ("cactus", "cacti"),
}

# What falls or drifts through the air.
WEATHERS: Mapping[str, Words] = {
    "clear": ("clear", "bright", "sunny", "sunshine", "cloudless"),
    "cloudy": ("cloud", "cloudy", "overcast", "gray", "grey"),
    "rain": ("rain", "rainy", "raining", "drizzle", "puddle", "wet", "umbrella", "downpour", "tear", "cry"),
    "snow": ("snow", "snowy", "snowing", "snowfall", "blizzard", "snowflake", "christmas"),
    "fog": ("fog", "foggy", "mist", "misty", "haze", "smoke", "steam", "ghost"),
    "storm": ("storm", "thunder", "lightning", "thunderstorm", "tempest", "hurricane"),
    "wind": ("wind", "windy", "breeze", "blow", "petal", "falling leaves"),
    "embers": ("ember", "spark", "ash", "firefly", "fireflies", "bonfire", "campfire", "lava"),
}

SEASONS: Mapping[str, Words] = {
    "spring": ("spring", "april", "blossom", "cherry", "bloom", "may"),
    "summer": ("summer", "june", "july", "august", "hot", "heat"),
    "autumn": ("autumn", "fall", "october", "november", "harvest", "september"),
    "winter": ("winter", "december", "january", "snow", "frost", "frozen", "cold", "ice", "christmas"),
}

TIMES: Mapping[str, Words] = {
    "dawn": ("dawn", "sunrise", "morning", "daybreak", "wake"),
    "day": ("day", "noon", "daylight", "afternoon", "sunny", "midday", "sunshine", "rainbow"),
    "sunset": ("sunset", "golden", "sundown", "sun"),
    "dusk": ("dusk", "evening", "twilight"),
    "night": ("night", "midnight", "moon", "moonlight", "moonlit", "star", "stars", "starry", "starlight", "dark", "aurora",
              "constellation", "firework", "tonight", "sleep"),
}

# What can be seen in the sky.
SKIES: Mapping[str, Words] = {
    "sun": ("sun", "sunset", "sunrise", "sunshine", "sunlight"),
    "moon": ("moon", "moonlight", "moonlit", "luna"),
    "crescent": ("crescent",),
    "stars": ("star", "stars", "starry", "starlight", "constellation", "milky"),
    "comet": ("comet", "meteor", "shooting star", "falling star", "wish"),
    "aurora": ("aurora", "borealis", "northern lights", "polar lights"),
    "rainbow": ("rainbow",),
    "lightning": ("lightning", "thunder", "thunderstorm", "tempest"),
    "fireworks": ("firework", "fireworks", "celebrate", "celebration"),
    "rays": ("ray", "beam", "sunbeam", "heaven", "glory", "holy", "angel"),
}

# Words that fit several kinds when no kind is named: the seed picks among them.
HINTS: Mapping[str, Words] = {
    "love": ("lights", "meadow", "lake", "silk", "rooftops", "ocean"),
    "heart": ("silk", "lights", "garden", "space"),
    "dance": ("lights", "stage", "rooftops", "street", "ocean"),
    "dancer": ("lights", "stage", "rooftops", "street", "ocean"),
    "rain": ("street", "window", "rooftops", "lake", "road"),
    "snow": ("village", "mountains", "forest", "street", "rails"),
    "boat": ("lake", "ocean", "harbor"),
    "ship": ("ocean", "harbor"),
    "bird": ("clouds", "meadow", "ocean", "rooftops"),
    "wire": ("road", "rooftops", "meadow", "street"),
    "bridge": ("harbor", "skyline", "lake"),
    "moon": ("ocean", "rooftops", "meadow", "mountains", "lake", "clouds", "forest"),
    "star": ("space", "mountains", "meadow", "lake", "desert", "rooftops"),
    "sun": ("meadow", "ocean", "desert", "road", "mountains", "clouds"),
    "tree": ("meadow", "lake", "forest", "road"),
    "fire": ("mountains", "forest", "desert", "ocean", "silk"),
    "night": ("skyline", "street", "rooftops", "road", "lake", "ocean"),
    "dream": ("clouds", "silk", "underwater", "lake", "space", "garden"),
    "wind": ("meadow", "ink", "clouds", "desert", "garden"),
    "alone": ("road", "ocean", "street", "window", "desert", "mountains"),
    "lonely": ("road", "ocean", "street", "window", "desert", "rails"),
    "guitar": ("stage", "road", "rooftops", "meadow"),
    "music": ("stage", "lights", "ink", "geometric", "synthwave"),
    "summer": ("ocean", "meadow", "road", "garden", "geometric"),
    "winter": ("village", "mountains", "forest", "lake", "rails"),
    "autumn": ("forest", "road", "lake", "rails", "garden"),
    "spring": ("garden", "meadow", "lake", "rooftops"),
    "palm": ("ocean", "road", "synthwave", "desert"),
    "aurora": ("mountains", "lake", "village", "forest"),
    "people": ("stage", "street", "lights", "ocean"),
    "light": ("lights", "clouds", "forest", "underwater", "stage"),
    "wall": ("street", "geometric", "rooftops"),
    "fight": ("mountains", "stage", "ocean", "ink"),
    "kiss": ("lights", "rooftops", "street", "ocean"),
}
