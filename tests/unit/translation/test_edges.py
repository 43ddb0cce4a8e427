"""Edges that a review of decoding, terms, segments and models looked at."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mt_publish.errors import ModelNotFoundError
from mt_publish.formats import read_document
from mt_publish.glossary import Glossary, find_terms
from mt_publish.pipeline import Rules, _polisher
from mt_publish.translation import decode, models
from mt_publish.translation.decode import translate_segments
from mt_publish.translation.engines import Hypothesis, Pieces, load_engine
from mt_publish.translation.names import lost_names, with_lost_names
from mt_publish.translation.numerals import numeral_terms
from mt_publish.translation.segments import cut, join
from mt_publish.translation.terms import Candidate, Job, _collapse, _Ladder, undouble
from mt_publish.types import Entry, LangPair, Mark, MarkKind, Segment, Span, TermMatch, Translation
from tests.fakes import FakeEngine

DE_EN = LangPair("de", "en")


def match(target: str, surface: str) -> TermMatch:
    return TermMatch(Entry(surface, target), Span(0, len(surface)), surface, target, (target,))


def mend(source: str, entry: Entry, engine: FakeEngine, pair: LangPair = DE_EN) -> Translation:
    glossary = Glossary([entry])
    (segment,) = find_terms([Segment("s", source)], glossary, pair)
    (result,) = translate_segments([segment], engine, pair.target, rules=Rules(glossary, pair))
    return result


class Recorder(FakeEngine):
    """Keeps what it was asked to decode and the prefixes it was given."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__(words)
        self.batches: list[Pieces] = []
        self.prefixes: list[Pieces] = []

    def translate(self, batch: Sequence[Pieces], target, *, prefixes=None, **options) -> list[list[Hypothesis]]:  # type: ignore[no-untyped-def, override]
        self.batches += batch
        self.prefixes += prefixes or []
        return super().translate(batch, target, prefixes=prefixes, **options)


@pytest.mark.parametrize("count", [1, 5, 1024, 1030])
def test_progress_reaches_the_last_segment_although_nobody_asks_for_more(count: int) -> None:
    segments = [Segment(f"s{n}", f"Wort {n}") for n in range(count)]
    seen: list[int] = []
    stream = translate_segments(segments, FakeEngine(), "en", progress=seen.append)
    for _ in segments:
        next(stream)
    assert sum(seen) == count


@pytest.mark.parametrize(
    ("text", "source", "term", "after"),
    [
        ("In Russia Russian soldiers died.", "In Russland starben Russen.", ("Russia", "Russland"), None),
        ("the US US-led coalition", "die USA", ("US", "USA"), None),
        ("Group 21 100 people", "Gruppe 21: 100 Leute, 1", ("1", "1"), None),
        ("5 5,000", "5 und 5.000", ("5", "5"), None),
        ("NATO NATO said.", "Die Nato sagte.", ("NATO", "Nato"), "NATO said."),
        ("NATO, NATO said.", "Die Nato sagte.", ("NATO", "Nato"), "NATO said."),
        ("4, 4 and 5", "4, 4 und 5", ("4", "4"), None),
        ("5, 5 in all", "5 insgesamt", ("5", "5"), None),
        ("Nato NATO said.", "Die Nato sagte.", ("NATO", "Nato"), "NATO said."),
        ("The Nato NATO chief said.", "Der Nato-Chef sagte.", ("NATO chief", "Nato-Chef"), "The NATO chief said."),
        ("It told us US officials", "Es sagte uns, US-Beamte", ("US officials", "US-Beamte"), None),
        ("Pro-NATO NATO chief", "Pro-Nato-Chef", ("NATO chief", "Nato-Chef"), None),
        ("Nato NATO chiefs", "Nato-Chefs", ("NATO chief", "Nato-Chef"), None),
        ("The NATO NATO's aim", "Das Ziel der Nato", ("NATO", "Nato"), "The NATO's aim"),
        ("the bill Bill Clinton signed", "das Gesetz, das Bill Clinton", ("Bill Clinton", "Bill Clinton"), None),
        ("nein, nein, nein", "He said: No, no, no", ("Danfried", "Danfried"), None),
        ("yes, yes, yes", "ja, ja! Ja!", ("Danfried", "Danfried"), None),
    ],
)
def test_only_whole_words_are_undoubled(text: str, source: str, term: tuple[str, str], after: str | None) -> None:
    assert undouble(text, source, [match(*term)]) == (after or text)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [("Waffenruhe", "Ceasefire"), ("EUROPÄISCHE KOMMISSION", "EUROPEAN COMMISSION"), ("„Waffenruhe“", "“ceasefire”")],
)
def test_a_segment_that_is_one_term_is_written_as_the_source_writes_it(source: str, wanted: str) -> None:
    glossary = Glossary([Entry("Waffenruhe", "ceasefire"), Entry("Europäische Kommission", "European Commission")])
    (segment,) = find_terms([Segment("s", source)], glossary, DE_EN)
    stream = translate_segments([segment], FakeEngine(), "en", rules=Rules(glossary, DE_EN), polish=_polisher(DE_EN))
    assert next(stream).target == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the police say", "The police say"),
        ("dpa reports", "dpa reports"),
        ("dpa’s report", "dpa’s report"),
        ("adidas reports", "adidas reports"),
        ("eBay reports", "eBay reports"),
    ],
)
def test_a_sentence_begins_with_a_capital_but_for_names_that_are_written_small(text: str, wanted: str) -> None:
    assert _polisher(DE_EN)("Nach der Polizei", text) == wanted


