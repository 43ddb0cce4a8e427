"""The rules of the checks: one table that `explain`, SARIF, the configuration and the documentation read.

A code never changes its meaning. The hundreds digit is the group: 1 terms, 2 markup, 3 facts, 4 adequacy, 5 typography,
6 confidence, 7 process. `select` and `ignore` name a rule ("MTP301") or any prefix of its code ("MTP3").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mt_publish.errors import ConfigError
from mt_publish.types import Severity

GROUPS: dict[str, str] = {
    "MTP1": "terms",
    "MTP2": "markup",
    "MTP3": "facts",
    "MTP4": "adequacy",
    "MTP5": "typography",
    "MTP6": "confidence",
    "MTP7": "process",
}
"""Prefix of a group of rules and its name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a translation.

    Args:
        code: Stable code, "MTP301".
        name: Short name in words, usable as an id: "number-changed".
        severity: What a finding has unless the check knows better; see `explanation` for the exceptions.
        explanation: What the rule looks at and why it matters, for translators.
        example: A case that the rule reports.
        ignore_when: When a finding of the rule may be left standing.
    """

    code: str
    name: str
    severity: Severity
    explanation: str
    example: str
    ignore_when: str

    @property
    def group(self) -> str:
        """Name of the rule's group: "facts" for MTP301."""
        return GROUPS[self.code[:4]]

    @property
    def text(self) -> str:
        """The whole explanation as one paragraph."""
        return f"{self.explanation} Example: {self.example} Ignore it when {self.ignore_when}"


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_TABLE = (
    Rule(
        "MTP101",
        "term-missed",
        _E,
        "A glossary term of the source has none of its accepted renderings in the translation; inflected forms, listed "
        "aliases and compounds count as right. It is a warning when the glossary says `enforce = check` for the term.",
        "'Auswärtiges Amt' became 'Foreign Ministry' although the glossary says 'Federal Foreign Office'.",
        "the translation refers to the thing in another way on purpose ('he', 'the ministry'); better, add the "
        "rendering as an alias to the glossary.",
    ),
    Rule(
        "MTP102",
        "term-forbidden",
        _E,
        "The translation uses a rendering that the glossary forbids for this term.",
        "'Kyjiw' became 'Kiev', which the glossary lists as forbidden.",
        "the word stands in a quotation, a title or a web address that must not be changed.",
    ),
    Rule(
        "MTP103",
        "term-source-left",
        _E,
        "The source form of a glossary term was left standing although the glossary has another form in the target "
        "language.",
        "'Europäische Kommission' stands unchanged in the English text.",
        "the text names the term in its original language on purpose, for example in brackets after the translation.",
    ),
    Rule(
        "MTP104",
        "term-inconsistent",
        _W,
        "The same name or the same sentence is translated in two ways in one document; readers then take one person or "
        "thing for two.",
        "'Bundesrat' is 'Bundesrat' in four sentences and 'Federal Council' in one.",
        "the variation is wanted and both renderings are right in their place.",
    ),
    Rule(
        "MTP105",
        "name-not-in-source",
        _W,
        "The translation has a name that the source does not have: a glossary name out of nowhere, or a name that is "
        "spelled almost, but not quite, like one in the source.",
        "'Danfried' in the source, 'Danfreid' in the translation.",
        "the name has its own spelling in the target language ('Straßburg', 'Strasbourg'); then add it to the "
        "glossary.",
    ),
    Rule(
        "MTP106",
        "term-too-few",
        _W,
        "The source mentions a glossary term more often than the translation does.",
        "Two mentions of 'Danfried' in the source, one in the translation.",
        "the second mention became a pronoun and the sentence is still clear.",
    ),
    Rule(
        "MTP201",
        "tag-lost",
        _E,
        "Markup of the source (bold, link, footnote, image, placeholder) is missing in the translation.",
        "The source has a link, the translation has plain text.",
        "the markup makes no sense in the target language, for example emphasis on a word that disappears.",
    ),
    Rule(
        "MTP202",
        "tag-added",
        _E,
        "The translation has markup that the source does not have, or has it more often.",
        "A footnote reference stands twice in the translation.",
        "you added the markup on purpose. Emphasis that covers two separate stretches is not reported.",
    ),
    Rule(
        "MTP203",
        "tag-broken",
        _E,
        "Two elements cross each other, or an element that covers text in the source covers none in the translation.",
        "'<b>a <i>b</b> c</i>', or a link with no text.",
        "never: crossing tags make invalid pages and empty links cannot be clicked.",
    ),
    Rule(
        "MTP204",
        "protected-changed",
        _E,
        "The literal of a placeholder, web address, code or tag is not what it is in the source, or a placeholder in "
        "the text was lost, added or changed.",
        "'{name}' became '{Name}', '%s' became '% s'.",
        "the address must differ by language, for example a link to the English edition.",
    ),
    Rule(
        "MTP205",
        "bracket-unbalanced",
        _W,
        "Brackets are balanced in the source but not in the translation.",
        "'(see page 3' without a closing bracket.",
        "the bracket is no bracket, as in a list label 'a)' or a smiley.",
    ),
    Rule(
        "MTP301",
        "number-changed",
        _E,
        "A number of the source is missing, changed or new in the translation. Values are compared, not spellings: "
        "'1.234,5' equals '1,234.5', '3 Mrd.' equals '3 billion', 'zwölf' equals '12'. A number in words whose figure is wrong "
        "and numbers in another order are a warning; words are not compared with words.",
        "'1.234,50' in the source, '1.234.50' in the translation.",
        "the sentence expresses the number in another way ('two dozen' for '24').",
    ),
    Rule(
        "MTP302",
        "date-changed",
        _E,
        "A date or time of day is missing, changed or new. '14.30 Uhr' equals '2:30 pm', '3. Mai' equals 'May 3'.",
        "'am 3.5.2024' became 'on 5 March 2024'.",
        "the date was turned into a weekday or 'yesterday' on purpose.",
    ),
    Rule(
        "MTP303",
        "unit-changed",
        _E,
        "The number is right but its unit, currency or per cent sign is not.",
        "'5 Millionen Euro' became '5 million dollars'.",
        "the amount was converted on purpose and the number was converted with it.",
    ),
    Rule(
        "MTP304",
        "address-changed",
        _E,
        "A web address, e-mail address or @name in the text is not letter for letter the same, or a hashtag that is no plain word.",
        "'info@beispiel.de' became 'info@example.de'.",
        "the page has its own address in the target language.",
    ),
    Rule(
        "MTP305",
        "weekday-or-month-changed",
        _W,
        "A weekday, or a month without a day, is missing in the translation; where another one stands in its place, it is an error. "
        "'yesterday', 'heute' and their like count for a weekday. Parts of names (Bild am Sonntag, Easter Monday) are not looked at.",
        "'am Samstagabend' became 'in the evening'.",
        "the day is said in another way, or an old article was brought up to date.",
    ),
    Rule(
        "MTP401",
        "empty",
        _E,
        "There is no translation.",
        "A sentence in the source, nothing in the translation.",
        "the sentence was merged into its neighbour by a person.",
    ),
    Rule(
        "MTP402",
        "untranslated",
        _E,
        "The translation is the source, or four or more words in a row were left in the source language; quotations, "
        "names and code do not count. A part of a sentence is a warning.",
        "'The minister sagte am Montag in Berlin that …'.",
        "the words are a title or a saying that stays in the original language.",
    ),
    Rule(
        "MTP403",
        "wrong-language",
        _E,
        "The translation is not in the target language.",
        "A French sentence in an English text.",
        "the sentence consists of names or of a foreign quotation.",
    ),
    Rule(
        "MTP404",
        "length-ratio",
        _W,
        "The translation is far shorter or far longer than translations of such sentences are; something may be "
        "missing or made up.",
        "A source of 200 characters, a translation of 70.",
        "you have compared both and nothing is missing, for example in a headline.",
    ),
    Rule(
        "MTP405",
        "repetition",
        _E,
        "Words or phrases come again and again, more often than in the source: a known failure of translation models. "
        "Three times in a row is an error, less is a warning.",
        "'in the city of the city of the city of'.",
        "the repetition is a figure of speech that the source has as well.",
    ),
    Rule(
        "MTP406",
        "truncated",
        _E,
        "The engine stopped at its length limit, or a long sentence lost its final punctuation (a warning), so the "
        "end may be missing.",
        "'… sagte er am Montag.' became '… he said on'.",
        "the sentence became a headline, which takes no full stop.",
    ),
    Rule(
        "MTP407",
        "negation",
        _W,
        "One side is negated and nothing on the other side says no: neither 'not' nor a word like 'refuse' or "
        "'without'.",
        "'Er kommt nicht' became 'He is coming'.",
        "the translation says the same by a positive word ('lehnte ab' for 'did not accept').",
    ),
    Rule(
        "MTP408",
        "text-from-nothing",
        _E,
        "The source has no letters, the translation has words. Dates, times and units that are written out do not "
        "count.",
        "'***' became 'The story continues'.",
        "a symbol was written out for readers on purpose.",
    ),
    Rule(
        "MTP409",
        "broken-characters",
        _E,
        "The translation has characters that show a technical fault: the model's unknown sign, the replacement "
        "character, text in a wrong encoding, control characters.",
        "'M⁇ nchen', 'MÃ¼nchen'.",
        "the text is about such characters.",
    ),
    Rule(
        "MTP501",
        "quotes",
        _W,
        "Quotation marks are not those of the target language („…“ in German, “…” in English) or do not pair up. "
        "Straight quotes where the source has typographic ones are an info.",
        "„Yes“ in an English text.",
        "your house style differs, for example »…« in German books, or the quote runs on in the next sentence.",
    ),
    Rule(
        "MTP502",
        "doubled-word",
        _W,
        "The same word stands twice in a row and the source has no such pair.",
        "'in the the city'.",
        "both words are needed ('that that', 'die die').",
    ),
    Rule(
        "MTP503",
        "spacing",
        _I,
        "There is a double space, a space before a punctuation mark or inside brackets that the source does not have.",
        "'Yes , he said'.",
        "the spaces are wanted, as in a table of characters.",
    ),
    Rule(
        "MTP504",
        "end-punctuation",
        _W,
        "The sentence ends in another kind of punctuation: a question that is none in the source, a colon that was "
        "lost. A full stop against an exclamation mark is an info.",
        "'Kommt er?' became 'He is coming.'",
        "the target language prefers the other form.",
    ),
    Rule(
        "MTP505",
        "apostrophe",
        _I,
        "An apostrophe is written with an accent or a quotation mark, or German has an English genitive.",
        "'it´s', 'Merkel's Rede'.",
        "the name is written so ('McDonald's').",
    ),
    Rule(
        "MTP506",
        "lower-case-start",
        _W,
        "The translation starts with a small letter, the source with a capital one.",
        "'the minister said …'.",
        "the name starts with a small letter ('iPhone', 'eBay').",
    ),
    Rule(
        "MTP601",
        "low-confidence",
        _W,
        "The model was far less sure of this sentence than of the others in the document; such sentences are often "
        "wrong in ways that no rule sees. Documents of fewer than 20 sentences have no such findings, and only "
        "`translate` knows scores.",
        "A score of -2.31 in a document whose sentences mostly lie between -1.2 and -0.6.",
        "you have read the sentence against the source.",
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _TABLE}
"""All rules by code, in order of code."""


def check_prefixes(prefixes: Iterable[str], *, where: str | None = None) -> None:
    """Refuse rule prefixes that name nothing, so that a mistyped code does not pass in silence.

    Args:
        prefixes: Codes or prefixes of codes.
        where: The place of the setting, for the message.

    Raises:
        ConfigError: A prefix names neither a rule nor a group.
    """
    for prefix in prefixes:
        if prefix in GROUPS:
            continue
        if len(prefix) < 3 or not any(code.startswith(prefix) for code in RULES):
            raise ConfigError(
                f"no rule has the code {prefix!r}",
                where=where,
                remedy="Name a rule ('MTP301') or a group ('MTP3'); `mt-publish explain` lists them",
            )


def is_selected(code: str, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> bool:
    """Whether a rule is to be reported.

    The longest prefix that fits decides, so `ignore MTP5` with `select MTP501` keeps MTP501; on a tie, ignore wins.

    Args:
        code: The rule's code.
        select: Prefixes to report; nothing means all.
        ignore: Prefixes not to report.
    """
    wanted = max((len(p) for p in select if code.startswith(p)), default=None if tuple(select) else 0)
    if wanted is None:
        return False
    unwanted = max((len(p) for p in ignore if code.startswith(p)), default=-1)
    return wanted > unwanted


def explain(code: str) -> str:
    """The explanation of a rule as text to print.

    Raises:
        ConfigError: There is no such rule.
    """
    rule = RULES.get(code.upper())
    if rule is None:
        raise ConfigError(f"no rule has the code {code!r}", remedy="`mt-publish explain` lists the rules")
    return (
        f"{rule.code} {rule.name} ({rule.severity}, {rule.group})\n\n{rule.explanation}\n\n"
        f"Example: {rule.example}\n\nIgnore it when {rule.ignore_when}\n"
    )
