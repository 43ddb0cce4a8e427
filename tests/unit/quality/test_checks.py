"""One case or more for every rule of the checks of a segment: what it reports, and what it must let pass."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mt_publish.quality.checks import CheckContext, TermProblem, check_segment, score_floor
from mt_publish.types import Finding, LangPair, Mark, MarkKind, Segment, Severity, Span, Translation

DE_EN, EN_DE = LangPair("de", "en"), LangPair("en", "de")
NO_NUMBERS = ("MTP301", "MTP302", "MTP303")


def check(
    source: str,
    target: str,
    pair: LangPair = DE_EN,
    *,
    marks: Sequence[Mark] = (),
    target_marks: Sequence[Mark] | None = None,
    truncated: bool = False,
    score: float | None = None,
    context: CheckContext | None = None,
) -> tuple[Finding, ...]:
    segment = Segment("b1.s1", source, marks=tuple(marks), line=7)
    carried = tuple(marks if target_marks is None else target_marks)
    hyp = Translation("b1.s1", target, marks=carried, truncated=truncated, score=score)
    return check_segment(segment, hyp, pair, context=context or CheckContext(path="a.md"))


def rules(findings: Sequence[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def only(findings: Sequence[Finding], rule: str) -> Finding:
    found = [finding for finding in findings if finding.rule == rule]
    assert len(found) == 1, findings
    return found[0]


CLEAN = [
    (
        DE_EN,
        "Der Minister sagte am Montag, er werde nicht zurücktreten.",
        "The minister said on Monday he would not resign.",
    ),
    (DE_EN, "„Das ist gut“, sagte sie.", "“That is good,” she said."),
    (EN_DE, "“That is good,” she said.", "„Das ist gut“, sagte sie."),
    (EN_DE, "Why did the talks (in Geneva) fail?", "Warum sind die Gespräche (in Genf) gescheitert?"),
    (DE_EN, "Angela Merkel", "Angela Merkel"),
    (DE_EN, "Sport", "Sport"),
    (EN_DE, "The Washington Post", "The Washington Post"),
    (
        DE_EN,
        "Sie schrieb für die „Frankfurter Allgemeine Zeitung“.",
        "She wrote for the “Frankfurter Allgemeine Zeitung”.",
    ),
    (DE_EN, "Präsident Trump reiste nach Kanada.", "President Trump travelled to Canada."),
    (DE_EN, "Er lehnte den Vorschlag nicht ab.", "He did not reject the proposal."),
    (DE_EN, "Nicht nur Wien, auch Graz ist betroffen.", "Vienna is affected and so is Graz."),
    (EN_DE, "iPhone sales fell.", "iPhone-Verkäufe gingen zurück."),
    (DE_EN, "***", "***"),
    (DE_EN, "Mehr auf www.beispiel.de/a_b und bei @danfried.", "More at www.beispiel.de/a_b and from @danfried."),
    (EN_DE, "He knew that that was wrong.", "Er wusste, dass das falsch war."),
    (EN_DE, "They like those who know them.", "Sie mögen die, die sie kennen."),
]


@pytest.mark.parametrize(("pair", "source", "target"), CLEAN, ids=[source[:30] for _, source, _ in CLEAN])
def test_a_right_translation_has_no_findings(pair: LangPair, source: str, target: str) -> None:
    assert check(source, target, pair) == ()


def test_a_finding_knows_its_segment_path_and_line() -> None:
    finding = only(check("Das ist ein Satz.", ""), "MTP401")
    assert (finding.segment_id, finding.path, finding.line) == ("b1.s1", "a.md", 7)


# --- terms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "enforce", "rule", "severity"),
    [
        ("missing", "repair", "MTP101", Severity.ERROR),
        ("missing", "check", "MTP101", Severity.WARNING),
        ("forbidden", "repair", "MTP102", Severity.ERROR),
        ("source_left", "repair", "MTP103", Severity.ERROR),
        ("extra", "repair", "MTP105", Severity.WARNING),
        ("too_few", "repair", "MTP106", Severity.WARNING),
        ("too_few", "check", "MTP106", Severity.WARNING),
    ],
)
def test_a_term_problem_becomes_its_rule(problem: str, enforce: str, rule: str, severity: Severity) -> None:
    term = TermProblem(problem, "Danfried", "Danfried", Span(0, 8), Span(0, 8), enforce)  # type: ignore[arg-type]
    findings = check("Danfried kam.", "Danfreid came.", context=CheckContext(terms=(term,), ignore=("MTP105",)))
    if rule == "MTP105":
        findings = check("Der Mann kam.", "Danfried came.", context=CheckContext(terms=(term,)))
    assert [(f.rule, f.severity) for f in findings] == [(rule, severity)]


def test_a_term_that_is_not_enforced_is_not_reported() -> None:
    term = TermProblem("missing", "Danfried", "Danfried", enforce="off")
    assert check("Er kam.", "He came.", context=CheckContext(terms=(term,))) == ()


def test_a_missed_term_names_both_sides_and_suggests_the_rendering() -> None:
    term = TermProblem("missing", "Auswärtiges Amt", "Federal Foreign Office", Span(0, 15), Span(4, 20))
    finding = only(
        check("Auswärtiges Amt warnt.", "The Foreign Ministry warns.", context=CheckContext(terms=(term,))), "MTP101"
    )
    assert finding.message == (
        "term missed: 'Auswärtiges Amt' should be 'Federal Foreign Office', the translation has 'Foreign Ministry'"
    )
    assert finding.suggestion == "Federal Foreign Office"


def test_a_name_with_swapped_letters_is_reported_with_the_right_one() -> None:
    finding = only(check("Gestern kam Danfried an.", "Yesterday Danfreid arrived."), "MTP105")
    assert finding.message == "misspelled name: 'Danfried' in the source, 'Danfreid' in the translation"
    assert finding.target_span == Span(10, 18)
    assert finding.suggestion == "Danfried"


def test_a_misspelled_genitive_keeps_its_ending_in_the_suggestion() -> None:
    assert only(check("Die Rede von Danfried.", "Danfreid's speech."), "MTP105").suggestion == "Danfried's"


def test_one_wrong_letter_is_reported_when_the_document_copies_the_name() -> None:
    context = CheckContext(copied=frozenset({"Danfried"}))
    assert rules(check("Gestern kam Danfried an.", "Yesterday Donfried arrived.", context=context)) == ["MTP105"]
    assert check("Gestern kam Danfried an.", "Yesterday Donfried arrived.") == ()


@pytest.mark.parametrize(
    ("german", "english"),
    [("Oktober", "October"), ("Theater", "Theatre"), ("Parlament", "Parliament"), ("Kanada", "Canada")],
)
def test_a_cognate_is_no_misspelled_name(german: str, english: str) -> None:
    assert check(f"Das {german} ist hier.", f"The {english} is here.") == ()


# --- markup ---------------------------------------------------------------------------------------------------------


def pair_mark(id_: int, start: int, end: int, *, floating: bool = False) -> Mark:
    return Mark(id_, MarkKind.PAIR, Span(start, end), "<a>", "</a>", "a", floating)


CODE = Mark(1, MarkKind.VOID, Span(5, 5), "`git pull`", name="code", shown="git pull")


def test_a_lost_mark_is_an_error() -> None:
    finding = only(check("Ein Haus.", "A house.", marks=[pair_mark(1, 4, 8)], target_marks=[]), "MTP201")
    assert (finding.severity, finding.source_span) == (Severity.ERROR, Span(4, 8))


def test_an_added_mark_is_an_error() -> None:
    assert rules(check("Ein Haus.", "A house.", target_marks=[pair_mark(1, 2, 7)])) == ["MTP202"]


def test_only_a_floating_mark_may_cover_two_stretches() -> None:
    twice = [pair_mark(1, 0, 1), pair_mark(1, 2, 7)]
    assert rules(check("Ein Haus.", "A house.", marks=[pair_mark(1, 0, 8)], target_marks=twice)) == ["MTP202"]
    floating = [pair_mark(1, 0, 8, floating=True)]
    twice = [pair_mark(1, 0, 1, floating=True), pair_mark(1, 2, 7, floating=True)]
    assert check("Ein Haus.", "A house.", marks=floating, target_marks=twice) == ()


def test_crossing_marks_are_an_error() -> None:
    source = [pair_mark(1, 0, 8), pair_mark(2, 4, 8)]
    crossed = [pair_mark(1, 0, 4), pair_mark(2, 2, 7)]
    assert rules(check("Ein Haus.", "A house.", marks=source, target_marks=crossed)) == ["MTP203"]


def test_nested_and_adjacent_marks_are_fine() -> None:
    marks = [pair_mark(1, 0, 5), pair_mark(2, 2, 5), pair_mark(3, 5, 8)]
    assert check("Ein Haus.", "A house.", marks=marks) == ()


def test_a_mark_that_lost_its_text_is_an_error() -> None:
    empty = [pair_mark(1, 3, 3)]
    assert rules(check("Ein Haus.", "A house.", marks=[pair_mark(1, 4, 8)], target_marks=empty)) == ["MTP203"]


def test_a_changed_literal_is_an_error() -> None:
    other = Mark(1, MarkKind.VOID, Span(4, 4), "`git Pull`", name="code", shown="git Pull")
    findings = check("Gibt  ein.", "Type  in.", marks=[CODE], target_marks=[other])
    assert only(findings, "MTP204").message == (
        "code 1 changed: '`git pull`' in the source, '`git Pull`' in the translation"
    )


def test_the_gap_around_a_mark_is_no_double_space() -> None:
    there = Mark(1, MarkKind.VOID, Span(5, 5), "`git pull`", name="code", shown="git pull")
    assert check("Gibt  ein.", "Type  in.", marks=[CODE], target_marks=[there]) == ()


def test_spans_count_in_the_plain_text_and_not_in_what_marks_show() -> None:
    source = Mark(1, MarkKind.VOID, Span(0, 0), "`x = 1`", name="code", shown="x = 1")
    findings = check(" steht in der Datei.", " is in the the file.", marks=[source])
    assert only(findings, "MTP502").target_span == Span(7, 14)


@pytest.mark.parametrize(
    ("source", "target", "rule"),
    [
        ("Ein <b>Haus</b>.", "A <b>house.", "MTP201"),
        ("Ein Haus.", "A <br/>house.", "MTP202"),
        ("Hallo {name}!", "Hello {Name}!", "MTP204"),
        ("Es sind %d Dateien.", "There are files.", "MTP204"),
        ("Hallo.", "Hello {name}.", "MTP204"),
        ("Ab #NUMBER# hier.", "From here.", "MTP204"),
        ("Hier (in Wien) ist es.", "Here (in Vienna it is.", "MTP205"),
    ],
)
def test_tags_placeholders_and_brackets_in_the_text_are_compared(source: str, target: str, rule: str) -> None:
    assert rules(check(source, target)) == [rule]


def test_a_list_label_needs_no_opening_bracket() -> None:
    assert check("a) der Minister", "a) the minister") == ()


# --- numbers ---


@pytest.mark.parametrize(
    ("source", "target", "rule", "message"),
    [
        (
            "Es sind 1.234,50 Meter.",
            "It is 1,243.50 metres.",
            "MTP301",
            "number changed: '1.234,50 Meter' in the source",
        ),
        ("Es waren 27 Leute da.", "There were people.", "MTP301", "number missing: '27' in the source"),
        ("Es waren Leute da.", "There were 27 people.", "MTP301", "number added: '27' in the translation"),
        ("Am 3. Mai kam er.", "On May 4 he came.", "MTP302", "date changed: '3. Mai' in the source"),
        ("Um 14.30 Uhr kam er.", "At 3:30 pm he came.", "MTP302", "time changed: '14.30 Uhr' in the source"),
        ("Es kostet 5 Euro.", "It costs 5 dollars.", "MTP303", "unit changed: '5 Euro' in the source"),
        ("Es stieg um 5 Prozent.", "It rose by 5 euros.", "MTP303", "unit changed: '5 Prozent' in the source"),
        ("Es brannten 30.000 Hektar Wald.", "30,000 acres of forest burned.", "MTP303", "unit changed: '30.000 Hektar'"),
        ("Es sind 50 Kilometer.", "It is 50 miles.", "MTP303", "unit changed: '50 Kilometer' in the source"),
        ("Es dauert 30 Minuten.", "It takes 30 hours.", "MTP303", "unit changed: '30 Minuten' in the source"),
        ("Das kostet vier Euro.", "This costs four dollars.", "MTP303", "unit changed: 'Euro' in the source"),
        (
            "Er bekam 1.400 Pfund (1.500 Euro).",
            "He was paid €1,400.",
            "MTP303",
            "unit changed: '1.400 Pfund' in the source",
        ),
        ("Es sind 8 bis 27 Prozent.", "It is 8 euros to 27 percent.", "MTP303", "unit changed: '8' in the source"),
        ("Ein 60-prozentiges Risiko.", "A risk of 60 euros.", "MTP303", "unit changed: '60-prozentiges' in the source"),
        ("Er sank von 5 auf 4 Mio. Euro.", "It fell from $5m to €4m.", "MTP303", "unit changed: '5' in the source"),
        ("Sie bekam 5 Eurocent.", "She got 5 dollar cents.", "MTP303", "unit changed: 'Eurocent' in the source"),
        ("Es kostet 70.900 EURO.", "It costs 70,800 dollars.", "MTP303", "unit changed: 'EURO' in the source"),
        ("Sie zahlt 9 € (11,5 $).", "She pays €9 (€12).", "MTP303", "unit changed: '$' in the source"),
        ("Es kostet 40 Rupien (5 Eurocent).", "It costs 40 rupees ( cents).", "MTP301", "number missing: '5 Eurocent'"),
        ("Es kostet 25 Pfund ($33).", "It costs £25 ($ ).", "MTP301", "number missing: '$33' in the source"),
        ("Sie gewannen 2:0 (2:0).", "They won 2-0 (2-1).", "MTP301", "number changed: '0' in the source"),
    ],
)
def test_a_changed_quantity_is_an_error_that_names_both(source: str, target: str, rule: str, message: str) -> None:
    finding = only(check(source, target), rule)
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith(message)


def test_a_sum_in_the_readers_own_money_may_come_and_go() -> None:
    finding = only(
        check("Zölle auf Güter für 200 Milliarden Dollar.", "Tariffs on $200 billion (£150 billion)."), "MTP301"
    )
    assert finding.severity is Severity.WARNING
    assert finding.message == "number added: '£150 billion' in the translation, nothing equal in the source"


@pytest.mark.parametrize(
    ("source", "target", "severity"),
    [
        ("Er spielt bei Nordheim 05.", "He plays for Nordheim.", Severity.WARNING),
        ("Er spielt bei Nordheim.", "He plays for Nordheim 05.", Severity.WARNING),
        ("Er spielt bei Nordheim 05.", "He plays for Nordheim 06.", Severity.ERROR),
        ("Er spielt bei Nordheim 15.", "He plays for Nordheim.", Severity.ERROR),
        ("Er wählte die 05 aus.", "He chose it.", Severity.ERROR),
        ("Er zahlte 30 Cent (4 Eurocent mehr).", "He paid 30 cents.", Severity.WARNING),
    ],
)
def test_a_name_may_go_without_its_year(source: str, target: str, severity: Severity) -> None:
    assert only(check(source, target), "MTP301").severity is severity


def test_numbers_that_changed_places_are_a_warning() -> None:
    finding = only(check("Sie traf 32-mal, er 14-mal.", "She scored 14 times, he 32 times."), "MTP301")
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "numbers may have changed places: '32', '14' in the source, '14', '32' in the translation"
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Es kostet 1.234,5 Mio. Euro.", "It costs €1,234.5 million."),
        ("Um 14.30 Uhr kamen zwölf.", "At 2:30 pm 12 came."),
        ("Das Pfund kostet 10 Millionen Pfund.", "The pound costs £10 million."),
        ("Er kam 2019 mit 12 Leuten.", "With 12 people he came in 2019."),
    ],
)
def test_a_quantity_written_the_other_way_is_the_same(source: str, target: str) -> None:
    assert check(source, target) == ()


# --- addresses ------------------------------------------------------------------------------------------------------


def test_a_changed_address_suggests_the_right_one() -> None:
    finding = only(check("Schreiben Sie an info@beispiel.de.", "Write to info@example.de."), "MTP304")
    assert finding.message == (
        "address changed: 'info@beispiel.de' in the source, 'info@example.de' in the translation"
    )
    assert finding.suggestion == "info@beispiel.de"


@pytest.mark.parametrize("address", ["https://a.example/b?c=1#d", "#Klimaziele", "@danfried"])
def test_a_lost_address_is_an_error(address: str) -> None:
    assert rules(check(f"Mehr dazu: {address}", "More about it:", context=CheckContext(select=("MTP304",)))) == [
        "MTP304"
    ]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Es kostet anderthalb Millionen Euro.", "It costs 1.5 million euros."),
        ("Zweieinhalb Millionen Menschen kamen.", "2.5 million people came."),
        ("Es sind 2,5 Millionen.", "They are two and a half million."),
        ("Es dauert 30 Minuten.", "It takes half an hour."),
        ("Es dauert 45 Minuten.", "It takes three quarters of an hour."),
        ("Anderthalb Jahre dauerte es.", "It took 18 months."),
        ("Von 14 bis 16 Uhr ist offen.", "It is open from 2 to 4 p.m."),
        ("Zwischen 18 und 20 Uhr.", "Between 6 and 8 pm."),
        ("Um 14 Uhr.", "At 2 o'clock."),
        ("500 Bio-Betriebe kamen.", "500 organic farms came."),
        ("Es kostet 5 Bio Euro.", "It costs 5 trillion euros."),
        ("Eine Flugverbotszone gilt.", "A no-fly zone applies."),
        ("Die Sperrzone gilt weiter.", "The no-fly zone still applies."),
        ("Im Alter von 17 Jahren und 166 Tagen.", "At age 17 and 166 days."),
        ("Es sind 80 Kilometer.", "It is 80 km."),
        ("Es sind 20 Grad Celsius.", "It is 20 degrees."),
        ("Er ist nicht bloß alt, sondern arm.", "He is not just old but poor."),
        ("Er ist nicht allein.", "He is not alone."),
    ],
)
def test_halves_clock_ranges_and_compounds_are_no_findings(source: str, target: str) -> None:
    assert not {rule for rule in rules(check(source, target)) if rule.startswith(("MTP3", "MTP407"))}


@pytest.mark.parametrize(
    ("source", "target", "rule"),
    [
        ("Um 14 Uhr.", "At 2 am.", "MTP302"),
        ("Von 14 bis 16 Uhr.", "From 3 to 4 p.m.", "MTP301"),
        ("Es kostet 5 Bio. Euro.", "It costs 5 billion euros.", "MTP301"),
        ("Zweieinhalb Millionen Menschen kamen.", "2.5 billion people came.", "MTP301"),
        ("Das Spiel gewann der 2. FC Köln.", "FC Cologne won the match.", "MTP301"),
    ],
)
def test_what_looks_like_them_and_is_wrong_is_an_error(source: str, target: str, rule: str) -> None:
    assert Severity.ERROR in {f.severity for f in check(source, target) if f.rule == rule}


def test_the_first_club_of_a_town_may_go_without_its_number() -> None:
    assert only(check("Der 1. FC Köln gewann.", "FC Cologne won."), "MTP301").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("Er kam am Samstagabend.", "He came in the evening.", "weekday missing: 'Samstagabend' in the source"),
        ("Er kommt im Januar.", "He is coming.", "month missing: 'Januar' in the source, not in the translation"),
        ("Er kommt im Juli.", "He comes in June.", "month changed: 'Juli' in the source, 'June' in the translation"),
        ("Er kam am Montag und Freitag.", "He came on Monday and Sunday.", "weekday changed: 'Freitag' in the source"),
    ],
)
def test_a_lost_or_changed_weekday_or_month_is_reported(source: str, target: str, message: str) -> None:
    finding = only(check(source, target, context=CheckContext(select=("MTP305",))), "MTP305")
    assert finding.message.startswith(message)
    assert finding.severity is (Severity.ERROR if "changed" in message else Severity.WARNING)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Er kam am Samstagabend.", "He came on Saturday night."),
        ("Er kam am Montag.", "He came yesterday."),
        ("In der Nacht zum Sonntag brannte es.", "There was a fire on Saturday night."),
        ("Das sonntägliche Spiel am Sonntag.", "Sunday’s match."),
        ("Das berichtete die Bild am Sonntag.", "Bild reported it."),
        ("Der Bericht vom April 2024.", "The report of 04/2024."),
        ("Am 3. Mai kam er.", "He came."),  # MTP302
        ("Er kam am Montag.", ""),  # MTP401
    ],
)
def test_a_weekday_or_month_in_other_words_is_not_reported(source: str, target: str) -> None:
    assert "MTP305" not in rules(check(source, target))


# --- adequacy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["", "  ", "\n"])
def test_a_missing_translation_is_one_finding(target: str) -> None:
    assert rules(check("Das sind 5 Häuser, nicht 6.", target)) == ["MTP401"]


def test_a_copied_sentence_is_an_error() -> None:
    source = "Der Minister sagte am Montag nichts dazu."
    finding = only(check(source, source), "MTP402")
    assert finding.severity is Severity.ERROR


def test_words_left_in_the_source_language_are_a_warning_with_their_place() -> None:
    findings = check(
        "Sie sagte, dass der Vertrag noch nicht fertig ist.", "She said dass der Vertrag noch is not finished."
    )
    finding = only(findings, "MTP402")
    assert finding.severity is Severity.WARNING
    assert finding.message == "left in the source language: 'dass der Vertrag noch'"
    assert finding.target_span == Span(9, 30)


def test_a_sentence_of_the_source_language_is_an_error() -> None:
    finding = only(check("Der Zug kam zu spät.", "Die Bahn war heute nicht pünktlich."), "MTP403")
    assert finding.severity is Severity.ERROR


def test_a_sentence_of_a_third_language_is_an_error() -> None:
    french = "Le ministre a déclaré lundi que les négociations allaient reprendre la semaine prochaine."
    source = "Der Minister sagte am Montag, die Verhandlungen würden nächste Woche wieder aufgenommen."
    assert "MTP403" in rules(check(source, french))


def test_an_omission_is_too_short_and_padding_too_long() -> None:
    source = (
        "Der Minister sagte am Montag in Berlin, die Verhandlungen würden in der nächsten Woche wieder aufgenommen."
    )
    assert only(check(source, "The minister said so in Berlin."), "MTP404").message == (
        "too short: 31 characters for 106 in the source, at least 66 are usual"
    )
    assert "too long" in only(check("Er kam.", "He came, " + "and so did many other people " * 9), "MTP404").message


@pytest.mark.parametrize(
    ("target", "severity", "message"),
    [
        ("in the city in the city in the city of Bonn.", Severity.ERROR, "'in the city' comes 3 times in a row"),
        ("They went on on on on to Bonn.", Severity.ERROR, "'on' comes 4 times in a row"),
        ("They went to Bonn to Bonn.", Severity.WARNING, "'to Bonn' comes twice in a row"),
    ],
)
def test_a_loop_is_reported_once(target: str, severity: Severity, message: str) -> None:
    findings = check("Sie fuhren weiter nach Bonn in die Stadt.", target, context=CheckContext(select=("MTP4", "MTP5")))
    assert [(f.rule, f.severity, f.message) for f in findings if f.rule in ("MTP405", "MTP502")] == [
        ("MTP405", severity, message)
    ]


def test_groups_of_digits_are_no_loop() -> None:
    assert check("Es sind 1.000.000.000 Euro.", "It is 1,000,000,000 euros.") == ()


def test_a_currency_that_is_a_part_of_a_name_is_not_lost_to_per_cent() -> None:
    source = "Die Inflation in der Euro-Zone liegt zwischen 2 und 3 Prozent."
    assert check(source, "Inflation in the eurozone is between 2% and 3%.") == ()


def test_a_repetition_of_the_source_may_be_repeated() -> None:
    assert check("Nein, nein, nein!", "No, no, no!") == ()


def test_a_clause_that_comes_again_is_a_warning() -> None:
    clause = "the talks will go on next week"
    findings = check(
        "Die Gespräche werden nächste Woche in Wien weitergehen, sagte der Sprecher am Montag nach dem Treffen.",
        f"Said the spokesman on Monday, {clause}, and after that {clause}.",
    )
    assert only(findings, "MTP405").severity is Severity.WARNING


def test_a_truncated_translation_is_an_error() -> None:
    assert only(check("Er kam.", "He came.", truncated=True), "MTP406").severity is Severity.ERROR


def test_a_long_sentence_without_its_full_stop_is_a_warning() -> None:
    source = "Die Gespräche werden in der nächsten Woche weitergehen, sagte er."
    finding = only(check(source, "The talks will go on next week, he said on"), "MTP406")
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("pair", "source", "target", "message"),
    [
        (DE_EN, "Er kommt nicht.", "He comes.", "negation lost: 'nicht'"),
        (EN_DE, "He doesn't come.", "Er kommt.", "negation lost: 'doesn't'"),
        (DE_EN, "Er kommt.", "He never comes.", "negation added: 'never'"),
    ],
)
def test_a_change_of_polarity_is_a_warning(pair: LangPair, source: str, target: str, message: str) -> None:
    finding = only(check(source, target, pair), "MTP407")
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith(message)


@pytest.mark.parametrize(
    ("pair", "source", "target"),
    [
        (DE_EN, "Er kam nicht zurecht.", "He failed."),
        (EN_DE, "He did not accept it.", "Er lehnte es ab."),
        (DE_EN, "Der Plan ist unmöglich.", "The plan is not possible."),
    ],
)
def test_a_word_that_says_no_in_its_own_way_is_no_change_of_polarity(pair: LangPair, source: str, target: str) -> None:
    assert "MTP407" not in rules(check(source, target, pair))


@pytest.mark.parametrize(
    ("source", "target", "reported"),
    [("***", "The story goes on", True), ("—", "—", False), ("…", "Read more", True), ("100 %", "100 percent", False)],
)
def test_words_must_come_from_words(source: str, target: str, reported: bool) -> None:
    context = CheckContext(select=("MTP408",))
    assert rules(check(source, target, context=context)) == (["MTP408"] if reported else [])


@pytest.mark.parametrize(
    ("target", "what", "suggestion"),
    [
        ("In M⁇ nich.", "unknown character", None),
        ("In <unk>.", "unknown character", None),
        ("In MÃ¼nchen.", "wrong encoding", "ü"),
        ("He saidâ€œ.", "wrong encoding", None),
        ("In Mu\u0007nich.", "control character", ""),
    ],
)
def test_broken_characters_are_an_error(target: str, what: str, suggestion: str | None) -> None:
    finding = only(check("In München.", target, context=CheckContext(select=("MTP409",))), "MTP409")
    assert finding.message.startswith(what)
    assert suggestion is None or finding.suggestion == suggestion


def test_strange_characters_of_the_source_may_stay() -> None:
    assert check("Das Zeichen ⁇ fehlt.", "The sign ⁇ is missing.") == ()


# --- typography -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "target", "suggestion"),
    [
        (DE_EN, "He said „yes“ again.", "“yes”"),
        (EN_DE, "Er sagte “ja” dazu.", "„ja“"),
        (EN_DE, "Er sagte „ja” dazu.", "„ja“"),
        (DE_EN, "He said «yes» again.", "“yes”"),
    ],
)
def test_quotes_of_another_language_are_a_warning_with_the_right_ones(
    pair: LangPair, target: str, suggestion: str
) -> None:
    source = "Er sagte „ja“ dazu." if pair == DE_EN else "He said “yes” again."
    finding = only(check(source, target, pair), "MTP501")
    assert (finding.severity, finding.suggestion) == (Severity.WARNING, suggestion)


def test_straight_quotes_are_reported_only_where_the_source_has_others() -> None:
    assert only(check("„Ja“, sagte er.", '"Yes," he said.'), "MTP501").severity is Severity.INFO
    assert check('"Ja", sagte er.', '"Yes," he said.') == ()


def test_a_quote_without_a_partner_is_a_warning() -> None:
    assert rules(check("Er sagte: „Das ist gut.“", "He said: “That is good.")) == ["MTP501"]


def test_a_quote_may_run_on_when_it_does_in_the_source() -> None:
    assert check("Er sagte: „Das ist gut.", "He said: “That is good.") == ()


def test_a_doubled_word_suggests_a_single_one() -> None:
    finding = only(check("In der Stadt.", "In the the town."), "MTP502")
    assert (finding.target_span, finding.suggestion) == (Span(3, 10), "the")


@pytest.mark.parametrize(
    ("target", "suggestion"), [("In  town.", " "), ("In town , he said.", ""), ("In ( the) town.", "")]
)
def test_a_misplaced_space_is_an_info_with_its_repair(target: str, suggestion: str) -> None:
    finding = only(check("Er sagte, in der Stadt.", target, context=CheckContext(select=("MTP503",))), "MTP503")
    assert (finding.severity, finding.suggestion) == (Severity.INFO, suggestion)


@pytest.mark.parametrize(
    ("source", "target", "severity"),
    [
        ("Kommt er?", "He comes.", Severity.WARNING),
        ("Er kommt:", "He comes.", Severity.WARNING),
        ("Er kommt!", "He comes.", Severity.INFO),
    ],
)
def test_another_end_of_the_sentence_is_reported(source: str, target: str, severity: Severity) -> None:
    assert only(check(source, target), "MTP504").severity is severity


def _coded(text: str) -> tuple[str, tuple[Mark, ...]]:
    """A text whose "§" is inline code."""
    at = text.index("§")
    return text.replace("§", ""), (Mark(1, MarkKind.VOID, Span(at, at), "`git pull`", "", "code", False, "git pull"),)


@pytest.mark.parametrize(
    ("source", "target", "reported"),
    [
        ("Der Befehl heißt: §", "The command is §", False),  # the colon is not the end
        ("Hast du es geholt? §", "Did you get it? §", False),
        ("Nutze danach §.", "Then use §", False),
        ("Nutzt du danach §?", "Then you use §", True),
        ("Hast du es geholt? §", "You got it. §", True),
    ],
)
def test_code_at_the_end_is_the_last_word(source: str, target: str, reported: bool) -> None:
    (ours, marks), (theirs, their_marks) = _coded(source), _coded(target)
    segment, translation = Segment("s", ours, marks=marks), Translation("s", theirs, their_marks)
    assert ("MTP504" in [f.rule for f in check_segment(segment, translation, DE_EN)]) is reported


@pytest.mark.parametrize("target", ["Yes.", "Die hard fans", "So what now", "Was hot here now"])
def test_a_few_words_are_never_called_another_language(target: str) -> None:
    assert "MTP403" not in rules(check("Ganz sicher etwas anderes.", target))


def test_the_end_inside_a_quote_counts() -> None:
    assert check("„Kommt er?“", "“Is he coming?”") == ()


def test_an_accent_is_no_apostrophe() -> None:
    assert only(check("Es ist gut.", "It´s good."), "MTP505").suggestion == "’"


def test_german_takes_no_apostrophe_in_the_genitive() -> None:
    assert only(check("Merkel's speech", "Merkel's Rede", EN_DE), "MTP505").suggestion == "Merkels"
    assert check("McDonald's sells burgers.", "McDonald's verkauft Burger.", EN_DE) == ()


def test_a_small_letter_at_the_start_suggests_a_capital_one() -> None:
    finding = only(check("Der Minister kam.", "the minister came."), "MTP506")
    assert (finding.target_span, finding.suggestion) == (Span(0, 1), "T")


# --- confidence -----------------------------------------------------------------------------------------------------


def test_a_score_below_the_floor_is_a_warning_and_no_score_is_fine() -> None:
    context = CheckContext(score_floor=-1.4)
    assert rules(check("Er kam.", "He came.", score=-2.31, context=context)) == ["MTP601"]
    assert check("Er kam.", "He came.", score=-1.4, context=context) == ()
    assert check("Er kam.", "He came.", context=context) == ()


def test_the_floor_is_a_percentile_of_a_large_enough_set() -> None:
    scores = [-i / 100 for i in range(200)]
    assert score_floor(scores, 1.0) == pytest.approx(-1.97)
    assert score_floor(scores, 50.0) == pytest.approx(-0.99)
    assert score_floor(scores[:99], 1.0) is None


# --- selection ------------------------------------------------------------------------------------------------------


def test_select_and_ignore_work_by_prefix() -> None:
    source, target = "Kommt er in die Stadt?", "He comes to the the town."
    assert rules(check(source, target)) == ["MTP502", "MTP504"]
    assert rules(check(source, target, context=CheckContext(select=("MTP4",)))) == []
    assert rules(check(source, target, context=CheckContext(ignore=("MTP502",)))) == ["MTP504"]
    assert rules(check(source, target, context=CheckContext(select=("MTP504",), ignore=("MTP5",)))) == ["MTP504"]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Das gilt seit dem Urteil (Az. VIII ZR 417/24).", "This is so since the ruling (case no. VIII ZR 417/24)."),
        ("Das steht in Band Nr. IV der Reihe.", "It is in volume no. IV of the series."),
        ("Die Kommission prüft den Fall T 12/24.", "The Commission looks at case no. T-12/24."),
    ],
)
def test_an_english_no_before_a_numeral_is_no_negation(source: str, target: str) -> None:
    assert "MTP407" not in rules(check(source, target))


def test_an_english_no_at_the_end_of_a_sentence_is_a_negation() -> None:
    assert "MTP407" in rules(check("Kam er? Ja. Ich sah ihn am Tag.", "Did he come? No. I saw him that day."))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Neue Leiterin wird Dr. Friederike von Thadow.", "Dr Friederike von Thadow will be the new head."),
        ("Gestern lobte Ursula von der Leyen den Plan.", "Yesterday, Ursula von der Leyen praised the plan."),
        ("Heute kommt Karl Theodor zu Guttenberg.", "Karl Theodor zu Guttenberg is coming today."),
        ("Es siegte Anna Maria van de Velde.", "The winner was Anna Maria van de Velde."),
    ],
)
def test_a_name_with_particles_is_not_left_in_the_source_language(source: str, target: str) -> None:
    assert "MTP402" not in rules(check(source, target))


def test_a_preposition_between_nouns_is_left_in_the_source_language() -> None:
    findings = check("Das war die Reise zum Mond im Juli.", "That was die Reise zum Mond in July.")
    assert "MTP402" in rules(findings)


def test_a_name_that_is_written_small_may_begin_a_sentence() -> None:
    assert "MTP506" not in rules(check("Die dpa berichtete das.", "dpa reported that."))
    assert "MTP506" in rules(check("Die Zeitung berichtete das.", "it reported that."))


def test_a_hashtag_of_one_word_may_be_translated() -> None:
    assert "MTP304" not in rules(check("Wir fragen: #Wo und #wann?", "We ask: #Where and #when?"))


@pytest.mark.parametrize("target", ["Join #Climate2030.", "Join in.", "Join @Klima2030."])
def test_a_hashtag_that_is_a_name_or_lost_is_reported(target: str) -> None:
    assert "MTP304" in rules(check("Mach mit bei #Klima2030.", target))


def test_a_hashtag_that_is_lost_is_reported_next_to_a_translated_one() -> None:
    finding = only(check("Fragen: #Wo, #wann und #MeToo?", "Questions: #Where, #when?"), "MTP304")
    assert finding.message.startswith("address missing: '#MeToo'")


def test_a_particle_in_a_longer_stretch_is_left_in_the_source_language() -> None:
    source = "Das sagte am Samstag von Bayerns Verkehrsministerin Kerstin Danfried das Meiste."
    target = "That is what Samstag von Bayerns Verkehrsministerin Kerstin Danfried said."
    assert only(check(source, target), "MTP402").severity is Severity.WARNING
