"""The vocabulary: the values that flow from file to file through the pipeline.

All are frozen; a step takes values and returns new ones. Spans are half-open and count Unicode code points, never bytes
or subword pieces. "Not measured" is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

Lang = Literal["de", "en"]
"""A supported language, as a BCP 47 primary tag."""

TERM_START, TERM_END, TRANS_END = "<term_start>", "<term_end>", "<trans_end>"
"""Pieces that no text has: ``<term_start> term <term_end> translation <trans_end>`` in a source tells a model a term."""

ANNOTATION_KEY = "term_annotation"
"""Set in config.json of a model that was trained on such sources; transformers keeps the key and ignores it."""

APART_KEY = "opening_marks_apart"
"""Set in config.json of a model that reads words after an opening mark better with a space between; see `Tokenizer`."""

SHORTLIST = "shortlist.txt.gz"
"""File of a model folder: by source piece, the target pieces that may come of it."""

LEXICON = "lexicon.tsv.gz"
"""File of a model folder: source words and their translations; see `mt_publish.translation.lexicon`."""

WORD_LISTS: dict[Lang, str] = {"de": "words.de.txt.gz", "en": "words.en.txt.gz"}
"""Files of a model folder: the words of its training corpus, a line each, in lower case; see `mt_publish.translation.slips`."""

LANGS: tuple[Lang, ...] = ("de", "en")


def other(lang: Lang) -> Lang:
    """The other one of the two languages."""
    return "de" if lang == "en" else "en"


# Plain lists: for one sentence they are as fast as NumPy, whose import was the longest of a short run.
Matrix = Sequence[Sequence[float]]
"""Weights by row and column, as the attention of a sentence."""


class LangPair(NamedTuple):
    """Source and target language of a translation."""

    source: Lang
    target: Lang

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


class Span(NamedTuple):
    """A half-open range of code points in a text that the owner of the span names."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def shift(self, by: int) -> Span:
        """The same range, `by` code points further on."""
        return Span(self.start + by, self.end + by)

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share at least one code point."""
        return self.start < other.end and other.start < self.end


# --- documents ---------------------------------------------------------------------------------------------------------


class MarkKind(StrEnum):
    """How an inline mark relates to the plain text it stands in."""

    PAIR = "pair"
    """Opens before and closes after a stretch of text: <b>…</b>, **…**, [text](url)."""
    VOID = "void"
    """Stands at one place and covers no text: <img>, footnote reference, inline code, a URL, a placeholder."""


def quoted(text: str, span: Span) -> Span:
    """`span` with the straight quotes right around it, if there are two of a kind."""
    start, end = span
    if start and text[start - 1] in "\"'" and text[start - 1] == text[end : end + 1]:
        return Span(start - 1, end + 1)
    return span


@dataclass(frozen=True, slots=True)
class Mark:
    """Inline markup on a plain text. The literal source of the markup is carried along and written back unchanged.

    Args:
        id: Unique within its block; the parts of a mark that a sentence break cuts in two keep the same id.
        kind: PAIR or VOID.
        span: The range of the *plain* text that the mark covers; empty for VOID.
        open: Literal source to write at the start (the whole literal for VOID).
        close: Literal source to write at the end; "" for VOID.
        name: What it is, for messages: "strong", "a", "code", "url", "footnote", "placeholder" …
        floating: True when text inside may be duplicated as markup (b, i, em …); False for links, ids, notes.
        shown: What a reader sees in place of a VOID mark ("git pull" for inline code), for checks; "" for nothing.
        texts: Ranges of `open + close` that hold text of its own (an alt text, a title), in order, each with the id of the
            block that translates it. Neither compared nor kept in the JSON of a run: it says where, not what.
    """

    id: int
    kind: MarkKind
    span: Span
    open: str
    close: str = ""
    name: str = ""
    floating: bool = False
    shown: str = ""
    texts: tuple[tuple[Span, str], ...] = field(default=(), compare=False)

    def bare(self) -> tuple[str, str]:
        """`open` and `close` without the texts they hold and the quotes around those, which are translated by themselves."""
        whole, size = self.open + self.close, len(self.open)
        for span, _ in reversed(self.texts):
            start, end = quoted(whole, span)
            whole = whole[:start] + whole[end:]
            size -= end - start if end <= size else 0
        return whole[:size], whole[size:]


@dataclass(frozen=True, slots=True)
class Block:
    """One translatable stretch of a document: a paragraph, heading, table cell, list item, attribute value.

    Args:
        id: Unique and stable within its document ("b12").
        span: The range of the decoded document text that the translation of this block replaces.
        text: Plain text: markup removed, entities decoded, soft line breaks turned into single spaces.
        marks: Inline marks over `text`, in source order, outer before inner.
        kind: "paragraph", "heading", "cell", "item", "attribute", "field" (front matter), "line" …
        line: 1-based line in the source file where the block starts.
        gaps: Ranges of `text` that are exactly one soft line break, with the literal source of each, so that a break
            between two sentences is written back as it was.
        escape: Name of the escaping that the format's writer applies: "none", "html", "html-attribute", "markdown",
            "markdown-title", "yaml".
        within: Id of the block with the mark that holds this text (the alt text of an image in a sentence); "" when
            it does not stand inside another block.
    """

    id: str
    span: Span
    text: str
    marks: tuple[Mark, ...] = ()
    kind: str = "paragraph"
    line: int = 1
    gaps: tuple[tuple[Span, str], ...] = ()
    escape: str = "none"
    within: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart: its decoded text, and the blocks of it that are to be translated.

    `text` with every block left alone, encoded with `encoding` after `bom`, is the input byte for byte.

    Args:
        path: Where it came from, as the user named it; "-" for standard input.
        format: Name of the format: "text", "markdown", "html".
        text: The whole decoded file, without the byte order mark.
        blocks: Translatable blocks in reading order: attributes of inline markup follow the text they stand in or beside.
            Spans do not overlap, save that of a block `within` another.
        encoding: Python codec name; decoding and encoding use the error handler "surrogateescape" where the codec allows it.
        bom: The byte order mark that stood first, or b"".
    """

    path: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    encoding: str = "utf-8"
    bom: bytes = b""


