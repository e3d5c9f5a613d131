"""The word list of the lexicon engine: our own, written for service calls, -3 to 3 by strength.

Spoken politeness is left out on purpose ("thank you for calling", "sorry", "please"): it is script.
A star at the end stands for any ending.
"""

from __future__ import annotations

STRENGTHS: dict[float, str] = {
    -3.0: """
        awful terrible horrible disgust* disgrace* outrag* appalling atrocious despicable furious livid
        hate hates hated loathe worst shameful shambles scam scammed scammer* scamming fraudsters crooks
        thieves robbery robbed pathetic nightmare stinks stink crap crappy bullshit shit fuck* damn*
        idiot* moron* stupid dumb liar liars unacceptable useless incompetent* garbage rubbish insult*
        humiliat* horrified terrified desperate devastat* unbearable inhuman despise abysmal dreadful
    """,
    -2.0: """
        angry anger mad annoyed annoying annoy* frustrat* ridiculous rude unhelpful disappoint* upset
        upsetting unhappy dissatisfied complain complaining complaint* bad poor poorly worse broken broke
        ruin ruined ruins ruining lie lied lies lying cheat cheated cheating ignored ignoring ignores
        mistreat* unfair unreasonable mess messed failed fails failure waste wasted wasting joke hopeless
        overcharg* misled mislead* deceiv* dishonest condescending arrogant dismissive filthy dirty
        damaged defective faulty cracked leaking leaked scared afraid worried worry worrying stress*
        headache hell sick tired fed hurt hurts painful pain suffer* cry crying miserable regret*
        embarrass* ashamed threat* sue lawyer lawsuit court disaster chaos junk lemon nasty hostile
        unprofessional incorrect stolen stole ripped rip rip-off ripoff unbelievable outdated scandal*
        shocking shocked jerk cruel negligent neglect* distrust* unsafe dangerous unreliable exhausted
        overpriced shoddy shabby gross ugly boring lonely jealous sad depress* heartbroken hung
    """,
    -1.0: """
        problem problems issue issues wrong late delay delayed delays slow missing lost lose losing error
        errors confus* difficult hard trouble wait waiting waited down dropped drops drop stuck never
        nobody stop expensive refuse* denied deny cancelled disconnected concern* bother* crash*
        freezing frozen noise smell smells smelled cold weird strange sadly misplac* overdue unclear
        blame fault lacking scratch* stain* leak kept again still nothing hardly
    """,
    1.0: """
        good nice helpful easy quick fast clear glad fine works working worked fixed sorted better
        appreciate* resolved solved thanks honest fair friendly polite comfortable smooth smoothly
        improved impressed useful safe relieved relief enjoy enjoyed recommend reasonable patient
        professional thorough lucky hopefully interested prompt calm reliable cheap hope
    """,
    2.0: """
        great happy pleased love loved loves lovely kind kindness grateful gratitude thankful
        wonderful* delight* perfect perfectly brilliant excellent awesome superb beautiful beautifully
        congratulations thrilled satisfied fun enjoyable cheers bless blessing hooray yay excited
        exciting proud sweet sweetest smile smiling laugh laughing gorgeous delicious best generous
        marvellous marvelous splendid terrific pleasure joy joyful cheerful welcoming stunning
    """,
    3.0: """
        amazing fantastic outstanding exceptional incredible fabulous phenomenal heavenly lifesaver*
        angel hero heroes adore adores ecstatic overjoyed legend thrilling flawless magnificent miracle
    """,
}

PHRASES: dict[str, float] = {
    "thank you so much": 2.5, "thanks so much": 2.5, "thank you very much": 1.5, "thank god": 2.0,
    "thank goodness": 2.0, "thank heavens": 2.0, "what a relief": 2.5, "made my day": 3.0,
    "above and beyond": 2.5, "for calling": -0.0, "on hold for": -1.5, "hung up on": -2.5,
    "waste of time": -3.0, "rip off": -2.5, "fed up": -2.5, "sick of": -2.5, "sick and tired": -3.0,
    "had enough": -2.0, "enough is enough": -2.5, "thanks for nothing": -3.5, "never again": -2.0,
    "are you kidding": -2.0, "you must be joking": -2.0, "called back": 0.0, "call me back": 0.0,
    "calls me back": -1.0, "called me back": -0.5, "how dare you": -3.0, "go to hell": -3.5,
    "speak to a supervisor": -0.5, "money back": -0.5, "no one": -0.5, "doesn't work": -1.5,
    "does not work": -1.5, "not working": -1.5, "stopped working": -1.5, "won't work": -1.5,
    "give me a break": -2.0, "at my wits": -2.0, "couldn't be happier": 3.0, "can't thank": 3.0,
    "couldn't care less": -2.5, "lost for words": -1.0, "no problem": 0.5, "no problems": 1.0,
    "as soon as possible": 0.0, "customer service": 0.0, "best time": 0.0, "best number": 0.0,
    "good morning": 0.0, "good afternoon": 0.0, "good evening": 0.0, "have a great day": 0.0,
    "have a good day": 0.0, "have a nice day": 0.0, "happy to help": 0.0, "nice day": 0.0,
    "sorry for the inconvenience": 0.0, "how can i help": 0.0, "thank you for": 0.0,
    "i'm afraid i": 0.0, "i'm afraid we": 0.0, "i'm afraid the": 0.0, "kind of": 0.0, "a cold": 0.0,
}  # fmt: skip
"""Runs of words that mean other than their words; the longest match counts, its words do not."""

NEGATORS = frozenset(
    [
        "not",
        "no",
        "never",
        "nobody",
        "none",
        "nothing",
        "neither",
        "nor",
        "without",
        "hardly",
        "barely",
        "cannot",
        "can't",
        "won't",
        "don't",
        "doesn't",
        "didn't",
        "isn't",
        "wasn't",
        "aren't",
        "weren't",
        "haven't",
        "hasn't",
        "hadn't",
        "wouldn't",
        "couldn't",
        "shouldn't",
        "ain't",
        "dont",
        "doesnt",
        "didnt",
        "isnt",
        "wasnt",
        "wont",
        "cant",
        "couldnt",
        "wouldnt",
    ]
)
STRONGER: dict[str, float] = {
    "very": 1.3, "really": 1.3, "so": 1.25, "extremely": 1.5, "absolutely": 1.5, "completely": 1.4,
    "totally": 1.4, "incredibly": 1.5, "such": 1.2, "too": 1.2, "beyond": 1.3, "utterly": 1.5,
    "ever": 1.1, "most": 1.2, "fucking": 1.6, "bloody": 1.4, "super": 1.3, "quite": 0.9,
    "somewhat": 0.7, "slightly": 0.6, "bit": 0.7, "little": 0.7, "kinda": 0.7, "rather": 0.9,
}  # fmt: skip
"""Factors of words that stand before a word with strength."""