def test_a_name_that_the_source_has_twice_in_two_forms_stays_twice() -> None:
    matches = [match("Putin", "Putin"), match("Putin", "Putins")]
    text = "Putin, Putin's adviser and the party"
    assert undouble(text, "Putin, Putins Berater und die Partei", matches) == text


@pytest.mark.parametrize("text", ["the US US-led coalition", "the US US,5", "15 5 people", "3.5 5 people"])
def test_a_copy_is_collapsed_only_where_it_is_a_word_of_its_own(text: str) -> None:
    new = "US" if "US" in text else "5"
    at = text.index("US") if new == "US" else text.index(" 5 ") + 1
    assert _collapse(text, new, at) == text


def ladder(source: str, entry: Entry, first: str, engine: FakeEngine, pair: LangPair = DE_EN) -> tuple[_Ladder, Job]:
    glossary = Glossary([entry])
    (segment,) = find_terms([Segment("s", source)], glossary, pair)
    job = Job(source, engine.tokenizer.encode([source])[0], segment.terms, Candidate(first, None, frozenset({0})))
    return _Ladder(engine, pair.target, Rules(glossary, pair), 4), job


LAVROV = Entry("Lawrow", "Lavrov", "person", "m")


@pytest.mark.parametrize(
    ("text", "at", "prefix"),
    [
        ("Here (xyzzy) speaks.", 6, "Here (Lavrov"),
        ("Here “xyzzy” speaks.", 6, "Here “Lavrov"),
        ("The anti-xyzzy camp.", 9, "The anti-Lavrov"),
        ("Here xyzzy speaks.", 5, "Here Lavrov"),
        ("“Yes” speaks.", 5, "“Yes” Lavrov"),
        ("xyzzy speaks.", 0, "Lavrov"),
    ],
)
def test_a_spliced_name_leans_on_what_its_place_leans_on(
    text: str, at: int, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    steps, job = ladder("Hier spricht Lawrow.", LAVROV, text, engine)
    monkeypatch.setattr(_Ladder, "_places", lambda *_: [at])
    ((first, *_),) = steps._plan([job], {id(job): job.best})
    assert engine.tokenizer.decode([first[0]]) == [prefix]


def test_an_n_best_hypothesis_with_the_name_right_is_taken() -> None:
    engine = FakeEngine({"Lawrow": "Foreign", "sagt": "says"}, {"Lawrow": ["Lavrov"]})
    steps, job = ladder("Lawrow sagt.", LAVROV, "Foreign says.", engine)
    steps.n_best([job])
    assert (job.best.text, job.best.note) == ("Lavrov says.", "n-best")


def test_a_surrogate_name_said_twice_is_not_left_standing() -> None:
    engine = FakeEngine({"Martin": "Martin and Martin", "sagt": "says"})
    steps, job = ladder("Lawrow sagt.", LAVROV, "He says.", engine)
    steps.surrogate([job])
    assert job.best.text == "He says."


def test_a_surrogate_name_inside_another_word_is_not_taken_for_it() -> None:
    engine = FakeEngine({"Martin": "Martinique", "sagt": "says"})
    steps, job = ladder("Lawrow sagt.", LAVROV, "He says.", engine)
    steps.surrogate([job])
    assert job.best.text == "He says."


def test_the_surrogate_has_the_genitive_of_the_source_language() -> None:
    engine = Recorder({"Lavrov's": "seine", "speech": "Rede"})
    steps, job = ladder("Lavrov's speech.", LAVROV, "seine Rede.", engine, LangPair("en", "de"))
    steps.surrogate([job])
    sources = [" ".join(pieces) for pieces in engine.batches]
    assert any("Martin's" in source for source in sources)
    assert not any("Martins" in source for source in sources)


def test_an_overlong_sentence_is_never_decoded_whole() -> None:
    engine = Recorder({"Lawrow": "Lawrof"})
    source = "Wort " * 200 + "Lawrow."
    result = mend(source, Entry("Lawrow", "Lavrov", "person", "m"), engine)
    assert max(map(len, engine.batches)) <= engine.model.max_pieces
    assert result.target.endswith("Lavrov.")


def test_a_marked_sentence_beyond_the_positions_of_the_model_is_translated(cache: Path) -> None:
    engine = load_engine(models.find_model(), threads=1)
    source = "Der Mann sagte das" + " und der Hund ging in das große Haus" * 80 + "."
    pieces = engine.tokenizer.encode([source])[0]
    assert len(pieces) > 512
    (weights,) = engine.align([pieces], [pieces], "en")
    assert [len(row) for row in weights] == [len(pieces)] * len(pieces)
    (result,) = translate_segments([Segment("s", source, (Mark(1, MarkKind.PAIR, Span(4, 8), "<b>"),))], engine, "en")
    assert result.target[slice(*result.marks[0].span)]


def test_a_paragraph_of_many_lines_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        raw = "\n".join(f"Das ist der **Satz** {n} hier." for n in range(count)).encode()
        doc = read_document(raw, path="a.md")
        started = time.process_time()
        found = {s.id: Translation(s.id, s.source, s.marks) for s in cut(doc, "de")}
        assert join(doc, "de", found)[doc.blocks[0].id] == doc.blocks[0]
        return time.process_time() - started

    small = max(seconds(1000), 0.01)
    assert seconds(8000) < 30 * small


def test_lines_of_sentences_are_counted_in_a_paragraph() -> None:
    doc = read_document(b"Eins. Zwei.\nDrei.\nVier und\nmehr. Ende.\n", path="a.md")
    assert [s.line for s in cut(doc, "de")] == [1, 1, 2, 3, 4]


def test_lost_names_are_looked_for_in_sentences_that_have_them_only() -> None:
    names = [f"Name{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{chr(97 + n // 676)}" for n in range(3000)]
    segment, translation = Segment("s", "Danfrieds Rede kam an."), Translation("s", "The speech arrived.")
    started = time.process_time()
    for _ in range(100):
        assert with_lost_names(segment, translation, names) is None
    assert time.process_time() - started < 3
    assert with_lost_names(segment, translation, ["Danfried"]) is not None
    compound = Segment("s", "Die Schmidt-Rottluff-Schau kam an.")
    assert with_lost_names(compound, translation, ["Schmidt-Rottluff"]) is not None


def test_thousands_may_be_parted_by_a_space_in_german() -> None:
    (term,) = numeral_terms("It cost 1,234,567 crowns.", "en")
    assert {"1.234.567", "1234567", "1\u00a0234\u00a0567", "1\u202f234\u202f567"} <= set(term.accepted)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MT_PUBLISH_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(models.shipped_folder(), tmp_path / "model"))


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "vocab.json"])
@pytest.mark.parametrize("content", ["{", "[1]"])
def test_broken_json_of_a_model_is_told(copied: Path, name: str, content: str) -> None:
    (copied / name).write_text(content)
    with pytest.raises(ModelNotFoundError, match="broken JSON"):
        models.find_model(str(copied))


