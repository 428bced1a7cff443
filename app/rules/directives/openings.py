"""The words an order or a statement opens with, for whoever must know where one begins."""

from __future__ import annotations

DAY_NAME = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow"
JOIN = r"(?:(?:and|but|so|then|also|plus|because|cause|cos|otherwise|or else|or)\s+)*"
SOFT = r"(?:please\s+|just\s+|maybe\s+|perhaps\s+|kindly\s+|actually\s+|instead\s+)*"
_DIGIT = r"one|two|three|four|five|six|seven|eight|nine|zero|oh"
OBJECT = (
    r"(?:it|them|that|this|these|everything|the|my|our|me|us|him|her|your|all|any|a|an|out|in|by)"
)
VERB = (
    rf"(?:(?:leave|put|pop|drop|place|set|hide|stick|tuck|give|hand|take|bring|send|redirect|"
    rf"deliver|use|"
    rf"keep|cancel|reschedule|try|ask|let|get|stop|remove|shoot|ping|pass|return|handle|buzz|"
    rf"text|message|phone|telephone|call|ring|mind|move|push|open|close|shut|park|enter|dial|type|"
    rf"punch|knock|wait|stash|shove|chuck|slide|slip|check|watch|tell|refuse|postpone|change|bung|"
    rf"whack|throw|sling|plonk|dump|toss|prop|lean|rest|squeeze|carry)"
    rf"\s+{OBJECT}\b|come (?:to|round|around|back|after|before|at|between|through|in|by|any|on|"
    rf"tomorrow)"
    rf"|(?:give|hand|hand over|deliver|leave|drop|keep|submit) (?:to|at|with|in|near|outside)\b"
    rf"|go (?:to|round|around|through|in)|use (?:code|flat|number)|buzz \w+|text instead|"
    rf"press (?!(?:the )?(?:star|hash|pound|asterisk))\w+|text (?:when|once)|"
    rf"(?:call|phone|text) (?:dad|mum|mom)|knock|speak to|talk to|send back"
    rf"|(?:call|ring|text) (?:plus|oh|zero|double|triple|\+?\d{{3,}}|(?:{_DIGIT}) (?:{_DIGIT}))"
    rf"|(?:call|phone|ring|text) (?:before|when|once|first|after|ahead|if|as soon)"
    rf"|(?:try|make it|come|bring|deliver) (?:on )?(?:{DAY_NAME})|put (?:in|on|under|behind|near)"
    rf" (?:the|my|our))"
)
SUBJECT = (
    r"(?:i'm|i'll|i've|i'd|i (?:don't|won't|can't|need|want|have|work|get|live|think|already|sleep|"
    r"didn't|finish|"
    r"start|leave|prefer|never|only|just|really|should|do|said|mean|meant|got|am|was|bought|"
    r"changed)|"
    r"we're|we'll|we've|we (?:don't|won't|can't|need|want|have|live|get|are|will)|it's|it'll|"
    r"it (?:needs|has|must|mustn't|can|can't|should|shouldn't|won't|goes|was)|they're|they'll|"
    r"he's|"
    r"he'll|she's|she'll|you'll|you're|you've|you (?:can|need|have|should|could|guys|must|might|"
    r"may)|"
    r"there's|there (?:are|isn't)|that's|that'll|nobody's|nobody (?:will|here|lives|goes|comes|"
    r"ever|looks|uses|sees)|someone's|"
    r"someone will)"
)
