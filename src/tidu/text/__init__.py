"""What belongs to text: tokenisers, generation, and measures of what was generated."""

from tidu.text.beam_search import Hypothesis, beam_search
from tidu.text.byte_pair import BytePairTokenizer
from tidu.text.characters import UNKNOWN, CharacterTokenizer
from tidu.text.copied_ngrams import (
    copied_share,
    copied_shares,
    longest_copied_span,
    without_runs,
)
from tidu.text.generation import generate, stream
from tidu.text.kneser_ney import KneserNey
from tidu.text.likelihood import nats_per_token
from tidu.text.next_token import LanguageModel, NextToken, window_start
from tidu.text.sampling import next_token_probs
from tidu.text.tokenizer import Tokenizer, tokenizer_from_json, tokenizer_to_json

__all__ = [
    "UNKNOWN",
    "BytePairTokenizer",
    "CharacterTokenizer",
    "Hypothesis",
    "KneserNey",
    "LanguageModel",
    "NextToken",
    "Tokenizer",
    "beam_search",
    "copied_share",
    "copied_shares",
    "generate",
    "longest_copied_span",
    "nats_per_token",
    "next_token_probs",
    "stream",
    "tokenizer_from_json",
    "tokenizer_to_json",
    "window_start",
    "without_runs",
]