def test_a_model_of_another_language_is_refused(copied: Path) -> None:
    vocab = json.loads((copied / "vocab.json").read_text("utf-8"))
    plain = {p.replace(">>", "__") if p.startswith(">>") else p: i for p, i in vocab.items()}
    (copied / "vocab.json").write_text(json.dumps(plain))
    (copied / "tokenizer_config.json").write_text('{"source_lang": "fr", "target_lang": "en"}')
    with pytest.raises(ModelNotFoundError, match="'fr'"):
        models.find_model(str(copied), DE_EN)
    (copied / "tokenizer_config.json").write_text('{"source_lang": "gmw", "target_lang": "en"}')
    assert models.find_model(str(copied), DE_EN).target == "en"


def test_a_name_that_is_no_hub_id_is_told() -> None:
    with pytest.raises(ModelNotFoundError):
        models.find_model("foo bar/baz")


def test_separate_vocabularies_of_unequal_size_are_converted_whole(copied: Path) -> None:
    from safetensors.numpy import load_file, save_file

    vocab = json.loads((copied / "vocab.json").read_text("utf-8"))
    config = json.loads((copied / "config.json").read_text("utf-8"))
    extra = 5
    pad = vocab.pop("<pad>")
    longer = vocab | {f"unused{n}": pad + n for n in range(extra)} | {"<pad>": pad + extra}
    (copied / "target_vocab.json").write_text(json.dumps(longer))
    (copied / "config.json").write_text(json.dumps(config | {"share_encoder_decoder_embeddings": False}))
    weights = load_file(copied / "model.safetensors")
    shared = weights.pop("model.shared.weight")
    wide = np.concatenate([shared[:-1], np.zeros((extra, shared.shape[1]), shared.dtype), shared[-1:]])
    weights |= {"model.encoder.embed_tokens.weight": shared.copy(), "model.decoder.embed_tokens.weight": wide}
    weights["lm_head.weight"] = wide.copy()
    bias = np.full((1, len(wide)), -1e4, np.float32)
    bias[0, : len(shared) - 1] = weights.get("final_logits_bias", np.zeros((1, len(shared))))[0, :-1]
    weights["final_logits_bias"] = bias
    save_file(weights, copied / "model.safetensors")
    engine = load_engine(models.find_model(str(copied)), threads=1, compute_type="float32")
    ours = load_engine(models.find_model(), threads=1, compute_type="float32")
    batch = engine.tokenizer.encode(["Der Hund ging in das Haus."])
    assert engine.translate(batch, "en")[0][0].pieces == ours.translate(batch, "en")[0][0].pieces


