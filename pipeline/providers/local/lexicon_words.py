"""The lexicon's tables: words of songs and the painter's words that show them.

`SHOWN_AS` maps painter's words (see `pipeline.media.painting.words`) to English words that call up the same picture;
`MOODS` maps a mood to the words that carry it; `FOREIGN` maps painter's words or "mood:<name>" to words of other
languages. A trailing * matches any ending.
"""

from __future__ import annotations

from collections.abc import Mapping

# Painter's words that mean something else in most lyrics, or say nothing about a picture.
SILENT = frozenset(
    {
        "may",
        "fall",
        "fan",
        "new",
        "old",
        "far",
        "two",
        "line",
        "block",
        "show",
        "port",
        "track",
        "pop",
        "hot",
        "wave",
        "deep",
        "plain",
        "current",
        "begin",
        "band",
        "house",
        "home",
        "inside",
        "sweet",
        "fresh",
        "clear",
        "cold",
        "sand",
        "king",
        "queen",
        "will",
        "row",
        "hand",
        "fun",
        "song",
        "light",
        "lights",
        "music",
    }
)

SHOWN_AS: Mapping[str, str] = {
    "road": ("run running away leave leaving gone go follow miles chase escape drifting wheels engine gasoline speed"),
    "rails train": "goodbye return ticket suitcase departure yesterday* distance pass passing time",
    "window": "phone call letter write mirror* glass clock wake waking door awake sofa pillow sheets stay staying",
    "ocean": "waves drown* swim swimming salt deepest depth depths flood sink sinking sailor* storms",
    "harbor": "anchor* wharf ferry",
    "boat ocean": "rows rowing rowed oar oars sailing sailed sails paddle* shipwreck* compass",
    "underwater": "breathe breath* silence submerge* pearl dolphin*",
    "clouds": "heaven* angel* sky skies god pray prayer* falling high higher wings flew breeze halo soar* rise rising",
    "mountains": "climb* strong stronger mountain* echo* stone rock wall tall fall cliff* avalanche",
    "skyline": "world money crown rich power fame diamonds building*",
    "street market": "vendor* stallholder* grocer* bargain*",
    "street": (
        "bakery baker* shopkeeper* storefront* restaurant* diner traffic sidewalk* pavement footsteps strangers "
        "walk walking wander* corner* newspaper bar bars liquor"
    ),
    "rooftops": "upstairs chimney* neighbor* sleepless",
    "space": "stardust satellite* moons mars venus saturn infinity infinite eternity eternal gravity alien* telescope",
    "forest": "wolf wolves roots moss fern wild wilder hunter lost maze",
    "desert": "dust thirst* dry bones mirage* empty emptiness nowhere",
    "meadow": "young youth childhood innocent innocence kite freedom free run-wild barefoot",
    "garden": "bloom* blossom* petal* honeybee butterfly butterflies thorn* seed seeds grow growing",
    "village window": "home stove* hearth* table supper",
    "village": "hometown mother father mama papa family fireplace neighborhood belong belonging",
    "stage": (
        "sing singing sang song songs singer radio guitar* microphone louder loud spotlight* applause encore hands"
    ),
    "lights": (
        "party parties dancefloor dance dancing danced celebrate* cheers champagne wine glitter* sparkle* kiss kissed "
        "kissing candle* shine shining glow glowing"
    ),
    "silk": "heart hearts soul* skin touch* desire* whisper* breathless lips body slow",
    "ink": "story stories page pages book poem words lines write* write-down name names paint painted colors color",
    "geometric": "beat beats rhythm boom move groove machine* robot* jump bounce clap",
    "synthwave": "neon* electric laser* arcade* highwaynight turbo cassette vhs",
    "lake": "still stillness calm* reflection* ripple* willow canoe",
    "rain window": "tear tears cry crying cried weep* rain* puddle*",
    "night star": "dream dreams dreaming dreamed sleep* tonight midnight* stars starlight",
    "fire mountains": (
        "burn* flame* fire* fight fighting war battle* rage* anger* hate* blaze* scream* enemy enemies blood"
    ),
    "storm ocean": "thunder* lightning hurricane* tempest*",
    "dawn": "morning* sunrise tomorrow begin* wake-up new-day hope hopes hoping hopeful",
    "sunset": "evening* sundown fade fading faded end ending memories memory remember* forget forgotten",
    "couple": "together lovers forever baby darling honey beloved yours promise* hold holding",
    "musician": "fiddle* violin* banjo accordion harmonica piano",
    "person": "alone lonely loneliness myself nobody no-one stranger* hero",
    "crowd": "everybody everyone friends people all-of-us we-are",
    "child": "kid kids child children boy girl daughter son grandma playground",
    "fog": "ghost* shadow* haunt* mist* smoke* blur* secret* hidden hide hiding",
    "snow": "frost* winter* december snow*",
    "winter": "icy icicle* freezing",
    "lake ocean": "water waters",
    "desert ocean": "sand",
    "wind birds": "wind* whirlwind bird* fly flying feather* swallow* flock",
    "autumn": "leaves october november autumn harvest",
    "summer": "summer* july june august sunny sunshine beach*",
}