# --- terms -------------------------------------------------------------------------------------------------------------

TermType = Literal[
    "person", "place", "org", "title", "work", "product", "event", "nationality", "language", "term", "dnt"
]
Gender = Literal["m", "f", "n", "pl", ""]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a glossary: an entity or term with its names in both languages.

    Args:
        de: German canonical form.
        en: English canonical form.
        type: What it is; "dnt" is never translated.
        gender: Grammatical (thing) or natural (person) gender in German.
        de_aliases: Other German names of the same thing; when both alias lists have the same length, they pair up.
        en_aliases: Other English names.
        de_forms: German inflected forms that rules would not find.
        en_forms: English inflected forms that rules would not find.
        de_article: "der", "die", "das" when German news writes the name with an article; else "".
        en_article: "the" when English news does; else "".
        case: "keep" (default: exact case, all-caps allowed), "any" (case-insensitive), "sentence" (first letter may vary).
        enforce: "repair" (default), "check" (report; only copies of the source word are put right), "off".
        de_forbidden: German renderings that must not be used.
        en_forbidden: English renderings that must not be used.
        note: Free text for people.
        where: "file:line" of the row, for messages.
    """

    de: str
    en: str
    type: TermType = "term"
    gender: Gender = ""
    de_aliases: tuple[str, ...] = ()
    en_aliases: tuple[str, ...] = ()
    de_forms: tuple[str, ...] = ()
    en_forms: tuple[str, ...] = ()
    de_article: str = ""
    en_article: str = ""
    case: Literal["keep", "any", "sentence"] = "keep"
    enforce: Literal["repair", "check", "off"] = "repair"
    de_forbidden: tuple[str, ...] = ()
    en_forbidden: tuple[str, ...] = ()
    note: str = ""
    where: str = ""

    def name(self, lang: Lang) -> str:
        """The canonical form in `lang`."""
        return self.de if lang == "de" else self.en

    def aliases(self, lang: Lang) -> tuple[str, ...]:
        """Other names in `lang`."""
        return self.de_aliases if lang == "de" else self.en_aliases

    def forms(self, lang: Lang) -> tuple[str, ...]:
        """Listed inflected forms in `lang`."""
        return self.de_forms if lang == "de" else self.en_forms

    def article(self, lang: Lang) -> str:
        """The article that news in `lang` puts before the name, or ""."""
        return self.de_article if lang == "de" else self.en_article

    def forbidden(self, lang: Lang) -> tuple[str, ...]:
        """Renderings in `lang` that must not be used."""
        return self.de_forbidden if lang == "de" else self.en_forbidden


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A mention of a glossary entry in a source segment.

    Args:
        entry: The entry.
        span: Where it stands in the source segment (the whole inflected word; for a compound only the entry's part).
        surface: The source text of the span.
        target: The rendering to write if one must be written: canonical form, alias or surname in the target language.
        accepted: All target forms that count as right, inflected ones included, most wanted first.
        case: Grammatical role read off the source form: "genitive", "plural", "demonym" or "".
        compound: True when the mention is part of a hyphenated compound (NATO-Erweiterung).
        caps: True when the source wrote the mention in capitals only although the entry does not.
        enforce: The entry's policy, weakened to "check" for homographs that nothing in the document confirms.
    """

    entry: Entry
    span: Span
    surface: str
    target: str
    accepted: tuple[str, ...]
    case: Literal["", "genitive", "plural", "demonym"] = ""
    compound: bool = False
    caps: bool = False
    enforce: Literal["repair", "check", "off"] = "repair"


