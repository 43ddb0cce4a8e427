"""The lexicon: rare words and what they are aligned with."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import pytest

from mt_publish.training import lexicon
from mt_publish.training.batches import EncodedCorpus, EncodedPair
from mt_publish.training.lexicon import make_lexicon, make_word_list, without_known
from mt_publish.training.vocabulary import Vocabulary, load_vocabulary
from mt_publish.translation import lexicon as telling
from mt_publish.translation.models import shipped_folder

Example = tuple[str, str, Sequence[tuple[int, int]]]
"""German, English, and links between their words."""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(shipped_folder())


def encoded(vocabulary: Vocabulary, examples: Sequence[Example], *, weight: float = 1.0) -> EncodedCorpus:
    pairs = []
    for german, english, links in examples:
        sides = vocabulary.encode([german], "de")[0], vocabulary.encode([english], "en")[0]
        firsts = [[i for i, piece in enumerate(side) if vocabulary.word_starts[piece]] for side in sides]
        pieces = [(firsts[0][de], firsts[1][en]) for de, en in links]
        pairs.append(EncodedPair(*sides, weight=weight, links=pieces))
    return EncodedCorpus.of(pairs)


def lines(lexicon: bytes) -> set[str]:
    return set(gzip.decompress(lexicon).decode().splitlines())


QUARANTINE: Example = ("Die Quarantäne, endet.", "The quarantine ends.", [(0, 0), (1, 1), (2, 2)])


def test_a_word_has_the_translation_that_it_is_aligned_with(vocabulary: Vocabulary) -> None:
    found = lines(make_lexicon(encoded(vocabulary, [QUARANTINE] * 3), vocabulary, common=0))
    assert "de\tquarantäne\t3\tquarantine" in found  # cut into pieces, and without its comma
    assert "en\tquarantine\t3\tQuarantäne" in found  # in its commonest case


def test_a_compound_has_two_words_and_words_apart_are_no_translation(vocabulary: Vocabulary) -> None:
    fence: Example = ("Bauzaun steht", "construction fence stands", [(0, 0), (0, 1), (1, 2)])
    apart: Example = ("Gartenzaun steht", "fence the garden", [(0, 0), (0, 2)])
    found = lines(make_lexicon(encoded(vocabulary, [fence, apart] * 2), vocabulary, common=0))
    assert "de\tbauzaun\t2\tconstruction fence" in found
    assert not any("gartenzaun" in line for line in found)


def test_a_neighbour_that_is_linked_with_nothing_belongs_to_a_compound(vocabulary: Vocabulary) -> None:
    half: Example = ("Bürgerkrieg", "civil war", [(0, 0)])
    whole: Example = ("Bürgerkrieg", "civil war", [(0, 0), (0, 1)])
    other: Example = ("Bürgerkrieg tobt", "civil rages", [(0, 0), (1, 1)])
    for examples in ([half, half], [whole, half], [half, half, other, other]):
        found = lines(make_lexicon(encoded(vocabulary, examples), vocabulary, common=0))
        assert f"de\tbürgerkrieg\t{len(examples)}\tcivil war" in found
    few = [half, half, other, other, other]
    assert "de\tbürgerkrieg\t5\tcivil" in lines(make_lexicon(encoded(vocabulary, few), vocabulary, common=0))


def test_english_words_are_capitalised_only_when_they_nearly_always_are(vocabulary: Vocabulary) -> None:
    lower: Example = ("Bündnis", "federation", [(0, 0)])
    upper: Example = ("Bündnis", "Federation", [(0, 0)])
    found = lines(make_lexicon(encoded(vocabulary, [lower] + [upper] * 3), vocabulary, common=0))
    assert "de\tbündnis\t4\tfederation" in found
    found = lines(make_lexicon(encoded(vocabulary, [lower] + [upper] * 4), vocabulary, common=0))
    assert "de\tbündnis\t5\tFederation" in found


def test_the_most_frequent_words_begin_and_end_no_translation(vocabulary: Vocabulary) -> None:
    phrase: Example = ("Quarantäne Die Die", "the quarantine the", [(0, 0), (0, 1), (1, 2)])
    corpus = encoded(vocabulary, [phrase] * 2)
    assert "de\tquarantäne\t2\tthe quarantine" in lines(make_lexicon(corpus, vocabulary, common=0))
    assert not any(line.startswith("de") for line in lines(make_lexicon(corpus, vocabulary, common=1)))


def test_short_and_copied_words_chance_and_names_are_left_out(vocabulary: Vocabulary) -> None:
    once: Example = ("Gurken", "cucumbers", [(0, 0)])
    short: Example = ("Ei", "egg", [(0, 0)])
    copied: Example = ("Berlin", "Berlin", [(0, 0)])
    name: Example = ("Hamburger Hafen", "Hamburg harbour", [(0, 0), (1, 1)])
    examples = [once, *[short, copied, name] * 2]
    found = {tuple(line.split("\t")[:2]) for line in lines(make_lexicon(encoded(vocabulary, examples), vocabulary, common=0))}
    assert found == {("de", "hafen"), ("de", "hamburger"), ("en", "harbour"), ("en", "egg")}


def test_a_translation_that_most_pairs_lack_is_not_sure_enough(vocabulary: Vocabulary) -> None:
    linked: Example = ("Spitze", "peak", [(0, 0)])
    free: Example = ("Spitze oben", "top above", [(1, 1)])
    assert "de\tspitze\t8\tpeak" in lines(make_lexicon(encoded(vocabulary, [linked] * 2 + [free] * 6), vocabulary, common=0))
    found = lines(make_lexicon(encoded(vocabulary, [linked] * 2 + [free] * 7), vocabulary, common=0))
    assert "de\tspitze\t0\tpeak" in found  # not to be told
    assert not any("spitze" in line for line in lines(make_lexicon(encoded(vocabulary, [linked] * 2 + [free] * 19), vocabulary, common=0)))


def test_what_belongs_to_another_word_counts_less(vocabulary: Vocabulary) -> None:
    own: Example = ("Zusage", "pledge", [(0, 0)])
    shared: Example = ("Zusage", "paper", [(0, 0)])
    elsewhere: Example = ("Papier", "paper", [(0, 0)])
    examples = [own] * 4 + [shared] * 5 + [elsewhere] * 20
    assert "de\tzusage\t9\tpledge" in lines(make_lexicon(encoded(vocabulary, examples), vocabulary, common=0))
    assert "de\tzusage\t9\tpaper" in lines(make_lexicon(encoded(vocabulary, examples[:9]), vocabulary, common=0))


def test_pairs_that_tell_a_term_or_weigh_nothing_do_not_count(vocabulary: Vocabulary) -> None:
    told: Example = ("<term_start> Quarantäne <term_end> quarantine <trans_end>", "quarantine", [(1, 0)])
    assert not lines(make_lexicon(encoded(vocabulary, [told] * 3), vocabulary, common=0))
    assert not lines(make_lexicon(encoded(vocabulary, [QUARANTINE] * 3, weight=0), vocabulary, common=0))


def test_an_adapted_model_is_not_told_the_words_of_its_own_corpus(vocabulary: Vocabulary) -> None:
    fence: Example = ("Bauzaun", "hoarding", [(0, 0)])
    parent = make_lexicon(encoded(vocabulary, [QUARANTINE, fence] * 3), vocabulary, common=0)
    house: Example = ("Der Bauzaun", "The site fence", [])
    kept = lines(without_known(parent, encoded(vocabulary, [house]), vocabulary))
    assert kept == {line for line in lines(parent) if "bauzaun" not in line}
    assert without_known(b"", encoded(vocabulary, [house]), vocabulary) == b""


def test_frequent_words_are_in_it_but_not_told(vocabulary: Vocabulary) -> None:
    found = lines(make_lexicon(encoded(vocabulary, [QUARANTINE] * 300), vocabulary, common=0))
    assert "de\tquarantäne\t300\tquarantine" in found
    assert (lexicon.RARE, lexicon.SHORTEST) == (telling.RARE, telling.SHORTEST)


def test_the_list_has_the_words_that_the_corpus_has_thrice() -> None:
    texts = ["Gurken, Gurken: ab 2mal", "GURKEN ab Müll", "ab Müll-Zaun", "Müll Zaun"]
    assert gzip.decompress(make_word_list(texts)).decode() == "gurken\nmüll\n"
    assert gzip.decompress(make_word_list(texts, gzip.compress("zaun\näpfel\n".encode()))).decode() == (
        "gurken\nmüll\nzaun\näpfel\n"
    )
