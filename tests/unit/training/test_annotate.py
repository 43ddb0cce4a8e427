"""Word alignment, annotated terms, invented names."""

from __future__ import annotations

import gzip
import random
from importlib.util import find_spec

import pytest

from mt_publish.training.aligner import align, align_by_ibm1
from mt_publish.training.annotate import Annotator, LexiconAnnotator, add_copy_noise, count_words, invent_name
from mt_publish.training.batches import INTO_ENGLISH, INTO_GERMAN, EncodedPair
from mt_publish.training.corpus import Pair
from mt_publish.training.vocabulary import Vocabulary


def toy_pairs(size: int = 300) -> list[tuple[list[int], list[int]]]:
    """German word w translates as w + 100; two neighbours are swapped at a random place."""
    rng = random.Random(1)
    pairs = []
    for _ in range(size):
        de = rng.sample(range(40), rng.randint(3, 9))
        en = [word + 100 for word in de]
        k = rng.randrange(len(en) - 1)
        en[k], en[k + 1] = en[k + 1], en[k]
        pairs.append((de, en))
    return pairs


def accuracy(pairs, links) -> tuple[float, float]:
    found = [(de[a] + 100 == en[b]) for (de, en), pair in zip(pairs, links, strict=True) for a, b in pair]
    return sum(found) / len(found), len(found) / sum(len(de) for de, _ in pairs)


def test_the_own_aligner_finds_translations_and_swaps() -> None:
    pairs = toy_pairs()
    precision, recall = accuracy(pairs, align_by_ibm1(pairs))
    assert precision > 0.98
    assert recall > 0.9


def test_the_own_aligner_takes_empty_sides() -> None:
    assert align_by_ibm1([]) == []
    assert align_by_ibm1([([], [1]), ([5], [6])]) == [[], [(0, 0)]]


@pytest.mark.skipif(find_spec("eflomal") is None, reason="eflomal is not installed")
def test_eflomal_gives_links_in_our_form() -> None:
    pairs = toy_pairs()
    precision, recall = accuracy(pairs, align(pairs, kind="eflomal"))
    assert precision > 0.95
    assert recall > 0.8


DE, EN = "Heute lobte die Zeitung den Bericht des Ministers.", "Today the paper praises the report of the minister."


def linked(vocabulary: Vocabulary) -> EncodedPair:
    """The pair with "Bericht" – "report" and "Ministers" – "minister" linked piece to piece."""
    de, en = vocabulary.encode([DE], "de")[0], vocabulary.encode([EN], "en")[0]

    def place(ids: list[int], text: str, word: str, lang: str) -> range:
        before = len(vocabulary.encode([text[: text.index(word)].strip()], lang)[0])  # type: ignore[arg-type]
        return range(before, before + len(vocabulary.encode([word], lang)[0]))  # type: ignore[arg-type]

    links = []
    for german, english in (("Bericht", "report"), ("Ministers", "minister")):
        a, b = place(de, DE, german, "de"), place(en, EN, english, "en")
        links += [(i, b[min(k, len(b) - 1)]) for k, i in enumerate(a)]
    return EncodedPair(de, en, links=links)


def annotator(vocabulary: Vocabulary) -> Annotator:
    german = ["Der Minister kam.", "Ein Minister ging.", "Der Bericht liegt vor."]
    return Annotator(vocabulary, {"de": count_words([DE, *german]), "en": count_words([EN])})


def test_an_annotated_source_is_the_text_that_a_user_would_write(vocabulary: Vocabulary) -> None:
    pair = linked(vocabulary)
    wanted = {
        "Heute lobte die Zeitung den <term_start> Bericht <term_end> report <trans_end> des Ministers.",
        "Today the paper praises the <term_start> report <term_end> Bericht <trans_end> of the minister.",
    }
    seen = set()
    for seed in range(40):
        found = annotator(vocabulary).annotate(pair, random.Random(seed), most=1)
        assert found is not None
        source, lang = (found.en, "en") if found.direction == INTO_GERMAN else (found.de, "de")
        target, plain = (found.de, pair.de) if found.direction == INTO_GERMAN else (found.en, pair.en)
        assert target == plain
        text = next((w for w in wanted if vocabulary.encode([w], lang)[0] == source), "")  # type: ignore[arg-type]
        seen.add(text)
    assert wanted <= seen


