"""Where sentences end: one behaviour a case, and the gold set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mt_publish.text import split_sentences
from mt_publish.types import Lang, Span

GOLD = Path(__file__).parents[2] / "data" / "sentences"

GERMAN = {
    "ordinal before an adjective": "Bei den 33. Olympischen Spielen in Paris gewann er.|Die 75. Internationalen Filmfestspiele folgten.",
    "minute before a name": "Als in der 90. Minute Harry Kane traf, jubelten alle.|Er wurde 90.|Genauere Zahlen fehlen.",
    "initial before a name that looks like an adjective": "Der S. Fischer Verlag gab nach.|Dann folgte Plan B.|Genauere Zahlen fehlen.",
    "company abbreviation": "Die Fa. Schmidt liefert heute.|Der Kunde wartet.",
    "title before a name": "Professor und Dr. h. c. Hans Weber kam.|Dr. h.c. mult. Maria Klein ging.",
    "title at the end": "Er ist Professor und Dr. h. c.|Der Senat stimmte zu.",
    "ordinal before a month": "Am 3. Oktober ist frei.|Alle schlafen aus.",
    "ordinal before a noun": "Sie spielt in der 2. Bundesliga.|Der 1. FC Köln nicht.",
    "ordinal after a genitive": "Deutschlands 2. Platz überrascht.|Alle jubeln.",
    "two ordinals": "Am 1. und 2. Mai ist geschlossen.|Danach nicht.",
    "spaced date": "Die Frist endet am 31. 12. 2021.|Danach ist es zu spät.",
    "date without year": "Das Angebot gilt bis zum 20. 9.|Danach steigt der Preis.",
    "rank at the end": "Köln steht auf Platz 7.|Bayern führt die Tabelle an.",
    "year at the end": "Er starb 1999.|Berlin trauerte.",
    "decimal comma": "Er zahlte 3,50 Euro.|Das war viel.",
    "thousands point": "Es kamen 10.000 Leute.|Viele blieben.",
    "time with a point": "Beginn ist um 14.30 Uhr.|Einlass ist früher.",
    "Roman numeral of a king": "Ludwig XIV. war König.|Er tanzte gern.",
    "Roman numeral at the end": "Sein Vater war Heinrich VII.|Er regierte bis 1509.",
    "spaced abbreviation": "Das gilt z. B. für Haie.|Für Wale auch.",
    "unspaced abbreviation": "Das gilt z.B. für Berlin, d.h. überall.|Gut so.",
    "two titles": "Prof. Dr. Dr. h. c. mult. Weber kommt.|Frau Dr.-Ing. Meier auch.",
    "millions": "Das kostet 3,5 Mio. Euro.|Die Stadt hat 20 Mio. Schulden.",
    "millions at the end": "Der Schaden beträgt 8 Mio.|Genauere Zahlen folgen.",
    "et cetera at the end": "Er malte Bäume, Berge usw.|Niemand kaufte etwas.",
    "initials": "Der Fonds von J. P. Steinbrecher wuchs.|K.-H. Meier freut sich.",
    "plan B": "Das ist sein Plan B.|Niemand kennt ihn.",
    "quoted question with comma": "„Ist das wahr?“, fragte sie.|Er nickte.",
    "quoted question without comma": "„Ist das wahr?“ fragte sie.|Er nickte.",
    "two quotes": "„Das ist gut.“|„Finde ich auch.“",
    "quote with two sentences": "„Wir müssen reden.|Es geht um Papa“, sagte Lena.|Tobias schwieg.",
    "guillemets pointing inwards": "»Komm her!«, rief er.|»Warum?«|Sie ging.",
    "single quotes inside": "„Mama sagt: ‚Das machst du nicht!‘|Und ich tue es.“|Beide lachten.",
    "parenthesis inside a sentence": "Er kam (das war 2010. Damals ging das.) und blieb.|Sie nicht.",
    "sentence in parentheses": "Er blieb.|(Sie ging.)|Das war es.",
    "ellipsis goes on": "Er stieg vom Rad … und stieg wieder auf.|Gut.",
    "ellipsis ends": "Die Schritte kamen näher …|Der Junge rannte los.",
    "URL": "Mehr unter https://www.example.org/a.b?c=d.|Dort steht alles.",
    "file name": "Öffnen Sie die Datei config.ini.|Ändern Sie nichts.",
    "street": "Er wohnt in der Goethestr. 12 in Köln.|Sie wohnt in der Hauptstr.|Dort ist es ruhig.",
    "list markers": "1. Laden Sie die Datei.|2. Starten Sie das Programm.|3. Fertig!",
    "list item after a number": "1. Drücken Sie Taste 2.|2. Warten Sie.|3. Fertig!",
    "minutes at the end": "Sie lief 54,8 Sek.|Trainer Weber staunte.|Es sind 20 Min. Fußweg.",
    "interest a year": "Das bringt 2 % p. a.|Kunden zahlen nichts.",
    "law": "Nach Art. 5 Abs. 1 S. 2 GG gilt das.|Vgl. hierzu Rn. 12.|Der Senat bleibt dabei.",
    "several marks": "Das ist nicht wahr?!|Doch!!!|Nein …",
    "era": "Um 280 v. Chr. lebte er.|Die Stadt entstand 300 n. Chr.|Sie wuchs.",
    "unit at the end": "Der Pegel stieg um 1,80 m.|„So etwas gab es nie.“",
    "apostrophe": "Das war's.|Nach dem Spiel ging er.",
}

ENGLISH = {
    "title": "Mr. and Mrs. Jones met Dr. Smith.|All went well.",
    "country inside": "The U.S. government said no.|The U.S. Senate said yes.",
    "country in a name": "He lost the U.S. Open last year.|The U.S. Open begins today.",
    "city in a name": "The D.C. Police said no.|He works for the L.A. Police.|He lives in Washington, D.C.|Police said yes.",
    "bureau at the end": "He was questioned by the F.B.I.|The bureau declined.|It was approved by the F.D.A.|It said so.",
    "no time zone": "They met at 9 a.m.|This time he came.|It ended at 5 p.m.|Next time they stay.",
    "country before police": "He left the U.S.|Police said so.",
    "time zone": "It began at 10 a.m. Moscow time.|It ended at 5 p.m. Central European Time.|It closed at 6 p.m.|Police came.",
    "country at the end": "He left the U.S.|The trip was long.",
    "decimal point": "It rose 3.5 percent to $1.87 billion.|Nobody knows why.",
    "time before a day": "It starts at 3 p.m. Monday.|Come early.",
    "time at the end": "It starts at 3 p.m.|Doors open at 2.",
    "month": "The vote is on Jan. 5.|Polls close at nine.",
    "initials": "J. R. R. Tolkien met George W. Bush.|They talked.",
    "company inside": "Shares of Apple Inc. rose.|Delco Corp. and Co. fell.",
    "company at the end": "It went to Marlow & Finch Ltd.|Prices include VAT.",
    "junior": "He signed Jamal Whitlock Jr. to a deal.|Terms were not disclosed.",
    "saint": "They went to St. Ives.|It rained.",
    "street": "He lives on Main St.|It is quiet.",
    "number sign": "No. 7 or No. 9, I think.|No.|Yes.",
    "quoted question": '"Is that it?" she asked.|He nodded.',
    "curly quotes and a name": "“Is that it?” Mr. Smith asked.|He nodded.",
    "quoted question and I": "“Is that it?” I asked.|She left.",
    "two quotes": "“I am.”|“So you are.”",
    "new sentence after a quote": "“Why?”|He said nothing.",
    "single quotes": "‘Come here!’ shouted the man.|‘Why?’|The boy stopped.",
    "versus": "It was Hall vs. Petrenko, i.e. youth vs. age.|Hall won.",
    "law": "In Keller v. Homes, Inc., we held so.|See Sec. 12(b).",
    "parenthesis inside a sentence": "The firm (founded in 1900. It was small then) grew.|It did.",
    "et al.": "Meyer et al. (2019) agree.|So do we.",
    "state": "He lives in Duluth, Minn., with her.|She died in Greenbelt, Md.|It was sudden.",
    "letter list": "a) Switch off the power.|b) Remove the screws.|c) Done.",
    "enumeration inside": "Please note: 1. no glass, 2. No fires, 3. no drones.|Thanks.",
    "brand with a lower-case letter": "Sales fell.|iPhone sales rose.",
    "brand with an exclamation mark": "Yahoo! is old.|So is AOL.",
    "footnote mark": "It is so.[1]|Others differ.",
    "ellipsis before I": "But … I thought so.|Really.",
    "URL": "See https://www.example.com/a.b/c.|It is free.",
    "version": "Install version 0.85.1.|Then restart.",
    "German club": "The women's team of 1. FC Köln won.|So did 1. FSV Mainz 05.",
    "German league": "They play in the 2. Bundesliga now.|He came in at number 1.|Then he left.",
}


def _sentences(text: str, lang: Lang) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, lang)]


@pytest.mark.parametrize("case", GERMAN)
def test_german_sentences_end_where_a_reader_ends_them(case: str) -> None:
    expected = GERMAN[case].split("|")
    assert _sentences(" ".join(expected), "de") == expected


@pytest.mark.parametrize("case", ENGLISH)
def test_english_sentences_end_where_a_reader_ends_them(case: str) -> None:
    expected = ENGLISH[case].split("|")
    assert _sentences(" ".join(expected), "en") == expected


def test_empty_and_blank_text_has_no_sentences() -> None:
    assert split_sentences("", "de") == ()
    assert split_sentences(" \n\t\n ", "en") == ()


def test_a_single_line_break_is_no_sentence_end() -> None:
    assert _sentences("Er kam\nnach Hause.\nDann aß er.", "de") == ["Er kam\nnach Hause.", "Dann aß er."]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\n \t\n", "\n\n\n\n", "\u2029"])
def test_a_blank_line_ends_a_sentence_without_a_full_stop(gap: str) -> None:
    assert _sentences(f"Überschrift{gap}der Text", "de") == ["Überschrift", "der Text"]


def test_a_crlf_line_break_is_one_break() -> None:
    assert _sentences("Er kam\r\nnach Hause.", "de") == ["Er kam\r\nnach Hause."]


def test_spans_leave_out_the_white_space_around_sentences() -> None:
    assert split_sentences("  Ja.  Nein. ", "de") == (Span(2, 5), Span(7, 12))


def _paragraphs(path: Path) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.strip() and not line.startswith("## "):
            paragraph.append(line.strip())
        elif paragraph:
            yield paragraph
            paragraph = []


@pytest.mark.parametrize("half", ["dev", "heldout"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_gold_sentences_are_found_exactly(lang: Lang, half: str) -> None:
    """Precision and recall of whole sentences, both at least 0.97 on each half and language."""
    path = GOLD / f"{lang}.{half}.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    right = found = expected = 0
    for paragraph in _paragraphs(path):
        gold = set()
        at = 0
        for sentence in paragraph:
            gold.add((at, at + len(sentence)))
            at += len(sentence) + 1
        got = {tuple(span) for span in split_sentences(" ".join(paragraph), lang)}
        right += len(gold & got)
        found += len(got)
        expected += len(gold)
    assert expected > 100
    assert right / found >= 0.97
    assert right / expected >= 0.97


@pytest.mark.parametrize("unit", ["a", "a.", "3. ", "D. ", "(a. B", '."', "Der Hund bellt. ", "„ ", "! ?", "\n \n"])
def test_splitting_takes_linear_time(unit: str) -> None:
    """A megabyte takes 0.02 to 3 seconds; a quadratic rule would take minutes. A tenth of it keeps the test short."""
    text = (unit * 100_000)[:100_000]
    begin = time.process_time()
    split_sentences(text, "de")
    assert time.process_time() - begin < 2
