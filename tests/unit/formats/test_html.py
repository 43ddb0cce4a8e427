"""HTML: what is a block, what is markup in one, what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mt_publish.formats import check_structure, html_lang_spans, read_document, write_document
from mt_publish.types import Block, MarkKind, Span


def blocks(text: str) -> tuple[Block, ...]:
    return read_document(text.encode(), path="a.html").blocks


def texts(text: str) -> list[str]:
    return [b.text for b in blocks(text)]


def test_block_level_tags_and_breaks_end_blocks() -> None:
    assert texts("<h1>A</h1>B<p>C<br>D<hr/>E<div>F<div>G</div>H</div>") == list("ABCDEFGH")


def test_end_tags_may_be_left_out() -> None:
    assert texts("<ul><li>a<li>b</ul><table><tr><td>c<td>d</table><p>e<p>f") == list("abcdef")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<h2>x</h2>", "heading"),
        ("<td>x", "cell"),
        ("<li>x", "item"),
        ("<li><p>x</p>", "item"),
        ("<figcaption>x", "caption"),
        ("<blockquote><p>x", "quote"),
        ("<title>x</title>", "attribute"),
        ("<div>x", "paragraph"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert [b.kind for b in blocks(text)] == [kind]


def test_inline_tags_are_pairs_inside_the_sentence() -> None:
    (block,) = blocks("<p>Ein <b><i>sehr</i></b> un<u>der</u>line <A HREF='a>b'>Link</A>.</p>")
    assert block.text == "Ein sehr underline Link."
    assert [(m.name, block.text[m.span.start : m.span.end], m.open, m.floating) for m in block.marks] == [
        ("b", "sehr", "<b>", True),
        ("i", "sehr", "<i>", True),
        ("u", "der", "<u>", True),
        ("a", "Link", "<A HREF='a>b'>", False),
    ]


def test_a_tag_with_an_id_may_not_be_doubled() -> None:
    (block,) = blocks("x <b id=a>y</b> z")
    assert [m.floating for m in block.marks] == [False]


def test_white_space_is_collapsed_and_line_breaks_are_gaps() -> None:
    (block,) = blocks("<p>\n  Ein   Satz\n  bricht <b> hier </b>  um.\n</p>")
    assert block.text == "Ein Satz bricht hier um."
    assert [literal for _, literal in block.gaps] == ["\n  "]
    assert block.text[block.marks[0].span.start : block.marks[0].span.end] == "hier"


def test_entities_are_decoded_and_bare_ampersands_kept() -> None:
    assert texts("M&uuml;ller &amp; S&#246;hne &#x20AC;5 AT&T &copy2024 &foo; &lt;b&gt;") == [
        "Müller & Söhne €5 AT&T ©2024 &foo; <b>"
    ]


def test_soft_hyphens_and_word_breaks_disappear_from_the_text() -> None:
    assert texts("Donau&shy;dampf<wbr>schiff<wbr/>fahrt") == ["Donaudampfschifffahrt"]


@pytest.mark.parametrize("tag", ["code", "kbd", "samp", "var", "math", "svg", "script", "style", "textarea"])
def test_protected_elements_are_one_void(tag: str) -> None:
    (block,) = blocks(f"Vor <{tag}>a <b>b</b></{tag}> nach.")
    assert block.text == "Vor nach."
    (mark,) = block.marks
    assert mark.kind is MarkKind.VOID
    assert mark.open == f" <{tag}>a <b>b</b></{tag}>"


def test_protected_blocks_are_left_alone() -> None:
    assert texts("<pre>a <b>b</b></pre><p translate=no>c</p><div class='x notranslate'><div>d</div>e</div><p>f") == [
        "f"
    ]


def test_a_protected_paragraph_without_end_tag_ends_at_the_next_block() -> None:
    assert texts("<p translate=no>nein<p>ja</p>") == ["ja"]


def test_translate_no_inside_a_sentence_is_a_void() -> None:
    (block,) = blocks("Die <span translate='no'>Bahn <b>AG</b></span> fährt.")
    assert (block.text, block.marks[0].shown) == ("Die fährt.", "Bahn AG")


def test_text_in_scripts_is_no_markup() -> None:
    assert texts("<script>if (a<b) document.write('<p>x</p>')</script><p>y</p><style>a>b{}</style>") == ["y"]


def test_attributes_between_blocks_are_blocks() -> None:
    found = blocks(
        "<img alt='Ein Bild' title=\"Ein &quot;Titel&quot;\"><input placeholder=Name type=submit value='Los'>"
    )
    assert [(b.text, b.kind, b.escape) for b in found] == [
        ("Ein Bild", "attribute", "html-attribute"),
        ('Ein "Titel"', "attribute", "html-attribute"),
        ("Name", "attribute", "html-attribute"),
        ("Los", "attribute", "html-attribute"),
    ]


def test_attributes_inside_a_sentence_are_blocks_within_it() -> None:
    found = blocks('<p>Text <a title=\'Titel\'>Link <img alt="Ein Bild" src=x></a> Text</p><p title="Drei">Vier</p>')
    assert [(b.text, b.within) for b in found] == [
        ("Text Link Text", ""),
        ("Titel", "b1"),
        ("Ein Bild", "b1"),
        ("Drei", ""),
        ("Vier", ""),
    ]


def test_an_attribute_at_the_edge_of_a_sentence_follows_it() -> None:
    found = blocks("<p><img alt=Bild src=x> Text</p>")
    assert [(b.text, b.within) for b in found] == [("Text", ""), ("Bild", "")]


@pytest.mark.parametrize(
    "source",
    [
        "<p>Text <code title='Nein'>x</code> Text",
        "<p>Text <a title='Ja' translate=no>Nein</a> Text",
        "<p>Text <span class=notranslate><img alt='Nein' src=x></span> Text",
    ],
)
def test_attributes_of_what_is_protected(source: str) -> None:
    inside = [b.text for b in blocks(source) if b.kind == "attribute"]
    assert inside == (["Nein"] if "<code" in source else [])


def test_texts_of_attributes_are_written_in_the_markup_wherever_it_goes() -> None:
    source = "<p>Ein <b>fetter</b> Satz <a href='u' title='Ein Titel'>mit Link</a> und <img alt=Bild src=x> hier.</p>"
    doc = read_document(source.encode(), path="a.html")
    text, title, alt = doc.blocks
    assert write_document(doc, {title.id: replace(title, text='A "title" & it\'s')}).decode() == source.replace(
        "Ein Titel", 'A "title" &amp; it&#39;s'
    )
    b, a, image = text.marks
    moved = replace(
        text,
        text="There is a link here.",
        marks=(
            replace(b, span=Span(0, 5)),
            replace(a, span=Span(11, 15)),
            replace(image, span=Span(21, 21)),
        ),
    )
    output = write_document(
        doc,
        {text.id: moved, title.id: replace(title, text="A title"), alt.id: replace(alt, text="A picture")},
    )
    assert output.decode() == (
        "<p><b>There</b> is a <a href='u' title='A title'>link</a> here. <img alt=\"A picture\" src=x></p>"
    )
    assert check_structure(doc, output) == []
    assert check_structure(doc, output.replace(b"href='u' ", b"")) != []


def test_meta_descriptions_are_translated_and_keywords_are_not() -> None:
    head = "<meta name=description content='Eins'><meta property='og:title' content='Zwei'>"
    head += "<meta name=keywords content='Drei'>"
    assert texts(head) == ["Eins", "Zwei"]


def test_a_line_break_in_bold_text_makes_two_halves() -> None:
    one, two = blocks("a <b>b<br>c</b> d")
    assert [(m.open, m.close) for m in one.marks] == [("<b>", "")]
    assert [(m.open, m.close) for m in two.marks] == [("", "</b>")]


def test_markup_around_a_whole_block_stays_outside() -> None:
    (block,) = blocks("<p><b><a href=x>Alles</a></b></p>")
    assert (block.text, block.marks) == ("Alles", ())


def test_a_pair_around_nothing_is_a_void() -> None:
    (block,) = blocks("a <a id=x></a>b<i class=icon> </i>c")
    assert block.text == "a b c"
    assert [(m.kind, m.open) for m in block.marks] == [
        (MarkKind.VOID, "<a id=x></a>"),
        (MarkKind.VOID, "<i class=icon> </i>"),
    ]


def test_a_pair_around_a_void_and_punctuation_is_a_void() -> None:
    (block,) = blocks("Siehe <b>„<code>x</code>“.</b> Dann <i>…</i> weiter")
    assert block.text == "Siehe Dann … weiter"
    assert [(m.kind, m.name, m.shown) for m in block.marks] == [(MarkKind.VOID, "b", "„x“."), (MarkKind.PAIR, "i", "")]


def test_templates_are_protected() -> None:
    (block,) = blocks("<p>Hallo {{ name }}, am <?= date('d>m') ?> ist {% if x %}alles{% endif %} gut.</p>")
    assert block.text == "Hallo, am ist alles gut."
    assert len(block.marks) == 4


def test_a_template_tag_may_hold_a_tag_end() -> None:
    assert texts("<div {% if a > b %}class=x{% endif %}>Text</div>") == ["Text"]


def test_angle_brackets_in_text_are_text() -> None:
    assert texts("a < b und 3<5 > 2 <3") == ["a < b und 3<5 > 2 <3"]


def test_comments_and_declarations_are_left_alone() -> None:
    assert texts("<!doctype html><!-- <p>a</p> --><?xml x?><p>b <!-- c --> d</p><![CDATA[ e ]]>") == ["b d"]


def test_unquoted_attributes_get_quotes_when_they_need_them() -> None:
    doc = read_document(b"<img alt=Bild src=x>", path="a.html")
    output = write_document(doc, {"b1": replace(doc.blocks[0], text='A "nice" image')})
    assert output == b'<img alt="A &quot;nice&quot; image" src=x>'
    assert check_structure(doc, output) == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<!doctype html>\n<html class='a' lang=\"de-AT\"><p>x", ["de-AT"]),
        ('<html xml:lang="de" class="a"><p>x', ["de"]),
        ('<html xml:lang="de" lang="de-CH" lang="en"><p>x', ["de-CH", "de"]),
        ('<html lang="" data-lang="de"><p>x', []),
        ('<p lang="de">x', []),
    ],
)
def test_the_language_of_the_page_can_be_found(page: str, found: list[str]) -> None:
    doc = read_document(page.encode(), path="a.html")
    assert [doc.text[span.start : span.end] for span in html_lang_spans(doc)] == found
    assert html_lang_spans(read_document(page.encode(), path="a.txt")) == []


def test_front_matter_is_read_as_in_markdown() -> None:
    page = "---\ntitle: Der Titel\nlayout: post\n---\n<p>Der <b>Text</b> ist da.</p>\n"
    doc = read_document(page.encode(), path="a.html")
    assert [(b.text, b.kind) for b in doc.blocks] == [("Der Titel", "field"), ("Der Text ist da.", "paragraph")]
    new = {b.id: replace(b, text=b.text.replace("Der", "The")) for b in doc.blocks}
    assert write_document(doc, new).decode() == page.replace("Der", "The")


@pytest.mark.parametrize("name", ["pre", "script", "style", "textarea"])
def test_code_whose_end_tag_is_missing_is_no_prose(name: str) -> None:
    assert texts(f"<p>Vorher</p><{name}>Guten Tag\n<b>Ende</b>") == ["Vorher"]
