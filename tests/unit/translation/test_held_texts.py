"""Alternative texts and titles inside a sentence, through the whole journey with a word-by-word engine."""

from __future__ import annotations

import pytest

from mt_publish.formats import check_structure, read_document
from mt_publish.pipeline import translate_documents
from mt_publish.types import LangPair
from tests.fakes import FakeEngine

WORDS = {
    "Das": "The", "alte": "old", "Haus": "house", "steht": "stands", "hier": "here", "Ein": "A", "Bild": "picture",
    "Mehr": "More", "lesen": "reading", "Europäische": "European",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source", "wanted"),
    [
        (
            "a.md",
            """Das *alte* ![Ein Bild](b.png "Mehr lesen") Haus [steht](u 'Das Haus') hier.\n""",
            """The *old* ![A picture](b.png "More reading") house [stands](u 'The house') here.\n""",
        ),
        (
            "a.md",
            'Das alte <abbr title="Europäische Union">EU</abbr> Haus steht hier.\r\n',
            'The old <abbr title="European Union">EU</abbr> house stands here.\r\n',
        ),
        (
            "a.html",
            "<p>Das alte <IMG  ALT='Ein Bild'   src=x> Haus\n  <a title=Haus href=u>steht</a> hier.</p>",
            "<p>The old <IMG  ALT='A picture'   src=x> house <a title=House href=u>stands</a> here.</p>",
        ),
    ],
)
def test_texts_in_markup_are_translated_and_the_markup_kept(name: str, source: str, wanted: str) -> None:
    doc = read_document(source.encode(), path=name)
    (result,) = translate_documents([(doc, LangPair("de", "en"))], FakeEngine(WORDS))
    assert result.output.decode() == wanted
    assert check_structure(doc, result.output) == []
    assert [f for f in result.findings if f.rule.startswith("MTP2")] == []