# --- segments and translations ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit of translation: one sentence of a block.

    Args:
        id: Unique in its document, stable between runs ("b12.s2").
        source: Plain text of the sentence, without surrounding white space.
        marks: Inline marks over `source`.
        terms: Glossary mentions in `source`, in order.
        line: 1-based line in the source file.
    """

    id: str
    source: str
    marks: tuple[Mark, ...] = ()
    terms: tuple[TermMatch, ...] = ()
    line: int = 1


Origin = Literal["mt", "memory", "post_edit", "copy"]


@dataclass(frozen=True, slots=True)
class Translation:
    """The target side of a segment.

    Args:
        segment_id: Id of the segment.
        target: Plain text.
        marks: The segment's marks, carried over to `target`.
        origin: Where it comes from; "copy" when there was nothing to translate.
        engine: Name of the engine and model; "" for copies and memory.
        score: Mean log-probability a target piece (natural log, ≤ 0), None when not from an engine.
        repairs: What was done for terms, one line each ("Danfried: string repair of 'Danfreid'").
        truncated: True when the engine hit its length limit.
        estimate: Estimated quality, 0 to 1 (`quality.estimation`); None when it was not estimated.
    """

    segment_id: str
    target: str
    marks: tuple[Mark, ...] = ()
    origin: Origin = "mt"
    engine: str = ""
    score: float | None = None
    repairs: tuple[str, ...] = ()
    truncated: bool = False
    estimate: float | None = None


# --- quality ------------------------------------------------------------------------------------------------------------


class Severity(StrEnum):
    """How bad a finding is; `rank` orders them."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """3 for error, 2 for warning, 1 for info."""
        return {"error": 3, "warning": 2, "info": 1}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a translation to look at.

    Args:
        rule: Stable rule code, "MTP101".
        severity: error, warning or info.
        segment_id: Id of the segment, None for a finding on a whole document.
        message: One sentence for the translator.
        source_span: Place in the segment's source, if known.
        target_span: Place in the translation's target, if known.
        suggestion: What to write instead, if known.
        path: The source file.
        line: 1-based line in the source file.
    """

    rule: str
    severity: Severity
    segment_id: str | None
    message: str
    source_span: Span | None = None
    target_span: Span | None = None
    suggestion: str | None = None
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class MetricScore:
    """A corpus or segment score with what is needed to repeat it.

    Args:
        name: "bleu", "chrf", "ter", "terms.accuracy" …
        value: On the metric's usual scale.
        scale: Upper end of the scale: 100 or 1.
        higher_is_better: False for TER.
        signature: sacreBLEU signature or our own equivalent.
        segments: Number of segments it was computed on.
        interval: 95 % bootstrap confidence interval (low, high), or None.
    """

    name: str
    value: float
    scale: float = 100.0
    higher_is_better: bool = True
    signature: str = ""
    segments: int = 0
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule of a gate policy and what came of it.

    Args:
        rule: The threshold expression, "chrf>=58".
        observed: The value seen, None when it could not be measured.
        threshold: The number in the rule.
        passed: Whether the rule holds.
        reason: Why, in words.
        informational: True when the rule is shown but cannot fail the gate.
        interval: Confidence interval of the observed value, if any.
    """

    rule: str
    observed: float | None
    threshold: float
    passed: bool
    reason: str = ""
    informational: bool = False
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class RunDocument:
    """One document of a run: what went in, what came out, what to look at."""

    path: str
    output: str | None
    format: str
    pair: LangPair
    sha256: str
    segments: tuple[Segment, ...]
    translations: tuple[Translation, ...]
    findings: tuple[Finding, ...]
    references: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """The one record of what happened; reports, gate, review and publish read it and recompute nothing.

    Args:
        id: Sortable, unique: UTC time and a hash.
        command: "translate", "evaluate" or "check".
        manifest: Versions, model name and hash, glossary hashes, settings, seed, machine-independent.
        documents: Per document results.
        scores: Metric scores over all documents.
        timings: Seconds by stage.
    """

    id: str
    command: str
    manifest: dict[str, object]
    documents: tuple[RunDocument, ...]
    scores: tuple[MetricScore, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