def test_punctuation_after_a_word_stays_outside_of_the_annotation(vocabulary: Vocabulary) -> None:
    de, en = vocabulary.encode(["Wir lasen den Bericht."], "de")[0], vocabulary.encode(["We read the report."], "en")[0]
    first = len(vocabulary.encode(["Wir lasen den"], "de")[0]), len(vocabulary.encode(["We read the"], "en")[0])
    pair = EncodedPair(de, en, links=[first, (len(de) - 1, len(en) - 1)], direction=INTO_ENGLISH)
    found = [annotator(vocabulary).annotate(pair, random.Random(seed)) for seed in range(10)]
    sources = [vocabulary.decode(new.de, "de") for new in found if new is not None and new.direction == INTO_ENGLISH]
    wanted = vocabulary.encode(["Wir lasen den <term_start> Bericht <term_end> report <trans_end>."], "de")[0]
    assert sources
    assert set(sources) == {vocabulary.decode(wanted, "de")}


def test_links_of_an_annotated_pair_still_join_the_same_pieces(vocabulary: Vocabulary) -> None:
    pair = linked(vocabulary)
    before = sorted((pair.de[a], pair.en[b]) for a, b in pair.links)
    directions = set()
    for seed in range(10):
        found = annotator(vocabulary).annotate(pair, random.Random(seed))
        assert found is not None
        directions.add(found.direction)
        assert sorted((found.de[a], found.en[b]) for a, b in found.links) == before
    assert directions == {INTO_ENGLISH, INTO_GERMAN}


def telling(vocabulary: Vocabulary, *lines: str) -> LexiconAnnotator:
    return LexiconAnnotator(vocabulary, gzip.compress("\n".join(lines).encode()))


def told_sources(annotator: LexiconAnnotator, pair: EncodedPair, *, most: int) -> set[str]:
    """Sources that come out, as text."""
    found = [annotator.annotate(pair, random.Random(seed), most=most) for seed in range(40)]
    return {
        annotator.vocabulary.decode(p.en, "en") if p.direction == INTO_GERMAN else annotator.vocabulary.decode(p.de, "de")
        for p in found
        if p is not None
    }


def test_rare_words_of_all_kinds_are_told_as_the_lexicon_has_them(vocabulary: Vocabulary) -> None:
    teller = telling(vocabulary, "de\tlobte\t9\tpraise", "de\tministers\t7\tminister", "en\tpraises\t8\tlobte")
    wanted = {
        "Heute <term_start> lobte <term_end> praise <trans_end> die Zeitung den Bericht des Ministers.",
        "Today the paper <term_start> praises <term_end> lobte <trans_end> the report of the minister.",
        "Heute lobte die Zeitung den Bericht des <term_start> Ministers <term_end> minister <trans_end>.",
    }
    written = {vocabulary.decode(vocabulary.encode([text], "de")[0], "de") for text in wanted}
    plain = linked(vocabulary)
    assert told_sources(teller, plain, most=1) <= written  # of two the rarer one
    both = "Heute <term_start> lobte <term_end> praise <trans_end> die Zeitung den Bericht des <term_start> Ministers "
    both += "<term_end> minister <trans_end>."
    written.add(vocabulary.decode(vocabulary.encode([both], "de")[0], "de"))
    assert told_sources(teller, plain, most=2) == written - {
        vocabulary.decode(vocabulary.encode([text], "de")[0], "de") for text in wanted if "Heute <" in text
    }
    before = sorted((plain.de[a], plain.en[b]) for a, b in plain.links)
    for seed in range(10):
        found = teller.annotate(plain, random.Random(seed), most=2)
        assert found is not None
        assert sorted((found.de[a], found.en[b]) for a, b in found.links) == before
        assert (found.en if found.direction == INTO_ENGLISH else found.de) == (
            plain.en if found.direction == INTO_ENGLISH else plain.de
        )


def test_what_the_translation_does_not_say_is_not_told(vocabulary: Vocabulary) -> None:
    pair = linked(vocabulary)
    for line in (
        "de\tlobte\t9\tcommends",
        "de\tlobte\t9\tpraise singer",  # only half of it
        "de\tministers\t9\tmin",  # "minister" is no form of that
        "en\ttoday\t9\theute",  # capitalised: a name, perhaps
        "en\tbericht\t9\treport",  # no German word
        "de\tzeitung\t9\tpaperwork",
        "de\tzeitung\t0\tpaper",  # not sure enough
        "de\tzeitung\t201\tpaper",
        "de\tzeitungen\t9\tpaper",
    ):
        assert told_sources(telling(vocabulary, line), pair, most=2) == set(), line
    for line in ("de\tlobte\t9\tpraised", "de\tzeitung\t9\tpapers", "en\tminister\t2\tMinister"):
        assert len(told_sources(telling(vocabulary, line), pair, most=2)) == 1, line