MOODS: Mapping[str, str] = {
    "joyful": (
        "happy happiness joy joyful smile smiling laugh laughing fun celebrate party sunshine dance dancing good yeah "
        "hey sweet summer"
    ),
    "tender": (
        "love loving kiss hold touch heart baby darling gentle soft sweet arms tender dear lips together close lullaby"
    ),
    "longing": (
        "miss missing wait waiting away far distance need want wish someday call come-back return longing without "
        "if-only gone"
    ),
    "melancholy": (
        "sad tears cry crying alone lonely broken break breaking hurt pain sorrow blue goodbye lost losing lose empty "
        "cold rain leave weep regret sorry"
    ),
    "dark": (
        "dark darkness shadow shadows black night death dead die dying grave ghost devil evil fear afraid demon "
        "demons bleed cage poison"
    ),
    "furious": (
        "rage anger hate fight war burn fire scream kill enemy blood revenge break-down destroy riot thunder storm wild"
    ),
    "hopeful": (
        "hope believe rise rising tomorrow light shine begin morning dawn strong stronger faith heal healing again "
        "promise sunrise grow"
    ),
    "dreamy": (
        "dream dreams dreaming float floating cloud clouds stars moon sleep magic wonder haze fantasy heaven "
        "starlight drift"
    ),
    "calm": "calm quiet still slow peace silence breathe river gentle rest easy breeze home safe evening",
    "nostalgic": (
        "remember memory memories yesterday old used-to once childhood young photograph years ago back-then time "
        "hometown golden"
    ),
    "free": "free freedom fly flying run running road wind open wings horizon sky ride drive highway escape sail wild",
    "euphoric": (
        "higher high alive tonight lights electric loud louder jump feel-it explode fireworks forever never-stop "
        "shout everybody crazy"
    ),
    "mysterious": (
        "secret secrets unknown strange stranger mystery hidden whisper whispers fog mask riddle spell shadow "
        "moonlight eyes"
    ),
}

