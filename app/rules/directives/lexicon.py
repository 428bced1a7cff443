"""The words that customers use: parcels, people, places, hazards, verbs of leaving.

Each constant is a pattern to be put inside a larger one; it matches whole words only where the
larger pattern says so. Words from British, Irish, American, Australian and Indian English.
"""

from __future__ import annotations

PARCEL_NOUN = (
    r"(?:parcels?|packages?|box(?:es)?|deliver(?:y|ies)|orders?|items?|things?|stuff|goods|"
    r"letters?|"
    r"envelopes?|packets?|bags?|cartons?|crates?|shipments?|consignment|post|mail|groceries|"
    r"shopping|"
    r"flowers|bouquet|plants?|medicines?|medication|prescription|present|gift|courier|food|cake|"
    r"furniture|books?|bottles?|lot|case)"
)
PARCEL = (
    rf"(?:it all|(?:this|that) one|it|them|that|this|these|those|everything|"
    rf"(?:the|my|our|your|that|this|those|these|all the|any)(?: \w+)? {PARCEL_NOUN}|{PARCEL_NOUN})"
)

LEAVE = (
    r"(?:leave|leaving|(?<=if you )left|(?<=if you'd )left|(?<=if he )left|put|putting|pop|"
    r"popping|drop|dropping|place|placing|set|setting|stick|"
    r"sticking|"
    r"tuck|stash|hide|hiding|shove|chuck|slide|slip|dump|plonk|plop|deposit|store|rest|prop|lean|"
    r"bung|"
    r"hang|hook|wedge|prop up|nestle|dangle|post|push|squeeze|toss|lob|lay|stow|park|pitch|keep|"
    r"shoving|tucking|sling|throw|throwing|whack|prop|squirrel)"
)
LEFT = (
    r"(?:left|put|popped|dropped|placed|stuck|tucked|hidden|stashed|posted|deposited|stored|"
    r"set)"
)

PREPOSITION = (
    r"(?:in front of|next to|on top of|outside of|inside of|just inside|just outside|"
    r"up against|over by|over in|down by|down in|out on|out in|out by|up on|up by|right by|"
    r"right outside|"
    r"right next to|across from|close to|adjacent to|alongside|underneath|beneath|under|behind|"
    r"beside|"
    r"besides|by|at|into|inside|within|in|onto|on|over|above|near|against|round by|around by|"
    r"round|"
    r"around|through|outside|between|along|opposite|past|down(?= the side))"
)

FAMILY = (
    r"(?:wife|husband|partner|spouse|boyfriend|girlfriend|fianc[eé]e?|missus|hubby|mother|mum|"
    r"mom|mam|mummy|mommy|ma|father|dad|daddy|papa|amma|appa|son|daughter|brother|sister|"
    r"brother-in-law|sister-in-law|mother-in-law|father-in-law|in-laws|parents-in-law|parents|"
    r"kids?|child|"
    r"children|grandmother|grandfather|grandma|grandpa|granny|gran|nan|nana|nanny|grandad|"
    r"granddad|grandson|granddaughter|aunt|auntie|aunty|uncle|cousin|nephew|niece|flatmates?|"
    r"roommates?|housemates?|room mate|flat mate|lodger|stepson|stepdaughter|step-?dad|"
    r"step-?mum|step-?mom|old man|eldest|youngest)"
)
"""Who lives with or belongs to the customer."""
_OTHERS = (
    r"(?:mrs|tenants?|landlord|landlady|housekeeper|cleaner|maid|babysitter|au pair|carer|"
    r"caretaker|caregiver|nurse|gardener|builders?|driver|neighbou?rs?|neighbou?r's|friends?|"
    r"mate|buddy|boss|assistant|secretary|pa|colleagues?|coworkers?|co-workers?|manager|"
    r"office manager|building manager|supervisor|super|superintendent|receptionists?|concierge|"
    r"doormans?|doorm[ae]n|porters?|watchm[ae]n|security guards?|security|guards?|guardian|"
    r"janitor|warden|caretakers|front desk|reception|help desk|security desk|mail ?room|"
    r"leasing office|management office|property manager|office|gatehouse|gatekeeper|shop|"
    r"shopkeeper|corner shop|staff|team|clerk|lady|gentleman|man|woman|guy|bloke|fella|chap|"
    r"couple|people|family|girl|boy|girls|lads|teacher|bookkeeper|foreman|site manager|chef|"
    r"barman|bartender|priest|vicar|owner|owners|host|sweetheart|bairn|butcher|baker|barber|"
    r"florist|pharmacist|chemist|publican|landlords?|librarian|matron|nurses|doctors?|"
    r"groundskeeper|groundsman|custodian|handyman|plumber|electrician|decorator|painter|peon|"
    r"chowkidar|ayah|cook|servant|ladies|men|gentlemen|blokes|fellas|fellow|chaps|guys|women|"
    r"boys|gals|folks|pensioner|widow|student|students|tenant|colleague|accountant|barista|"
    r"waiter|waitress|hairdresser|mechanic|postmaster|postmistress|postman|milkman|dispatcher|"
    r"attendant|usher|steward|bellboy|bellhop|bellman|valet|doorkeeper|doorwoman|lifeguard|"
    r"principal|headmaster|headteacher|head teacher|bursar|cashier|manageress|volunteer|verger|"
    r"pastor|reverend|imam|rabbi|nun|deacon|landladies|leasing agent|estate agent|letting agent|"
    r"agent|dispatch|goods-in|goods in|front office|back office|post room|desk|library|"
    r"bottle shop|lollipop lady|lad|lass|lasses|lassie|gaffer|missis|in-law|stepfather|stepmother|"
    r"head porter|associate|paralegal|lawyer|solicitor|attorney|intern|trainee|"
    r"apprentice|tutor|coach|carpenter|watchwoman|bhabhi|bhaiya|didi|biwi|auntie ji|uncle ji|"
    r"chemist's|grandparents|general store|kirana)"
)
RELATION = rf"(?:{FAMILY}|{_OTHERS})"
NAME_AFTER = (
    r"(?: (?!(?:first|back|instead|directly|personally|only|alone|now|too|over|again|ahead|"
    r"straight|in|on|"
    r"at|upstairs|downstairs|when|if|before|after|please|to|for|from|and|or|who|once|is|will|can|"
    r"as|with|"
    r"the|half|ten|five|fifteen|twenty|thirty|an|about|around|it|this|that|she|he|they|next|here|"
    r"there|"
    r"nobody|someone|one|two|three|four|six|seven|eight|nine|zero|oh|double|then|so|by|up|not|"
    r"today|"
    r"instead|should|number|mobile|cell|phone|sign|signs|has|myself|himself|herself|ok|okay|"
    r"thanks|thank|cheers|bye|because|unless|until)\b)[a-z]{2,}"
    r"(?=$|[,.;?!]| (?:on|at|if|when|before|once|and|please|in|instead|after|first|from|to|as|"
    r"only|"
    r"personally|directly|ten|five|fifteen|twenty|half|an|thanks|when)\b))?"
)
"""A first name after "my daughter", in lower case as it may come."""

