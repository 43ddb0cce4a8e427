"""The next chunk is decoded while the terms of this one are put right, and given up when nobody asks any more."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mt_publish.errors import EngineError, GlossaryError
from mt_publish.formats import read_document
from mt_publish.glossary import Glossary, find_terms
from mt_publish.pipeline import Rules, translate_documents
from mt_publish.translation import decode
from mt_publish.translation.engines import CTranslate2Engine, Pending, Pieces
from mt_publish.translation.models import find_model
from mt_publish.types import Entry, Lang, LangPair, Mark, MarkKind, Matrix, Segment, Span
from tests.fakes import FakeEngine

SEGMENTS = [Segment(f"s{i}", f"Haus {i} steht hier.", line=i + 1) for i in range(10)]


class Watched(FakeEngine):
    """Tells what was begun, asked for and given up."""

    def __init__(self) -> None:
        super().__init__({"Haus": "house"})
        self.events: list[str] = []
        self.sizes: list[int] = []
        self.aligned = 0

    def align(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[Matrix]:
        self.aligned += len(batch)
        return super().align(batch, targets, target)

    def begin(self, batch: Sequence[Pieces], target: Lang, *, beam: int = 2, back: bool = False) -> Pending:
        name = str(len([e for e in self.events if e.startswith("begun")]))
        self.events.append(f"begun {name}")
        self.sizes.append(len(batch))
        pending = super().begin(batch, target, beam=beam, back=back)

        def result() -> list:
            self.events.append(f"asked {name}")
            return pending.result()

        return Pending(result, lambda: self.events.append(f"given up {name}"))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "CHUNKS", (2, 4))


@pytest.mark.usefixtures("small_chunks")
def test_the_next_chunk_is_begun_before_this_one_is_asked_for() -> None:
    engine = Watched()
    done: list[int] = []
    found = list(decode.translate_segments(SEGMENTS, engine, "en", progress=done.append))
    assert [t.target for t in found] == [f"house {i} steht hier." for i in range(10)]
    assert engine.events == ["begun 0", "begun 1", "asked 0", "begun 2", "asked 1", "asked 2"]
    assert done == [2, 4, 4]


@pytest.mark.usefixtures("small_chunks")
def test_what_was_begun_is_given_up_on_an_interrupt() -> None:
    engine = Watched()
    found = decode.translate_segments(SEGMENTS, engine, "en")
    next(found)
    found.close()
    assert engine.events == ["begun 0", "begun 1", "asked 0", "given up 1"]


@pytest.mark.usefixtures("small_chunks")
def test_a_sentence_that_is_under_way_is_not_decoded_twice() -> None:
    engine = Watched()
    twice = [*SEGMENTS[:3], *SEGMENTS[:3]]
    found = list(decode.translate_segments(twice, engine, "en"))
    assert [t.target for t in found] == [f"house {i} steht hier." for i in (0, 1, 2, 0, 1, 2)]
    assert engine.events == ["begun 0", "begun 1", "asked 0", "asked 1"]
    assert engine.calls == 2


def test_begun_sentences_come_back_in_order_and_as_they_would_alone() -> None:
    engine = CTranslate2Engine(find_model("shipped", LangPair("de", "en")))
    batch = engine.tokenizer.encode([f"Der {i}. Mai war ein {'sehr ' * (i % 7)}schöner Tag." for i in range(1, 41)])
    pending = engine.begin(batch, "en", beam=2)
    alone = engine.translate(batch, "en", beam=2)
    assert [h.pieces for h in pending.result()] == [hyps[0].pieces for hyps in alone]
    assert all(h.attention is not None for h in pending.result())


def test_what_has_not_begun_is_not_computed_after_a_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = CTranslate2Engine(find_model("shipped", LangPair("de", "en")), threads=1)
    batch = engine.tokenizer.encode(["Das ist ein Satz."] * 64)
    computed: list[int] = []
    translate = engine.translate

    def counted(batch: Sequence[Pieces], *args: object, **options: object) -> object:
        computed.append(len(batch))
        return translate(batch, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "translate", counted)
    pending = engine.begin(batch, "en")
    pending.cancel()
    engine._workers.shutdown(wait=True)
    assert sum(computed) < 64


@pytest.mark.parametrize(
    ("count", "threads", "size"), [(1, 2, 1), (2, 2, 1), (6, 2, 2), (15, 2, 4), (40, 2, 10), (500, 2, 32), (15, 1, 8)]
)
def test_few_sentences_are_spread_over_the_workers(count: int, threads: int, size: int) -> None:
    assert CTranslate2Engine(find_model("shipped"), threads=threads)._share(count) == size


def test_a_model_loaded_ahead_is_the_one_that_translates(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = CTranslate2Engine(find_model("shipped"), threads=1)
    engine.load_ahead()
    for thread in threading.enumerate():
        if thread.name == "load":
            thread.join()
    assert "_loaded" in vars(engine)
    monkeypatch.setattr("mt_publish.translation.engines.convert", None)  # nothing is loaded again
    ((found,),) = engine.translate(engine.tokenizer.encode(["Das ist ein Haus."]), "en")
    assert found.pieces


def test_what_goes_wrong_ahead_is_told_when_the_model_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise EngineError("broken weights")

    monkeypatch.setattr("mt_publish.translation.engines.convert", broken)
    engine = CTranslate2Engine(find_model("shipped"), threads=1)
    engine.load_ahead()
    with pytest.raises(EngineError, match="broken weights"):
        engine.translate(engine.tokenizer.encode(["Das ist ein Haus."]), "en")


def test_what_was_begun_ahead_is_not_decoded_again() -> None:
    engine = Watched()
    segments = [*SEGMENTS[:3], Segment("figures", "12 %"), Segment("late", "Haus und Hof.")]
    ahead = decode.begin_ahead([s.source for s in segments[:4]], engine, "en")
    found = list(decode.translate_segments(segments, engine, "en", ahead=ahead))
    assert [t.target for t in found] == [*(f"house {i} steht hier." for i in range(3)), "12 %", "house und Hof."]
    assert engine.events == ["begun 0", "begun 1", "asked 1", "asked 0"]
    assert engine.sizes == [3, 1]


@pytest.mark.usefixtures("small_chunks")
def test_sentences_of_later_chunks_are_not_begun_ahead() -> None:
    engine = Watched()
    decode.begin_ahead([s.source for s in SEGMENTS], engine, "en")
    assert engine.sizes == [2]


def test_documents_are_begun_before_the_glossary_is_made_and_given_up_when_it_is_broken() -> None:
    doc = read_document(b"Haus 1 steht hier.\n", path="a.txt")
    pair = LangPair("de", "en")
    engine = Watched()

    def made() -> Glossary:
        engine.events.append("glossary made")
        return Glossary((Entry("Haus", "building", "term", case="any"),))

    (result,) = translate_documents([(doc, pair)], engine, glossary=made)
    assert result.output == b"Building 1 steht hier.\n"
    assert engine.events[:3] == ["begun 0", "glossary made", "asked 0"]

    def broken() -> Glossary:
        raise GlossaryError("no such column")

    engine = Watched()
    with pytest.raises(GlossaryError):
        next(translate_documents([(doc, pair)], engine, glossary=broken))
    assert engine.events == ["begun 0", "given up 0"]


def test_a_glossary_that_is_there_and_one_to_be_made_decode_the_same_sentences() -> None:
    doc = read_document(b"Haus\n\nHaus 1 steht hier.\n", path="a.txt")
    glossary = Glossary((Entry("Haus", "building", "term", case="any"),))
    sizes = []
    for given in (glossary, lambda: glossary):
        engine = Watched()
        list(translate_documents([(doc, LangPair("de", "en"))], engine, glossary=given))
        sizes.append(engine.sizes)
    assert sizes[0] == sizes[1]


def test_marks_are_carried_over_by_what_the_engine_looked_at() -> None:
    engine = Watched()
    marks = (Mark(1, MarkKind.PAIR, Span(0, 4), "<b>"),)
    (result,) = decode.translate_segments([replace(SEGMENTS[0], marks=marks)], engine, "en")
    assert result.target[slice(*result.marks[0].span)] == "house"
    assert engine.aligned == 0


def test_a_marked_sentence_is_not_aligned_though_it_stands_there_plain_before() -> None:
    engine = Watched()
    marked = replace(SEGMENTS[0], marks=(Mark(1, MarkKind.PAIR, Span(0, 4), "<b>"),))
    _, found = decode.translate_segments([SEGMENTS[0], marked], engine, "en")
    assert found.target[slice(*found.marks[0].span)] == "house"
    assert (engine.aligned, engine.sizes) == (0, [1])


@pytest.mark.usefixtures("small_chunks")
def test_a_marked_sentence_that_comes_again_later_is_aligned() -> None:
    engine = Watched()
    marked = replace(SEGMENTS[0], marks=(Mark(1, MarkKind.PAIR, Span(0, 4), "<b>"),))
    found = list(decode.translate_segments([marked, *SEGMENTS[1:3], marked], engine, "en"))
    assert [t.target[slice(*t.marks[0].span)] for t in (found[0], found[3])] == ["house", "house"]
    assert engine.aligned == 1
    assert engine.sizes == [2, 1]


def test_marks_stay_on_what_a_repair_wrote() -> None:
    glossary = Glossary((Entry("Haus", "building", "term", case="any"),))
    source = "Heute steht Haus eins da."
    marked = Segment("s", source, (Mark(1, MarkKind.PAIR, Span(12, 16), "<b>"),))
    (segment,) = find_terms([marked], glossary, LangPair("de", "en"))
    engine = Watched()
    (result,) = decode.translate_segments([segment], engine, "en", rules=Rules(glossary, LangPair("de", "en")))
    assert result.target == "Heute steht building eins da."
    assert result.target[slice(*result.marks[0].span)] == "building"


def test_ctranslate2_brings_no_asyncio_until_it_is_wanted(cache: Path, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Danfried kam heute nach Berlin.\n", "utf-8")
    code = (
        "import sys; from mt_publish.cli.app import run\n"
        f"assert run(['translate', {str(article)!r}, '--to', 'en', '-q']) in (0, 1)\n"
        "assert 'asyncio' not in sys.modules and 'ctranslate2' in sys.modules\n"
        "import ctranslate2; assert ctranslate2.extensions.asyncio.Queue\n"
        "import asyncio; assert asyncio.run and ctranslate2.extensions.asyncio.Queue is asyncio.Queue"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_module_asked_for_while_it_is_put_off_is_there() -> None:
    code = (
        "import sys; from mt_publish.translation.engines import _light_import\n"
        "with _light_import('asyncio'):\n"
        "    from asyncio import run\n"
        "import asyncio; assert asyncio.run is run"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
