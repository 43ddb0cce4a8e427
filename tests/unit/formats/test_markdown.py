"""Markdown: which places are blocks and what their markup is; front matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mt_publish.formats import check_structure, read_document, write_document
from mt_publish.types import Block, MarkKind, Span


def blocks(text: str) -> tuple[Block, ...]:
    return read_document(text.encode(), path="a.md").blocks


def kinds(text: str) -> list[tuple[str, str]]:
    return [(b.kind, b.text) for b in blocks(text)]


def translated(text: str, **by_source: str) -> str:
    """The document with the text of some blocks replaced (spaces in the source written as underscores)."""
    doc = read_document(text.encode(), path="a.md")
    new = {
        b.id: replace(b, text=by_source[b.text.replace(" ", "_")])
        for b in doc.blocks
        if b.text.replace(" ", "_") in by_source
    }
    assert len(new) == len(by_source)
    return write_document(doc, new).decode()


def test_kinds_of_leaf_blocks() -> None:
    text = "# A #\n\nB\n=\n\nC\n\n- D\n  - [x] E\n\n> F\n\n|G|H|\n|-|-|\n|I|J|\n\n[^1]: K\n\nL\n: M\n"
    assert kinds(text) == [
        ("heading", "A"),
        ("heading", "B"),
        ("paragraph", "C"),
        ("item", "D"),
        ("item", "E"),
        ("quote", "F"),
        ("cell", "G"),
        ("cell", "H"),
        ("cell", "I"),
        ("cell", "J"),
        ("footnote", "K"),
        ("item", "L"),
        ("item", "M"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```py\nx\n```\n",
        "~~~\nx\n~~~\n",
        "    x\n",
        "[x]: http://y\n",
        "$$\nx\n$$\n",
        "<!-- x -->\n",
        "<script>\nx\n</script>\n",
        "![](y)\n",
        "`x`\n",
        "https://x.y\n",
        "***\n",
    ],
)
def test_code_math_definitions_and_images_are_no_blocks(text: str) -> None:
    assert blocks(text) == ()


def test_html_blocks_in_lists_and_notes_are_read() -> None:
    source = (
        "- Eins\n\n  <div title='Kopf'>\n  Der *Hund*\n  ist da.\n  </div>\n\n"
        "- <p>Der Vogel.</p>\n\n  1. <p>Die Katze.\n\n[^1]: <p>Die Note.\n    Weiter.</p>\n\nText[^1]\n"
    )
    found = [block.text for block in blocks(source)]
    assert found == ["Eins", "Kopf", "Der *Hund* ist da.", "Der Vogel.", "Die Katze.", "Die Note. Weiter.", "Text"]
    output = translated(source, **{"Der_*Hund*_ist_da.": "The *dog* is there.", "Die_Note._Weiter.": "The note. On."})
    assert "  <div title='Kopf'>\n  The *dog* is there.\n  </div>" in output
    assert "[^1]: <p>The note.\n    On.</p>" in output
    assert blocks(output)[2].text == "The *dog* is there."


def test_html_blocks_in_quotations_stay() -> None:
    assert kinds("> <p>Der Hund\n> ist da.</p>\n") == []


def test_inline_markup() -> None:
    block, _ = blocks("*a* **b** ***c*** ~~d~~ un**e**f [g *h*](u 't') _i_ snake_case_j 2 * 3 * 4.")
    assert block.text == "a b c d unef g h i snake_case_j 2 * 3 * 4."
    assert [(m.name, block.text[m.span.start : m.span.end], m.open, m.close) for m in block.marks] == [
        ("em", "a", "*", "*"),
        ("strong", "b", "**", "**"),
        ("em", "c", "*", "*"),
        ("strong", "c", "**", "**"),
        ("del", "d", "~~", "~~"),
        ("strong", "e", "**", "**"),
        ("a", "g h", "[", "](u 't')"),
        ("em", "h", "*", "*"),
        ("em", "i", "_", "_"),
    ]


@pytest.mark.parametrize(
    ("source", "name", "shown"),
    [
        ("`` a`b ``", "code", "a`b"),
        ("![a *b*](c)", "image", "a b"),
        ("<http://a.b>", "url", "http://a.b"),
        ("<a@b.de>", "email", "a@b.de"),
        ("https://a.b/c_d_e", "url", "https://a.b/c_d_e"),
        ("[^note]", "footnote", ""),
        ("^[note here]", "footnote", ""),
        ("$x^2$", "math", "x^2"),
        ("<kbd>a</kbd>", "kbd", "a"),
        ("<span translate='no'>a b</span>", "notranslate", "a b"),
        ("{{< ref x >}}", "placeholder", "{{< ref x >}}"),
    ],
)
def test_void_marks(source: str, name: str, shown: str) -> None:
    block = blocks(f"Eins {source} zwei")[0]
    assert block.text == "Eins zwei"
    assert [(m.kind, m.open, m.name, m.shown) for m in block.marks] == [(MarkKind.VOID, " " + source, name, shown)]


def test_texts_of_images_between_blocks_are_blocks() -> None:
    assert kinds("![Ein *Bild*](a.png)\n\n[![Zwei](b)](c)\n") == [("attribute", "Ein Bild"), ("attribute", "Zwei")]
    assert kinds("![Eins](a) Text\n") == [("paragraph", "Text"), ("attribute", "Eins")]
    assert translated("![Bild](a.png)\n", Bild="a] *b*") == "![a\\] \\*b\\*](a.png)\n"


def held(text: str) -> list[tuple[str, str]]:
    """Texts of attributes with the text of the block that holds each ("" for none)."""
    found = blocks(text)
    by_id = {b.id: b.text for b in found}
    return [(b.text, by_id.get(b.within, "")) for b in found if b.kind == "attribute"]


def test_texts_of_images_and_titles_inside_a_sentence_are_blocks_within_it() -> None:
    assert held('Text ![ein *Bild*](b "und Titel") und [Link](u \'mit "Titel"\') hier.\n') == [
        ("ein Bild", "Text und Link hier."),
        ("und Titel", "Text und Link hier."),
        ('mit "Titel"', "Text und Link hier."),
    ]
    assert held('[Link](u "Titel")\n') == [("Titel", "")]
    assert held("| A ![Bild](b) c | D |\n|-|-|\n| E [f](g (Titel)) h | I |\n") == [
        ("Bild", "A c"),
        ("Titel", "E f h"),
    ]
    assert held('Text <abbr title="Europäische Union">EU</abbr> und <img alt="Bild"> hier.\n') == [
        ("Europäische Union", "Text EU und hier."),
        ("Bild", "Text EU und hier."),
    ]
    assert held('> Text ![ein\n> Bild](b "ein\n> Titel") hier\n') == [
        ("ein Bild", "Text hier"),
        ("ein Titel", "Text hier"),
    ]


def test_an_image_in_the_text_of_another_counts_once() -> None:
    assert held("Text ![a ![innen](b) c](d) hier\n") == [("innen", "Text hier")]
    assert held('Text ![a [b](c "innen") d](e) hier\n') == [("a b d", "Text hier")]


def test_the_text_of_an_image_that_names_its_target_stays() -> None:
    assert held("Text ![Bild] und ![Zwei][] und ![Drei][Bild] hier\n\n[Bild]: a.png\n[Zwei]: b.png\n") == [
        ("Drei", "Text und und hier")
    ]
    assert held("![Bild]\n\n[Bild]: a.png\n") == []


def test_titles_of_reference_definitions_are_blocks() -> None:
    source = (
        'Ein [Link][a], [zwei][b], [drei][c].\n\n[a]: http://x.y "Der \\"Titel\\" hier"\n'
        "> [b]: <u v>\n>   'Zwei &amp; drei'  \n\n[c]: z (Noch einer)\n\n    [d]: kein \"Titel hier\"\n"
    )
    titles = ['Der "Titel" hier', "Zwei & drei", "Noch einer"]
    assert held(source) == [(title, "") for title in titles]
    assert translated(source) == source
    changed = translated(source, **{title.replace(" ", "_"): 'a (new) "title" isn\'t' for title in titles})
    assert held(changed) == [('a (new) "title" isn\'t', "")] * 3


def test_texts_in_markup_are_written_where_it_stands() -> None:
    source = 'Ein ![altes Bild](b "der Titel") und [Link](u (mit Titel)) hier.\n'
    assert translated(source) == source
    # the sentence itself unchanged: only the places of the texts are edited
    assert translated(source, altes_Bild="an [old] picture") == source.replace("altes Bild", "an \\[old\\] picture")
    assert translated(source, der_Titel='the "title"') == source.replace("der Titel", 'the \\"title\\"')
    assert translated(source, mit_Titel='a (round) "title" \\') == source.replace(
        "mit Titel", 'a \\(round\\) "title" \\\\'
    )
    doc = read_document(source.encode(), path="a.md")
    text = doc.blocks[0]
    image, link = text.marks
    moved = replace(
        text,
        text="A link and a picture.",
        marks=(replace(image, span=Span(12, 12)), replace(link, span=Span(2, 6))),
    )
    new = {b.id: replace(b, text=b.text.upper()) for b in doc.blocks[1:]} | {text.id: moved}
    output = write_document(doc, new)
    assert output.decode() == 'A [link](u (MIT TITEL)) and a ![ALTES BILD](b "DER TITEL") picture.\n'
    assert check_structure(doc, output) == []


def test_a_translated_text_in_markup_survives_a_table_and_a_line_break() -> None:
    source = "| A ![ein \\| Bild](b) c |\n|-|\n"
    assert held(source) == [("ein | Bild", "A c")]
    assert translated(source, **{"ein_|_Bild": "a | picture"}) == source.replace("ein \\| Bild", "a \\| picture")


def test_an_image_at_the_edge_of_its_translation_is_no_structural_change() -> None:
    doc = read_document("Ein ![Bild](b) hier. Zwei.\n\nDrei [vier](u 'Titel') fünf.\n".encode(), path="a.md")
    text, alt = doc.blocks[:2]
    end = replace(text, text="One here. Two.", marks=(replace(text.marks[0], span=Span(0, 0)),))
    output = write_document(doc, {text.id: end, alt.id: replace(alt, text="Picture")})
    assert output.decode().startswith("![Picture](b) One here. Two.\n")
    assert check_structure(doc, output) == []
    assert check_structure(doc, output.replace(b"](b)", b"](c)")) != []


def test_escapes_and_entities_are_decoded() -> None:
    assert blocks(r"\*a\* 1\. \[b\] &amp; &uuml; AT&T \q")[0].text == "*a* 1. [b] & ü AT&T \\q"


def test_soft_breaks_are_gaps_with_their_prefix() -> None:
    (block,) = blocks("> eins\n> zwei\nfaul\n")
    assert block.text == "eins zwei faul"
    assert [(block.text[s.start : s.end], literal) for s, literal in block.gaps] == [(" ", "\n> "), (" ", "\n")]


def test_hard_breaks_end_blocks() -> None:
    assert [b.text for b in blocks("eins  \nzwei\\\ndrei<br>vier")] == ["eins", "zwei", "drei", "vier"]


def test_emphasis_over_a_hard_break_makes_two_halves() -> None:
    one, two = blocks("a *b  \nc* d")
    assert [(m.open, m.close) for m in one.marks] == [("*", "")]
    assert [(m.open, m.close) for m in two.marks] == [("", "*")]


def test_money_is_no_math() -> None:
    assert blocks("Zwischen $5 und 10$ oder US$7.")[0].marks == ()


def test_shortcut_references_keep_their_target_when_their_text_changes() -> None:
    text = "Siehe [das Amt] und [das Amt][].\n\n[das Amt]: http://a.b\n"
    doc = read_document(text.encode(), path="a.md")
    (block,) = doc.blocks
    one, two = (replace(m, span=span) for m, span in zip(block.marks, (Span(4, 14), Span(19, 23)), strict=True))
    output = write_document(doc, {"b1": replace(block, text="See the office and that.", marks=(one, two))})
    assert output.decode().startswith("See [the office][das Amt] and [that][das Amt].\n")
    assert check_structure(doc, output) == []


def test_brackets_are_escaped_where_references_are_defined() -> None:
    assert translated("Wort\n\n[x]: u\n", Wort="a [x] b") == "a \\[x\\] b\n\n[x]: u\n"
    assert translated("Wort\n", Wort="a [x] b") == "a [x] b\n"


def test_html_tags_are_pairs_only_when_they_nest() -> None:
    (block,) = blocks("<b>a *b*</b> c <i>d *e</i> f* <u>g")
    assert [(m.kind, m.name) for m in block.marks if m.name in "biu"] == [
        (MarkKind.PAIR, "b"),
        (MarkKind.VOID, "i"),
        (MarkKind.VOID, "i"),
        (MarkKind.VOID, "u"),
    ]


def test_html_blocks_are_read_as_html() -> None:
    found = blocks("Vorher\n\n<div align=center>\n<p>Ein <b>Wort</b></p>\n</div>\n\nNachher *x*\n")
    assert [(b.text, b.escape) for b in found] == [
        ("Vorher", "markdown"),
        ("Ein Wort", "html"),
        ("Nachher x", "markdown"),
    ]


def test_pipes_in_cells() -> None:
    found = blocks("| a \\| b | `c\\|d` e |\n|---|---|\n| f | g | h |\n| i |\n")
    assert [b.text for b in found] == ["a | b", "e", "f", "g", "i"]
    assert found[1].marks[0].open == "`c\\|d` "


def test_tables_in_containers() -> None:
    assert [
        b.text for b in blocks("> | a | b |\n> |---|---|\n> | c | d |\n\n- x\n\n  | e |\n  |---|\n  | f |\n")
    ] == list("abcdxef")


def test_alerts_and_containers_keep_their_marker() -> None:
    assert kinds("> [!NOTE]\n> Text\n\n::: tip\nRat\n:::\n") == [("quote", "Text"), ("paragraph", "Rat")]


def test_heading_anchors_stay_outside() -> None:
    (block,) = blocks("## Titel {#anker}\n")
    assert (block.text, block.marks) == ("Titel", ())


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_front_matter_fields_for_readers_are_blocks(newline: str) -> None:
    lines = [
        "---",
        "title: Ein Titel # c",
        'summary: "a \\"b\\""',
        "lead: 'it''s'",
        "tags: [a]",
        "slug: b",
        "---",
        "Text",
    ]
    found = blocks(newline.join(lines))
    assert [(b.kind, b.text, b.line) for b in found] == [
        ("field", "Ein Titel", 2),
        ("field", 'a "b"', 3),
        ("field", "it's", 4),
        ("paragraph", "Text", 8),
    ]


@pytest.mark.parametrize(
    ("source", "text", "written"),
    [
        ("x", "Plain text", "Plain text"),
        ("x", "Now: with colon", '"Now: with colon"'),
        ("x", "- dash", '"- dash"'),
        ("x", "Yes", '"Yes"'),
        ("x", "2024", '"2024"'),
        ("x", "a #b", '"a #b"'),
        ("x", "it's", "it's"),
        ("'x'", "it's: so", "'it''s: so'"),
        ('"x"', 'a "b" \\ c', '"a \\"b\\" \\\\ c"'),
    ],
)
def test_front_matter_keeps_its_quotes_and_adds_them_where_needed(source: str, text: str, written: str) -> None:
    assert translated(f"---\ntitle: {source} # c\n---\n", x=text) == f"---\ntitle: {written} # c\n---\n"


def test_folded_and_literal_scalars() -> None:
    found = blocks("---\nlead: >-\n  eins\n  zwei\n\n  drei\nteaser: |\n  vier\n  fünf\n---\n")
    assert [b.text for b in found] == ["eins zwei", "drei", "vier", "fünf"]


@pytest.mark.parametrize(
    "field",
    [
        "title: [a]",
        "title: {a: b}",
        "title: *a",
        "title: &a b",
        "title: a: b",
        'title: "offen',
        "title: a\n  b",
        "title:",
        "Title-X: a",
    ],
)
def test_front_matter_that_is_not_simple_is_left_alone(field: str) -> None:
    assert blocks(f"---\n{field}\n---\n") == ()


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert kinds("---\n\nText\n\n---\n") == [("paragraph", "Text")]


def test_toml_front_matter_is_left_alone() -> None:
    assert kinds('+++\ntitle = "a"\n+++\nText\n') == [("paragraph", "Text")]


def test_code_in_html_goes_on_over_empty_lines() -> None:
    text = """Davor.

<details>
<summary>Beispiel</summary>
<pre><code>print("Guten Tag")

print("Ende")

    print("x")
</code></pre>
<p>Danach</p>
</details>

Zum Schluss.
"""
    doc = read_document(text.encode(), path="a.md")
    assert [block.text for block in doc.blocks] == ["Davor.", "Beispiel", "Danach", "Zum Schluss."]


def test_code_in_html_that_never_ends_is_no_prose() -> None:
    text = "Davor.\n\n<div>\n<script>\nlet x = 1;\n\nlet guten = 2;\n"
    assert [block.text for block in read_document(text.encode(), path="a.md").blocks] == ["Davor."]