TITLE = r"(?:mr|mrs|ms|miss|mister|missus|dr|doctor|prof|professor|sir|father|sister|auntie|uncle)"
NEIGHBOUR = (
    r"(?:neighbo(?:u)?rs?(?:'s)?|next[- ]door(?:'s)?|(?:people|lady|man|guy|woman|couple|house|"
    r"family) "
    r"(?:next door|opposite|across|upstairs|downstairs|over the road)|number \w+|"
    r"across the (?:road|street))"
)
NUMBERED = r"(?:number|no\.?|flat|apartment|apt|unit|house|suite) (?:\d+\w?|[a-z]+)"

OUTDOOR = (
    r"(?:outside|out(?:side)? front|out in the open|in the open|out there|outdoors|"
    r"unattended outside|"
    r"(?:on|by|at|in) the (?:front |back |door ?)?(?:doorstep|step|steps|stoop|porch|street|"
    r"pavement|"
    r"sidewalk|kerb|curb|driveway|drive|path|pathway|roadside|lawn|road|yard|garden|gate|mat|"
    r"patio|"
    r"landing|deck|veranda|verandah|balcony|rain|sun|front|door)|in (?:plain|full) view|"
    r"on (?:display|show))"
)
PLACE_NOUN = (
    r"(?:porch|doorstep|step|steps|stoop|door|doorway|doormat|mat|garage|shed|bin|bins|"
    r"trash cans?|"
    r"garbage cans?|dumpster|wheelie bins?|recycling(?: bins?| box)?|planters?|plant pots?|"
    r"flower ?pots?|"
    r"pots?|bushes|bush|hedge|tree|fence|gate|gatehouse|gateway|wall|pillar|column|bench|chair|"
    r"table|"
    r"swing|grill|barbecue|bbq|deck|decking|patio|balcony|veranda|verandah|terrace|conservatory|"
    r"lanai|"
    r"sunroom|greenhouse|summer ?house|outhouse|barn|stable|kennel|workshop|car ?port|lean-to|"
    r"annexe?|"
    r"lobby|foyer|hall|hallway|hatch|vestibule|entry|entrance|entryway|entranceway|reception|"
    r"front desk|desk|mail ?box|mail ?room|post ?box|letter ?box|parcel (?:box|locker|bin)|"
    r"drop ?box|lock ?box|locker|lockers|porch box|package (?:box|locker|room)|delivery box|safe|"
    r"cool ?box|esky|cooler|cupboard|cabinet|meter (?:box|cupboard)|gas meter|boiler room|closet|"
    r"store ?room|stairwell|stairs|staircase|landing|lift|elevator|basement|cellar|utility room|"
    r"laundry(?: room)?|kitchen|window ?sill|window ?ledge|ledge|sill|shelf|rack|box|basket|crate|"
    r"bucket|barrel|cart|trailer|van|car|truck|ute|trunk|boot|driveway|drive|path|yard|garden|"
    r"courtyard|alley|alleyway|side passage|passage|passageway|side|back|rear|front|corner|"
    r"loading "
    r"(?:dock|bay)|dock|office|counter|security desk|guard ?house|security|water ?butt|"
    r"log ?store|woodpile|wood store|coal bunker|bunker|tarp|tarpaulin|awning|canopy|overhang|"
    r"gazebo|pergola|arch|trampoline|hot tub|statue|gnome|fountain|pool|pump|tank|tap|hose|"
    r"ramp|railings?|banister|bicycle|bike|bikes|bike (?:shed|store)|pram|scooter|roof|eaves|"
    r"blanket|cover|rug|screen|flap|cat flap|mudroom|cubby|cubbyhole|compound|compartment|room|"
    r"nurses'? station|work ?station)"
)
CONTAINER = (
    r"(?:parcel (?:box|locker|bin|safe)|package (?:box|locker)|delivery box|drop ?box|lock ?box|"
    r"locker|lockers|mail ?box|letter ?box|post ?box|porch box|storage box|safe box|safe place|"
    r"cool ?box)"
)

