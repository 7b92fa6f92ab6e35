"""How near a heading or a label is to the phrases that are known to mean a thing of ours."""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from lib.ingest.privacy import heading_words

SYNONYMS = Path(__file__).with_name("synonyms.toml")
# Two words are one below a typing error («voisinnage»), or when one cuts the other short («résid»).
MIN_WORD_RATIO, MIN_TYPED_LENGTH, MIN_CUT_LENGTH, CUT_SCORE = 85, 5, 3, 0.9
SAID_WHOLE = 0.85  # part of a phrase below which a word that makes its meaning may be missing
MIN_GLUED_RATIO, MIN_GLUED_LENGTH = 92, 6  # «DATEFAIT»
VAGUE_SCORE = 0.78  # of a vague phrase, or of one not said whole, at most
ACRONYM = re.compile(r"(?<=\b\w)\.(?=\w\b)")  # «C.P.»


@dataclass(frozen=True)
class Phrase:
    """A phrase known to mean ``code``; a vague one may mean something else."""

    code: str
    tokens: tuple[str, ...]
    is_vague: bool = False


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Phrases, and what makes their search quick.

    Attributes:
        phrases: Every phrase.
        weights: What a word tells, 0–1: one said of many codes tells little of each.
        places: Positions in ``phrases`` of those that hold a word.
        vocabularies: Words of all the phrases of a code.
        unknown_weight: Weight of a word that no phrase holds.
        harmless: Words that change nothing to a phrase they are not part of: «lieu exact», «bâtiment concerné».
    """

    phrases: tuple[Phrase, ...]
    weights: dict[str, float]
    places: dict[str, tuple[int, ...]]
    vocabularies: dict[str, frozenset[str]]
    unknown_weight: float
    harmless: frozenset[str]


@cache
def synonyms() -> dict:
    """The table of synonyms, as the file has it."""
    return tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))


@lru_cache(maxsize=20_000)
def tokens(text: str, *, is_heading: bool = False) -> tuple[str, ...]:
    """Words that bear meaning, without accent, in the singular; abbreviations are said in full in headings."""
    table = synonyms()
    shortened, small = table["abbreviations"] if is_heading else {}, set(table["small_words"])
    small -= {"par"} if is_heading else set()  # «Plainte déposée par» is no state of a complaint
    bare = [_singular(shortened.get(word, word)) for word in heading_words(ACRONYM.sub("", text)) if word not in small]
    kept = [word for word in bare if not word.isdigit()]
    return tuple(dict.fromkeys(kept or bare))


def lexicon(phrases: Iterable[Phrase], unknown_weight: float, harmless: Iterable[str] = ()) -> Lexicon:
    """A lexicon of these phrases; those without a word are left out."""
    kept = tuple(dict.fromkeys(phrase for phrase in phrases if phrase.tokens))
    places: dict[str, list[int]] = defaultdict(list)
    vocabularies: dict[str, set[str]] = defaultdict(set)
    for position, phrase in enumerate(kept):
        vocabularies[phrase.code].update(phrase.tokens)
        for token in phrase.tokens:
            places[token].append(position)
    code_counts = Counter(token for vocabulary in vocabularies.values() for token in vocabulary)
    return Lexicon(
        phrases=kept,
        weights={token: 1 / (1 + math.log(count)) for token, count in code_counts.items()},
        places={token: tuple(found) for token, found in places.items()},
        vocabularies={code: frozenset(found) for code, found in vocabularies.items()},
        unknown_weight=unknown_weight,
        harmless=frozenset(harmless),
    )


def scores(known: Lexicon, words: tuple[str, ...]) -> dict[str, float]:
    """Nearness, 0–1, of each code that shares a word with the text; 1 for a phrase said word for word.

    The F-measure of the words of the phrase found in the text and of the words of the text found in the phrase, words
    weighing what they tell. A phrase that is vague, or of which a word is missing, scores at most ``VAGUE_SCORE``.
    """
    likes = {word: _likes(known, word) for word in words}
    best: dict[str, float] = {}
    for position in {place for found in likes.values() for like in found for place in known.places[like]}:
        phrase = known.phrases[position]
        best[phrase.code] = max(_nearness(known, phrase, likes), best.get(phrase.code, 0.0))
    return best | {code: score for code, score in _glued(known, words) if score > best.get(code, 0.0)}


def is_covered(known: Lexicon, code: str, words: tuple[str, ...]) -> bool:
    """Whether every word of a text belongs with a code: «code groupe type» has one that no residence has.

    A common word weighs little in ``scores``, yet added to a phrase it may make another thing of it.
    """
    vocabulary = known.vocabularies[code]
    return len(words) == 1 or all(word in known.harmless or vocabulary & set(_likes(known, word)) for word in words)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("aux"):
        return f"{word[:-2]}l"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


@lru_cache(maxsize=50_000)
def _likes(known: Lexicon, word: str) -> dict[str, float]:
    """Words of the lexicon that a word may stand for, with how far."""
    if word in known.places:
        return {word: 1.0}
    found: dict[str, float] = {}
    if len(word) >= MIN_TYPED_LENGTH:
        near = process.extract(word, list(known.places), scorer=fuzz.ratio, score_cutoff=MIN_WORD_RATIO, limit=8)
        found = {like: ratio / 100 for like, ratio, _ in near if len(like) >= MIN_TYPED_LENGTH}
    if len(word) >= MIN_CUT_LENGTH:
        found = {like: CUT_SCORE for like in known.places if like.startswith(word)} | found
    return found


def _nearness(known: Lexicon, phrase: Phrase, likes: dict[str, dict[str, float]]) -> float:
    said = sum(known.weights[t] * max(found.get(t, 0.0) for found in likes.values()) for t in phrase.tokens)
    of_phrase = sum(known.weights[t] for t in phrase.tokens)
    heard = of_text = 0.0
    for word, found in likes.items():
        if word in known.harmless and word not in phrase.tokens:
            continue
        weight = known.weights.get(word, known.unknown_weight)
        heard += weight * max((found.get(t, 0.0) for t in phrase.tokens), default=0.0)
        of_text += weight
    score = (said + heard) / (of_phrase + of_text)
    return min(score, VAGUE_SCORE) if phrase.is_vague or said < SAID_WHOLE * of_phrase else score


def _glued(known: Lexicon, words: tuple[str, ...]) -> list[tuple[str, float]]:
    """Codes of the phrases that read as a single word once their words are stuck together."""
    if len(words) != 1 or len(words[0]) < MIN_GLUED_LENGTH:
        return []
    found = process.extract(words[0], _stuck(known), scorer=fuzz.ratio, score_cutoff=MIN_GLUED_RATIO, limit=5)
    sure = [(known.phrases[place], ratio / 100) for _, ratio, place in found]
    return [(phrase.code, min(ratio, VAGUE_SCORE) if phrase.is_vague else ratio) for phrase, ratio in sure]


@cache
def _stuck(known: Lexicon) -> list[str]:
    return ["".join(phrase.tokens) for phrase in known.phrases]
