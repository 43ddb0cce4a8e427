"""Laws of the glossary that hold for every text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mt_publish.glossary import (
    Glossary,
    find_terms,
    foreign_terms,
    realise,
    similarity,
    source_forms,
    target_forms,
    threshold,
    variants,
    verify_terms,
)
from mt_publish.text.comparison import normalise
from mt_publish.types import Entry, LangPair, Segment

PAIRS = st.sampled_from([LangPair("de", "en"), LangPair("en", "de")])
ENTRIES = (
    Entry("Karl Danfried", "Karl Danfried", "person", "m", ("Danfried",), ("Danfried",)),
    Entry("Ursula von der Leyen", "Ursula von der Leyen", "person", "f"),
    Entry("Johann Strauß", "Johann Strauss", "person", "m"),
    Entry("Auswärtiges Amt", "Federal Foreign Office", "org", "n", de_article="das", en_article="the"),
    Entry("Vereinte Nationen", "United Nations", "org", "pl", ("UNO",), ("UN",), de_article="die", en_article="the"),
    Entry("Die Zeit", "Die Zeit", "work", "f"),
    Entry("Kiew", "Kyiv", "place", en_forbidden=("Kiev",)),
    Entry("Türkei", "Turkey", "place", "f", de_article="die"),
    Entry("türkisch", "Turkish", "nationality"),
    Entry("Vertrag", "treaty", "term", "m"),
    Entry("Botschafterin", "ambassador", "title", "f"),
    Entry("Klimawandel", "climate change", "term", "m", case="any"),
    Entry("C++", "C++", "dnt"),
    Entry("eBay", "eBay", "product"),
)
GLOSSARY = Glossary(ENTRIES)
WORDS = st.sampled_from(
    [form for entry in ENTRIES for lang in ("de", "en") for form in source_forms(entry.name(lang), lang, entry)]
    + [
        "der",
        "Die",
        "the",
        "of",
        "und",
        "-",
        "'s",
        "’",
        "„",
        "“",
        ".",
        "\u00a0",
        "\u00ad",
        "u\u0308",
        "İ",
        "ß",
        "ﬁ",
        "x1",
        "DANFRIED",
        "von",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(WORDS, max_size=14).map(" ".join),
    st.lists(st.one_of(WORDS, st.text(max_size=3)), max_size=14).map("".join),
)


@given(st.lists(TEXTS, max_size=4), PAIRS)
def test_matches_never_overlap_and_lie_on_word_boundaries(texts: list[str], pair: LangPair) -> None:
    for segment in find_terms([Segment(str(n), text) for n, text in enumerate(texts)], GLOSSARY, pair):
        last = 0
        for term in segment.terms:
            start, end = term.span
            assert last <= start < end <= len(segment.source)
            assert term.surface == segment.source[start:end]
            assert term.target
            assert term.accepted
            norm = normalise(segment.source)
            if norm.starts is None:
                before, after = segment.source[start - 1 : start], segment.source[end : end + 1]
                assert not (before.isalnum() and segment.source[start].isalnum())
                assert not (after.isalnum() and segment.source[end - 1].isalnum())
            last = end


@given(TEXTS)
def test_offsets_of_normalised_text_lead_back(text: str) -> None:
    norm = normalise(text)
    position = 0
    for index in range(len(norm.text)):
        start, end = norm.span(index, index + 1)
        assert 0 <= start <= end <= len(text)
        assert start >= position or norm.starts is not None
        position = start
    assert normalise(norm.text).text == norm.text


@given(TEXTS, TEXTS, PAIRS)
def test_verification_never_crashes_and_its_spans_are_inside_the_target(
    source: str, target: str, pair: LangPair
) -> None:
    (segment,) = find_terms([Segment("s", source)], GLOSSARY, pair)
    statuses = verify_terms(target, segment.terms, pair)
    assert [status.match for status in statuses] == list(segment.terms)
    for status in statuses:
        assert all(0 <= span.start < span.end <= len(target) for span in status.spans)
        assert bool(status.spans) == (status.problem not in ("missing", "too_few"))
    for term in foreign_terms(target, source, segment.terms, GLOSSARY, pair):
        assert target[term.span.start : term.span.end]


@given(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=6, unique=True), PAIRS)
def test_a_target_with_every_canonical_name_once_is_right(entries: list[Entry], pair: LangPair) -> None:
    source = " , ".join(entry.name(pair.source) for entry in entries)
    target = " , ".join(entry.name(pair.target) for entry in entries)
    (segment,) = find_terms([Segment("s", source)], GLOSSARY, pair)
    assert {term.entry for term in segment.terms} == set(entries)
    assert [status.problem for status in verify_terms(target, segment.terms, pair)] == [""] * len(segment.terms)


CONTEXTS = st.sampled_from(
    [
        "",
        "He said ",
        "the ",
        "of ",
        "des ",
        "im ",
        "eine ",
        "mit ",
        "Die Frau von ",
        "das alte ",
        "IN ",
        "“",
        "so: ",
        "trotz der ",
        "U.S. ",
    ]
)


@settings(max_examples=300)
@given(
    WORDS,
    PAIRS,
    CONTEXTS,
    st.sampled_from(["", " kam", " resignation", ".", "’s plan", "'s plan", " Rücktritt", ", and", " Xaver"]),
    st.sampled_from(
        ["", "Danfreid", "Danfreids", "Danfreid's", "Danfreid’s", "the Office", "DANFREID", "Amtes", "x", "contracts"]
    ),
)
def test_what_is_realised_is_accepted(word: str, pair: LangPair, before: str, after: str, replaced: str) -> None:
    (segment,) = find_terms([Segment("s", f"Karl Danfried, Johann Strauß, Johann Strauss; {word}")], GLOSSARY, pair)
    for term in segment.terms[2:]:
        if pair.target == "de" and after[:2] in ("'s", "’s"):
            continue
        target = before + realise(term, pair, before=before, after=after, replaced=replaced) + after
        assert [status.problem for status in verify_terms(target, [term], pair)] == [""], target
        options = variants(term, pair)
        assert 1 <= len(options) <= 6
        for option in options:
            assert verify_terms(option, [term], pair)[0].problem == "", option


@given(st.text(max_size=20), st.text(max_size=20))
def test_similarity_is_symmetric_and_between_0_and_1(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) == similarity(b, a) <= 1.0
    assert similarity(a, a) == 1.0


@given(st.integers(min_value=0, max_value=200))
def test_the_threshold_is_a_share(length: int) -> None:
    assert 0.5 <= threshold(length) <= 1.0


@given(
    st.text(min_size=1, max_size=30).filter(str.strip),
    st.sampled_from(["person", "place", "org", "term", "title", "nationality", "dnt"]),
)
def test_forms_of_any_name_contain_the_name(name: str, type: str) -> None:
    name = " ".join(name.split())
    entry = Entry(name, name, type)  # type: ignore[arg-type]
    plain = normalise(name).text
    for lang in ("de", "en"):
        assert plain in source_forms(name, lang, entry)
        assert plain in target_forms(name, lang, entry)
