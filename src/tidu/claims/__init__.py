"""The ledger: what the notes say, how each statement is put to the test, and the verdict rule.

A chapter's claims stand in one file, those on optimisation in three. Reading the ledger imports
neither PyTorch nor NumPy.
"""

from tidu.catalogue import CHAPTERS as _CHAPTERS
from tidu.claims.claim import SEEDS as SEEDS
from tidu.claims.claim import Arm as Arm
from tidu.claims.claim import Claim as Claim
from tidu.claims.claim import Condition as Condition
from tidu.claims.claim import Reading as Reading
from tidu.claims.compression import CLAIMS as _COMPRESSION
from tidu.claims.descent import CLAIMS as _DESCENT
from tidu.claims.finding import Finding as Finding
from tidu.claims.foundations import CLAIMS as _FOUNDATIONS
from tidu.claims.generative import CLAIMS as _GENERATIVE
from tidu.claims.language import CLAIMS as _LANGUAGE
from tidu.claims.normalisation import CLAIMS as _NORMALISATION
from tidu.claims.regularisation import CLAIMS as _REGULARISATION
from tidu.claims.reinforcement import CLAIMS as _REINFORCEMENT
from tidu.claims.sequences import CLAIMS as _SEQUENCES
from tidu.claims.settled import Settled as Settled
from tidu.claims.settled import settled as settled
from tidu.claims.verdict import WORDS as WORDS
from tidu.claims.verdict import Statistics as Statistics
from tidu.claims.verdict import outcome as outcome
from tidu.claims.verdict import verdict as verdict
from tidu.claims.vision import CLAIMS as _VISION
from tidu.errors import unknown
from tidu.words import Text

CHAPTERS: dict[str, Text] = {
    **_CHAPTERS,
    "language": Text("词向量与预训练", "Word vectors and pre-training"),
}

LEDGER: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        *_FOUNDATIONS,
        *_DESCENT,
        *_REGULARISATION,
        *_NORMALISATION,
        *_VISION,
        *_SEQUENCES,
        *_LANGUAGE,
        *_GENERATIVE,
        *_REINFORCEMENT,
        *_COMPRESSION,
    )
}


def claim(id: str) -> Claim:
    """The claim called ``id``; an unknown id is an error that suggests the nearest."""
    if id not in LEDGER:
        raise unknown("claim", id, LEDGER, "See all of them: tidu claims")
    return LEDGER[id]