def test_what_lost_a_name_is_mended_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    # ten thousand sentences at once took half a gigabyte
    monkeypatch.setattr(decode, "CHUNKS", (2, 3))
    sizes: list[int] = []
    enforce = decode.ladder.enforce

    def watched(jobs: Sequence[Job], *args: object, **options: object) -> list[Candidate]:
        sizes.append(len(jobs))
        return enforce(jobs, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(decode.ladder, "enforce", watched)
    glossary = Glossary([Entry("Danfried", "Danfried", "dnt")])
    segments = find_terms([Segment(f"s{n}", f"Danfried kam {n} Mal.") for n in range(7)], glossary, DE_EN)
    wrong = [Translation(segment.id, f"Danfreid kam {n} Mal.") for n, segment in enumerate(segments)]
    mended = decode.mend_segments(segments, wrong, FakeEngine(), "en", rules=Rules(glossary, DE_EN))
    assert [t.target for t in mended] == [f"Danfried kam {n} Mal." for n in range(7)]
    assert sizes == [2, 3, 2]


def test_lost_names_are_found_by_their_first_word_alone() -> None:
    names = ["Danfried", "Danfrieds", "Schmidt-Rottluff", "Rottluff", "Strauss"]
    sources = [
        "Danfrieds Rede.",
        "Schmidt-Rottluffs Bild.",
        "Schmidts-Rottluff und Strauss.",
        "Der Strausss.",
        "Niemand.",
    ]
    segments = [Segment(f"s{n}", source) for n, source in enumerate(sources)]
    translations = [Translation(segment.id, "Nothing.") for segment in segments]
    one_by_one = {n: with_lost_names(s, t, names) for n, (s, t) in enumerate(zip(segments, translations, strict=True))}
    found = lost_names(segments, translations, names)
    assert found == {n: segment for n, segment in one_by_one.items() if segment is not None}
    assert list(found) == [0, 1, 2, 3]