def test_a_swapped_term_stands_in_what_is_told_and_in_the_translation(vocabulary: Vocabulary) -> None:
    teller, swapped = annotator(vocabulary), []
    for seed in range(60):
        rng = random.Random(seed)
        pair = teller.annotate(linked(vocabulary), rng, most=1)
        assert pair is not None
        found = teller.swap(pair, ["speech", "house"], rng)
        if pair.direction == INTO_GERMAN:
            assert found is None  # a noun: its article would be wrong
            continue
        assert found is not None
        word = teller.told(pair)
        assert teller.told(found) in ("speech", "house")
        assert vocabulary.decode(found.en, "en") == EN.replace(word, teller.told(found))
        assert all(a < len(found.de) and b < len(found.en) for a, b in found.links)
        swapped.append((word, teller.told(found)))
    assert {"report", "minister"} <= {word for word, _ in swapped}


def test_a_name_is_swapped_in_german_for_an_invented_one_or_another(vocabulary: Vocabulary) -> None:
    de, en = vocabulary.encode(["Heute kam Merkel."], "de")[0], vocabulary.encode(["Today Merkel came."], "en")[0]
    first = len(vocabulary.encode(["Heute kam"], "de")[0]), len(vocabulary.encode(["Today"], "en")[0])
    size = len(vocabulary.encode(["Merkel"], "de")[0])
    pair = EncodedPair(de, en, links=[(first[0] + k, first[1] + k) for k in range(size)])
    names = set()
    for seed in range(40):
        rng = random.Random(seed)
        told = annotator(vocabulary).annotate(pair, rng)
        assert told is not None
        if told.direction == INTO_GERMAN:
            found = annotator(vocabulary).swap(told, ["Merz"], rng)
            if found is not None:
                name = annotator(vocabulary).told(found)
                assert vocabulary.decode(found.de, "de") == f"Heute kam {name}."
                assert "Merkel" in vocabulary.decode(found.en, "en")
                names.add(name)
    assert "Merz" not in names or len(names) > 1
    assert names - {"Merz", "Merkel"}


def test_a_pair_without_an_aligned_noun_is_not_annotated(vocabulary: Vocabulary) -> None:
    de, en = vocabulary.encode(["Er geht heim."], "de")[0], vocabulary.encode(["He goes home."], "en")[0]
    pair = EncodedPair(de, en, links=[(0, 0)])
    assert annotator(vocabulary).annotate(pair, random.Random(0)) is None


def test_the_lemma_is_the_stem_that_the_corpus_knows(vocabulary: Vocabulary) -> None:
    found = annotator(vocabulary)
    assert found.lemma("Ministers", "de") == "Minister"
    assert found.lemma("Hauses", "de") == "Hauses"  # its stem is nowhere in the corpus


def test_copy_noise_swaps_a_rare_name_on_both_sides_genitive_included() -> None:
    pairs = [
        Pair("Gestern sah Danfried das Haus.", "Yesterday Danfried saw the house."),
        Pair("Wir lasen Danfrieds Brief.", "We read Danfried's letter."),
        Pair("Ohne Namen.", "Without a name."),
    ]
    made = add_copy_noise(pairs, share=1.0, seed=3)
    assert len(made) == 2
    plain = next(pair for pair in made if pair.de.startswith("Gestern"))
    genitive = next(pair for pair in made if pair.de.startswith("Wir"))
    name = plain.de.split()[2]
    assert name != "Danfried"
    assert plain == Pair(f"Gestern sah {name} das Haus.", f"Yesterday {name} saw the house.")
    name = genitive.de.split()[2].removesuffix("s")
    assert genitive == Pair(f"Wir lasen {name}s Brief.", f"We read {name}'s letter.")


def test_copy_noise_leaves_a_name_alone_that_comes_twice_or_often() -> None:
    twice = Pair("Danfried sah Danfried.", "Danfried saw himself.")
    both = Pair("Danfried las Danfrieds Brief.", "Danfried read Danfried's letter.")
    often = [Pair(f"Am Tag {i} kam Danfried.", f"On day {i} came Danfried.") for i in range(6)]
    assert add_copy_noise([twice, both], share=1.0) == []
    assert add_copy_noise(often, share=1.0, rare=5) == []


def test_invented_names_take_a_plain_genitive() -> None:
    names = {invent_name(random.Random(seed)) for seed in range(500)}
    assert len(names) > 450
    assert not [name for name in names if name[-1] in "sxzß" or not name.isalpha() or not name[0].isupper()]
