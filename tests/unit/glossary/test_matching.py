"""Mentions in the source."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mt_publish.glossary import Glossary, Surnames, find_terms
from mt_publish.types import Entry, LangPair, Segment, TermMatch

DE_EN = LangPair("de", "en")
EN_DE = LangPair("en", "de")
DANFRIED = Entry("Karl Danfried", "Karl Danfried", "person", "m")
OFFICE = Entry("Auswärtiges Amt", "Federal Foreign Office", "org", "n", de_article="das", en_article="the")
KYIV = Entry("Kiew", "Kyiv", "place")
NATO = Entry("NATO", "NATO", "org", "f", de_article="die")


def find(
    entries: list[Entry], *sentences: str, pair: LangPair = DE_EN, surnames: Surnames = "document"
) -> list[TermMatch]:
    segments = [Segment(str(n), text) for n, text in enumerate(sentences)]
    return [term for s in find_terms(segments, Glossary(entries), pair, surnames=surnames) for term in s.terms]


def surfaces(entries: list[Entry], *sentences: str, pair: LangPair = DE_EN) -> list[str]:
    return [term.surface for term in find(entries, *sentences, pair=pair)]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ministerium", "Die Ministerien schweigen.", "Ministerien"),
        ("Referendum", "Zwei Referenden folgen.", "Referenden"),
        ("Firma", "Die Firmen zahlen.", "Firmen"),
        ("Risiko", "Es gibt Risiken.", "Risiken"),
        ("sensibel", "Das sind sensible Daten.", "sensible"),
        ("teuer", "Das sind teure Autos.", "teure"),
    ],
)
def test_german_words_that_change_their_stem_are_found(name: str, text: str, found: str) -> None:
    assert surfaces([Entry(name, "x", "term")], text) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Die Karlsruher Richter lehnten ab.", []),
        ("Ein erfahrener Richter kam.", []),
        ("Das sind 20 Richter.", []),
        ("Im Saal saß der neue Richter.", []),
        ("Das sagte Richter.", ["Richter"]),
        ("Der Maler Richter kam.", ["Richter"]),
        ("Es wurde 1998 Richter gewählt.", ["Richter"]),
        ("Dann kam Richter.", ["Richter"]),
        ("Die frühere Ministerin Richter kam.", ["Richter"]),
    ],
)
def test_a_noun_behind_a_determiner_is_no_surname_though_somebody_is_called_so(text: str, found: list[str]) -> None:
    entry = Entry("Anna Richter", "Anna Richter", "person", "f")
    assert surfaces([entry], "Anna Richter kam.", text) == ["Anna Richter", *found]


def test_a_genitive_after_a_relative_pronoun_is_no_family() -> None:
    entry = Entry("Sergej Lawrow", "Sergey Lavrov", "person", "m")
    text = "Die Liste, die Lawrows Sprecherin vorlegte, und die Lawrows kamen."
    assert [term.case for term in find([entry], "Sergej Lawrow kam.", text)] == ["", "genitive", "plural"]


def test_inflected_mentions_are_found_with_their_role() -> None:
    terms = find([DANFRIED, OFFICE, KYIV], "Karl Danfrieds Sprecher im Auswärtigen Amt traf die Kiewer.")
    assert [(t.surface, t.case) for t in terms] == [
        ("Karl Danfrieds", "genitive"),
        ("Auswärtigen Amt", ""),
        ("Kiewer", "demonym"),
    ]


def test_the_longest_name_wins() -> None:
    entries = [
        Entry("York", "York", "place"),
        Entry("New York", "New York", "place"),
        Entry("New York Times", "New York Times", "work"),
    ]
    assert surfaces(entries, "Die New York Times aus New York und York.") == ["New York Times", "New York", "York"]


@pytest.mark.parametrize(
    "text",
    ["Danfriedhausen", "Neudanfried", "kiewisch", "x_Kiew", "Kiew2", "#Kiew", "a@Kiew", "www.kiew.de", "Kiew.de"],
)
def test_names_inside_longer_words_and_addresses_are_left_alone(text: str) -> None:
    assert surfaces([Entry("Danfried", "Danfried", "person"), KYIV], f"Das ist {text} hier.") == []


def test_hyphen_compounds_are_marked_and_cover_only_the_name() -> None:
    (term,) = find([NATO], "Die NATO-Erweiterung kam.")
    assert (term.surface, term.compound) == ("NATO", True)
    assert find([KYIV], "Ost-Kiew lag still.")[0].compound


def test_a_double_surname_is_another_person() -> None:
    assert surfaces([Entry("Danfried", "Danfried", "person")], "Anna Müller-Danfried sprach.") == []


def test_a_chain_of_three_is_only_checked() -> None:
    (term,) = find([Entry("Rhein", "Rhine", "place")], "Im Rhein-Sieg-Kreis.")
    assert term.enforce == "check"


@pytest.mark.parametrize(
    "text",
    [
        "der Abgang Karl\u00a0Danfrieds",
        "der Abgang Karl Danf\u00adrieds",
        "der Abgang Karl  Danfrieds",
        "der Abgang Karl\nDanfrieds",
    ],
)
def test_spaces_and_soft_hyphens_do_not_hide_a_name(text: str) -> None:
    (term,) = find([DANFRIED], text)
    assert term.surface == text[term.span.start : term.span.end]
    assert term.span.end == len(text)


def test_decomposed_letters_and_typographic_apostrophes_are_equal() -> None:
    entry = Entry("Johann Strauß", "Johann Strauss", "person")
    (first,) = find([entry], "Johann Strauß’ Walzer")
    assert (first.surface, first.case) == ("Johann Strauß’", "genitive")
    assert surfaces([Entry("Zürich", "Zurich", "place")], "in Zu\u0308rich") == ["Zu\u0308rich"]


def test_a_closing_quotation_mark_is_no_genitive() -> None:
    (term,) = find([Entry("Times", "Times", "dnt")], "He read 'The Times' today", pair=EN_DE)
    assert (term.surface, term.case) == ("Times", "")


def test_capitals_are_seen_through() -> None:
    terms = find([DANFRIED, OFFICE], "KARL DANFRIED VERLÄSST AUSWÄRTIGES AMT")
    assert [(t.surface, t.caps) for t in terms] == [("KARL DANFRIED", True), ("AUSWÄRTIGES AMT", True)]


def test_sharp_s_in_capitals() -> None:
    (term,) = find([Entry("Großbritannien", "Britain", "place")], "GROSSBRITANNIEN STIMMT AB")
    assert term.caps


@pytest.mark.parametrize(
    ("case", "text", "found"),
    [
        ("keep", "The climate change act", True),
        ("keep", "Climate change is real", True),
        ("keep", "The Climate Change act", False),
        ("sentence", "The Climate change act", True),
        ("any", "The Climate CHANGE act", True),
    ],
)
def test_case_policies(case: str, text: str, found: bool) -> None:
    entry = Entry("Klimawandel", "climate change", "term", "m", case=case)  # type: ignore[arg-type]
    assert bool(find([entry], text, pair=EN_DE)) is found


def test_a_nationality_is_no_english_verb() -> None:
    entry = Entry("polnisch", "Polish", "nationality", case="any")
    assert surfaces([entry], "They polish the Polish table.", pair=EN_DE) == ["Polish"]
    assert surfaces([entry], "Das Polnische Haus und polnische Brot.") == ["Polnische", "polnische"]


def test_a_very_long_text_takes_linear_time() -> None:
    text = "Klein traf die Danfrieds. " * 8000
    start = time.process_time()
    find([Entry("Klein", "Klein", "person"), Entry("Danfried", "Danfried", "person")], text)
    assert time.process_time() - start < 10


def test_a_surname_counts_once_the_full_name_is_in_the_document() -> None:
    assert surfaces([DANFRIED], "Danfried kam.", "Karl Danfried ging.") == ["Danfried", "Karl Danfried"]
    assert surfaces([DANFRIED], "Danfried kam.") == []


def test_a_surname_counts_alone_when_it_is_listed_or_asked_for() -> None:
    listed = Entry("Karl Danfried", "Karl Danfried", "person", de_aliases=("Danfried",), en_aliases=("Danfried",))
    assert surfaces([listed], "Danfried kam.") == ["Danfried"]
    assert [t.surface for t in find([DANFRIED], "Danfried kam.", surnames="unique")] == ["Danfried"]
    twins = [DANFRIED, Entry("Anna Danfried", "Anna Danfried", "person")]
    assert find(twins, "Danfried kam.", surnames="unique") == []
    assert [t.surface for t in find([DANFRIED], "Karl Danfried kam. Danfried.", surnames="listed")] == ["Karl Danfried"]


def test_a_surname_is_translated_to_the_surname() -> None:
    putin = Entry("Wladimir Putin", "Vladimir Putin", "person")
    gorbachev = Entry("Michail Gorbatschow", "Mikhail Gorbachev", "person")
    terms = find([putin, gorbachev], "Michail Gorbatschow sprach. Gorbatschows Frau auch.")
    assert terms[1].target == "Gorbachev"
    assert terms[1].accepted[:2] == ("Gorbachev's", "Gorbachev")


def test_a_family_is_no_genitive() -> None:
    terms = find([DANFRIED], "Karl Danfried: Die Danfrieds leben hier. Danfrieds Haus ist alt.")
    assert [t.case for t in terms] == ["", "plural", "genitive"]
    assert terms[1].target == "Danfrieds"


def test_a_bare_plural_is_no_english_person() -> None:
    entry = Entry("Elijah Wood", "Elijah Wood", "person")
    assert surfaces([entry], "Elijah Wood met Tiger Woods.", pair=EN_DE) == ["Elijah Wood"]


def test_paired_aliases_translate_to_each_other() -> None:
    entry = Entry("Vereinte Nationen", "United Nations", "org", "pl", de_aliases=("UNO",), en_aliases=("UN",))
    terms = find([entry], "Die UNO und die Vereinten Nationen.")
    assert [t.target for t in terms] == ["UN", "United Nations"]


def test_the_full_name_may_not_be_cut_to_the_surname_but_a_surname_may_grow() -> None:
    entry = Entry("Karl Danfried", "Karl Danfried", "person", de_aliases=("Danfried",), en_aliases=("Danfried",))
    full, short = find([entry], "Karl Danfried und Danfried")
    assert "Danfried" not in full.accepted
    assert "Karl Danfried" in short.accepted


@pytest.mark.parametrize(
    ("entry", "text", "enforce"),
    [
        (Entry("Essen", "Essen", "place"), "Das Essen schmeckt.", None),
        (Entry("Essen", "Essen", "place"), "Essen ist gesund.", "check"),
        (Entry("Essen", "Essen", "place"), "Die Polizei in Essen meldet das.", "repair"),
        (Entry("Klein", "Klein", "person"), "Klein war der Gewinn.", "check"),
        (Entry("Klein", "Klein", "person"), "Gestern kam Klein.", "repair"),
        (Entry("Klein", "Klein", "person"), "Heute spricht Frau Klein.", "repair"),
        (Entry("Die Zeit", "Die Zeit", "work"), "Die Zeit drängt.", "check"),
        (Entry("Die Zeit", "Die Zeit", "work"), "Damals war die Zeit knapp.", None),
        (Entry("Spiegel", "Spiegel", "work", "m", de_article="der"), "Das stand im „Spiegel“ zuerst.", "repair"),
        (Entry("Spiegel", "Spiegel", "work", "m", de_article="der"), "Sie sah in den Spiegel und ging.", "check"),
    ],
)
def test_german_names_that_are_common_words(entry: Entry, text: str, enforce: str | None) -> None:
    assert [t.enforce for t in find([entry], text)] == ([enforce] if enforce else [])


@pytest.mark.parametrize(
    ("text", "enforce"),
    [
        ("May I come in?", None),
        ("May said so.", "check"),
        ("In May he said so.", None),
        ("He said so on 24 May 2019.", None),
        ("Then May said so.", "repair"),
        ("You may go.", None),
        ("What May Will Mean For Europe Today", "check"),
    ],
)
def test_english_names_that_are_common_words(text: str, enforce: str | None) -> None:
    found = find([Entry("May", "May", "person")], text, pair=EN_DE)
    assert [t.enforce for t in found] == ([enforce] if enforce else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She resigned on 24 May 2019.", []),
        ("In May she left.", []),
        ("She was beaten by May.", ["May"]),
        ("Mrs May left in May.", ["May"]),
    ],
)
def test_a_month_is_no_surname_though_somebody_of_that_name_is_in_the_document(text: str, found: list[str]) -> None:
    entry = Entry("Theresa May", "Theresa May", "person", "f")
    assert surfaces([entry], text, "Theresa May spoke.", pair=EN_DE) == [*found, "Theresa May"]


def test_the_full_name_in_the_document_confirms_a_homograph() -> None:
    entry = Entry("Theresa May", "Theresa May", "person")
    terms = find([entry], "May said so.", "Theresa May left.", pair=EN_DE)
    assert [t.enforce for t in terms] == ["repair", "repair"]


def test_one_word_of_several_entries_accepts_all_their_targets() -> None:
    entries = [Entry("afghanisch", "Afghan", "nationality", case="any"), Entry("Afghane", "Afghan", "nationality", "m")]
    (term,) = find(entries, "The Afghan left.", pair=EN_DE)
    assert {"afghanische", "Afghanen"} <= set(term.accepted)


def test_a_place_accepts_its_nationality() -> None:
    entries = [Entry("Türkei", "Turkey", "place", "f"), Entry("türkisch", "Turkish", "nationality")]
    assert "Turkish" in find(entries, "Der Deal mit der Türkei")[0].accepted


def test_entries_that_are_off_are_not_found() -> None:
    assert find([Entry("Kiew", "Kyiv", "place", enforce="off")], "Kiew") == []


def test_old_terms_are_replaced_and_other_fields_kept() -> None:
    segment = Segment("s", "Kiew", line=7)
    glossary = Glossary([KYIV])
    (found,) = find_terms([segment], glossary, DE_EN)
    assert (found.line, len(found.terms)) == (7, 1)
    assert find_terms([found], Glossary(), DE_EN) == (segment,)


def test_the_hash_changes_with_content_but_not_with_notes() -> None:
    one = Glossary([Entry("Kiew", "Kyiv", note="a", where="x:1")]).sha256
    assert one == Glossary([Entry("Kiew", "Kyiv", note="b", where="y:2")]).sha256
    assert one != Glossary([Entry("Kiew", "Kiev")]).sha256


def test_a_hundred_thousand_entries_build_and_match_fast() -> None:
    syllables = [
        "ka",
        "lo",
        "mi",
        "ten",
        "ber",
        "dan",
        "fri",
        "hau",
        "sen",
        "sch",
        "wie",
        "bru",
        "nor",
        "gal",
        "tor",
        "vik",
    ]
    words = [(a + b + c).capitalize() for a in syllables for b in syllables for c in syllables]
    entries = [Entry(f"{w} {words[(i * 7) % 4096]}{n}", w, "org") for n in range(25) for i, w in enumerate(words)]
    glossary = Glossary(entries)
    start = time.process_time()
    glossary.index(DE_EN)
    built = time.process_time() - start
    text = [
        Segment(str(i), f"Gestern kam {words[i % 4096]} nach Berlin und sprach lange über das Wetter.")
        for i in range(3000)
    ]
    start = time.process_time()
    find_terms(text, glossary, DE_EN)
    matched = time.process_time() - start
    # Ten times the time that a quiet machine needs: this guards against quadratic behaviour, not against noise.
    assert built < 10
    assert matched < 3


def test_a_name_with_a_turkish_capital_i_is_found() -> None:
    entries = [Entry("Ekrem İmamoğlu", "Ekrem İmamoğlu", "person"), Entry("İstanbul", "Istanbul", "place")]
    text = "Ekrem İmamoğlu sprach, İmamoğlus Partei in İstanbul klatschte."
    assert surfaces(entries, text) == ["Ekrem İmamoğlu", "İmamoğlus", "İstanbul"]
    assert surfaces(entries, "EKREM İMAMOĞLU SPRACH") == ["EKREM İMAMOĞLU"]


def test_an_abbreviation_takes_no_letters_behind_its_full_stop() -> None:
    entry = Entry("USA", "U.S.", "place", de_forms=("US-Amerikaner",), en_aliases=("US",))
    accepted = {
        form
        for text in ("Die USA wachsen.", "Der US-Amerikaner kam.")
        for t in find([entry], text)
        for form in t.accepted
    }
    assert {"U.S.", "U.S.'s", "US"} <= accepted
    assert not {form for form in accepted if form.startswith("U.S.") and form[4:5].isalpha()}
    assert surfaces([entry], "He drove all U.S.s home.", pair=EN_DE) == ["U.S."]


@pytest.mark.parametrize("nationality", [Entry("amerikanisch", "U.S.", "nationality", case="any")])
def test_an_abbreviated_nationality_has_no_plural(nationality: Entry) -> None:
    (term,) = find([nationality], "Der amerikanische Präsident kam.")
    assert not any(form.startswith("U.S.s") for form in term.accepted)


WHO = Entry("WHO", "WHO", "org", "f", de_article="die", en_article="the")


def test_who_in_a_headline_in_capitals_is_a_pronoun() -> None:
    assert surfaces([WHO], "MAN WHO SHOT PRESIDENT IS DEAD", pair=EN_DE) == []


def test_who_in_a_headline_is_the_organisation_when_the_document_names_it() -> None:
    terms = find([WHO], "WHO WARNS OF VIRUS", "The WHO warned of a virus. WHO experts agree.", pair=EN_DE)
    assert [(t.surface, t.enforce) for t in terms] == [("WHO", "check"), ("WHO", "repair"), ("WHO", "repair")]


def test_long_runs_of_combining_marks_take_linear_time() -> None:
    start = time.process_time()
    find([KYIV], "Kiew a" + "\u0301\u0323" * 50_000)
    assert time.process_time() - start < 3  # takes 0.1 s; sorting them all would take minutes


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ame\u0301lie Nothomb", "Amélie Nothomb schreibt."),
        ("Amélie Nothomb", "Ame\u0301lie Nothomb schreibt."),
        ("Ölkonzern Nord", "Der Ölkonzern Nord zahlt."),
        ("E.ON", "Er hat E.ON verlassen."),
        ("EU", "Die EU zahlt."),
        ("1. FC Köln", "Der 1. FC Köln siegt."),
        ("'t Hooft", "Es war 't Hooft."),
        ("ßen", "Das ist ßen."),
    ],
)
def test_names_are_found_however_they_begin(name: str, text: str) -> None:
    assert len(surfaces([Entry("Ölberg", "Mount of Olives", "place"), Entry(name, "X", "org")], text)) == 1


def test_several_threads_may_share_a_glossary() -> None:
    entries = [Entry(f"Abc{i:03} Meier{i:03}", f"T{i}", "org") for i in range(400)]
    segments = [Segment(f"s{i}", f"Heute sprach Abc{i:03} Meier{i:03} lange.") for i in range(400)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            glossary = Glossary(entries)
            glossary.index(DE_EN)
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(lambda _: find_terms(segments, glossary, DE_EN), range(4)))  # noqa: B023
            assert all(len(segment.terms) == 1 for segments in found for segment in segments)
    finally:
        sys.setswitchinterval(interval)