ENTRANCE_NOUN = (
    r"(?:entrance|entrances|entry|entryway|door|doors|gate|gates|gateway|loading (?:dock|bay)|"
    r"dock|"
    r"driveway|alley|alleyway|lane|lift|elevator|stairs|staircase|stairwell|steps|ramp|path|"
    r"pathway|"
    r"footpath|car ?park|parking lot|lobby|passage|passageway|hatch|shutter|side|back|rear|"
    r"archway|"
    r"courtyard|underpass|turnstile|fire escape|porch|intercom|garage|walkway|bridge|parking|yard|"
    r"cattle (?:guard|grid)|stile|gap)"
)

HAZARD_NOUN = (
    r"(?:dogs?|puppy|puppies|alsatians?|rottweilers?|german shepherds?|terriers?|collies?|"
    r"mastiffs?|"
    r"huskies|husky|swans?|magpies?|ram|stallion|pit ?bulls?|cats?|goose|"
    r"geese|"
    r"rooster|horse|horses|bull|cows?|goats?|sheep|snakes?|bees?|beehives?|wasps?|hornets?|"
    r"wasps?'? nest|"
    r"hornets?'? nest|spiders?|steps?|stairs?|staircase|stair|doorstep|ice(?! cream)|black ice|"
    r"snow|puddles?|mud|"
    r"beams?|ceiling|doorway|branch|branches|wires?|cables?|hose|pipe|pipes|nails?|glass|holes?|"
    r"potholes?|"
    r"ditch|drop|trench|manhole|drain|floor|floorboards?|boards?|decking|slabs?|paving|"
    r"paving (?:slab|stone)"
    r"s?|paving stones?|pavers?|tiles?|bricks?|stones?|gravel|slope|hill|driveway|path|pathway|"
    r"ramp|"
    r"railings?|handrail|banister|fence|sprinklers?|scaffolding|scaffold|roadworks|construction|"
    r"building work|works|building site|cellar|hatch|trapdoor|pond|pool|kids|children|toddler|"
    r"traffic|"
    r"bend|corner|speed bumps?|bump|toys|bikes?|tripping hazard|trip hazard|hazard|leak|flood|"
    r"gas leak|smell of gas|fire|alarm|barbed wire|thorns?|brambles|nettles|cactus|paint|"
    r"wet paint|"
    r"wet cement|concrete|cement|kerb|curb|threshold|sill|lip|gap|ledge|rake|ladder|mat|rug|"
    r"carpet)"
)
DANGEROUS = (
    r"(?:loose|broken|cracked|wobbly|uneven|missing|rotten|icy|slippery|slippy|slick|wet|muddy|"
    r"steep|"
    r"narrow|low|sharp|dark|wonky|dodgy|unsafe|dangerous|rickety|flooded|crumbling|bad|unlit|"
    r"frozen over|frozen|greasy|mossy|damaged|hanging|exposed|aggressive|snappy|fierce|vicious|"
    r"greasy|"
    r"unstable|collapsed|blocked|big|large|huge|little|barky|excitable|protective|nervous|high)"
)

STREET = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|place|pl|boulevard|blvd|way|close|"
    r"crescent|"
    r"terrace|grove|square|sq|gardens?|park|row|hill|mews|walk|parade|highway|circle|quay|wharf|"
    r"rise|"
    r"view|green|mount|gate|nagar|marg|colony|layout|cross|main|sector|broadway|parkway|pkwy|"
    r"trail|esplanade)"
)
"""What the name of a street ends in."""

PART_OF_DAY = r"(?:morning|afternoon|evening|night)"