FOREIGN: Mapping[str, str] = {
    "night star": (
        "noche* nuit nuits nacht nächte noite* notte notti estrell* étoile* stern sterne sternen estrela* stella "
        "stelle ноч* звезд* звёзд* полноч*"
    ),
    "moon": "luna lune mond mondlicht lua лун*",
    "sun meadow": "soleil sonne sole sonnen* солнц* солнеч* сонц*",
    "rain window": (
        "lluvia* llueve pluie* regen regnet chuva* pioggia* piove дожд* lágrima* lagrima* larme* tränen träne lacrim* "
        "слез* слёз* плак* плач* llor* pleur* weine weinen weint chora* piang*"
    ),
    "snow": ("nieve* neige* schnee neve neige снег* снеж* invierno hiver inverno зим* мороз* лед лёд"),
    "ocean": (
        "mar mer mare oceano* océano* océan* meer ozean vague* welle* ondas onde море моря морю морем морск* волн* "
        "океан* playa* plage* strand praia* spiaggia* берег*"
    ),
    "clouds": (
        "cielo* ciel cieux himmel céu céus неб* облак* nube* nuage* wolke* nuvem nuvens nuvol* volar* voler fliegen "
        "flieg* voar volare лет* крыл* ángel* ange engel anjo* angelo angeli ангел*"
    ),
    "wind birds": "viento* vent wind* vento* ветер ветр* pájaro* oiseau* vogel vögel pássaro* uccell* птиц*",
    "fire mountains": (
        "fuego* feu feux feuer fogo* fuoco огон* огн* пламя пламен* arder* brûle* brennt brennen queima* brucia* гор* "
        "пожар* guerra* guerre krieg войн*"
    ),
    "mountains": "montaña* montagne* berge bergen montanha* monte",
    "forest": (
        "bosque* forêt* wald wälder floresta* bosco* лес лесу леса лесной árbol* arbre* baum bäume árvore* albero "
        "alberi дерев*"
    ),
    "lake": "lago* lac fluss rio* fiume rivière* rivier* река реки реке озер* озёр* lagune",
    "garden": "flor flores fleur* blume* fiore fiori цвет* сад садах rosa* jardín* jardin* giardin*",
    "road": (
        "camino* carretera* route* chemin* straße* strasse* weg wege estrada* caminho* strada* cammin* дорог* путь пути"
    ),
    "street": "calle* rue rues rua ruas via улиц*",
    "skyline": "ciudad* ville* stadt cidade* città город* mundo monde welt mondo мир мира",
    "village": "casa* maison* haus heimat дом дома домой hogar chez",
    "window": "ventana* fenêtre* fenster janela* finestra* окн* espejo* miroir* spiegel espelho* specchi* зеркал*",
    "rails train": (
        "tren trenes train* zug züge trem treno treni поезд* adiós adieu abschied adeus addio прощай* вокзал* tiempo "
        "temps zeit tempo врем*"
    ),
    "lights": (
        "baila* danser danse* tanz* dança* balla* танц* fiesta* fête* festa* праздник* luces lumière* lichter luzes "
        "luci огни beso* baiser* kuss küss* beij* bacio baci поцел*"
    ),
    "silk": "corazón* cœur* coeur* herz* coração* cuore cuori сердц* alma* âme* seele* anima* душ*",
    "stage": (
        "canta* canción* chante* chanson* singt singen lied lieder canção canções cantare canzone песн* пой пою поёт "
        "музык* música* musique musik musica"
    ),
    "sunset": (
        "atardecer soir abend* tramonto pôr-do-sol вечер* закат* recuerd* souvenir* erinner* lembr* ricord* помн* "
        "воспомин*"
    ),
    "dawn": (
        "mañana matin morgen manhã mattina alba aube утр* рассвет* esperanza* espoir hoffnung* esperança* speranza* "
        "надежд* завтра"
    ),
    "dream clouds": "sueño* soñ* rêve* traum träume träumen sonho* sonhar sogno sogni сон сны снится мечт*",
    "couple": "amor* amour* liebe* liebst amore любов* люблю любл* любим* nosotros nous wir nós noi вместе",
    "person": "solo sola soledad seul seule* allein einsam* sozinh* solitudine один одна одинок*",
    "desert": "desierto* désert* wüste* deserto* пустын* arena sable sand areia sabbia песок",
    "summer": "verano été sommer* verão estate лет* летом",
    "mood:melancholy": (
        "triste* tristeza tristesse traurig* dolor douleur schmerz* dor dolore груст* печал* боль "
        "frío froid kalt kälte frio freddo холод*"
    ),
    "mood:joyful": "feliz felic* alegr* joie heureu* glück* freude froh gioia счаст* радост* весел*",
    "mood:tender": "amor* amour* liebe* amore любов* люблю нежн* querid* chéri* liebling",
    "mood:longing": "extraño manque* vermiss* sehnsucht saudade* manchi скуча* тоск* жду",
    "mood:dark": "oscur* sombra* ombre* dunkel* schatten escur* buio темн* тьм* muert* mort tod morte смерт*",
    "mood:free": "libre* liberté* frei freiheit livre* liberdade libert* свобод* вол*",
    "mood:hopeful": "esperanza* espoir hoffnung* esperança* speranza* надежд* вер*",
}
