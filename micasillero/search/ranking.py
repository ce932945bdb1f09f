"""The weights of a first honest query, shared by both engines.

Chosen on the development queries, on which alone they may be tuned.
"""

# A line's own text is short, which BM25 favours by itself: more weight made answers worse.
OWN_WEIGHT = 1.0
ANCESTORS_WEIGHT = 1.0
ENGLISH_WEIGHT = 2.0
PHRASE_WEIGHT = 2.0
# How much a word that also matches elsewhere adds to its best match.
FIELD_TIE_BREAKER = 0.3
# All of up to two words must match, three quarters of more.
ALL_UP_TO = 2
SHARE_OF_MORE = 75


def must_match(words: int) -> int:
    """How many of that many words must match."""
    return words if words <= ALL_UP_TO else words * SHARE_OF_MORE // 100


def edits_allowed(word: str) -> int:
    """Typing errors forgiven in a word: none under 5 letters, one under 9, else two."""
    return (len(word) >= 5) + (len(word) >= 9)
