from __future__ import annotations

import pytest

from mt_publish.formats import read_document
from mt_publish.quality.ignores import drop_ignored, inline_ignores
from mt_publish.types import Finding, Severity

RULE = "<!-- mtp: ignore[MTP301] -->"


@pytest.mark.parametrize(
    ("path", "text", "silent"),
    [
        ("a.html", f"<p>A eins.</p>{RULE}<p>B zwei.</p><p>C drei.</p>", ["B zwei."]),
        ("a.html", f"<p>A eins {RULE} und.</p><p>B zwei.</p>", ["A eins und."]),
        ("a.html", f"<p>A eins.{RULE}</p><p>B zwei.</p>", ["A eins."]),
        ("a.html", f"<p>A eins.</p>\n{RULE}\n<p>B zwei.</p>", ["B zwei."]),
        ("a.md", f"{RULE}\n\nA eins.\n\nB zwei.\n", ["A eins."]),
        ("a.md", f"A eins\nund so. {RULE}\n\nB zwei.\n", ["A eins und so."]),
        ("a.html", f"<p>A eins <img alt='Bild'> und {RULE}</p><p>B zwei.</p>", ["A eins und", "Bild"]),
        ("a.md", f"A eins.\n\nB zwei.\n{RULE}\n", []),
        ("a.md", f"- A eins.\n- B zwei. {RULE}\n- C drei.\n", ["B zwei."]),
    ],
)
def test_a_comment_silences_the_block_that_it_stands_in_or_before(path: str, text: str, silent: list[str]) -> None:
    doc = read_document(text.encode(), path=path)
    inline = inline_ignores(doc.text, doc.blocks)
    findings = [Finding("MTP301", Severity.ERROR, f"{b.id}.s1", "x", path=path, line=b.line) for b in doc.blocks]
    kept = drop_ignored(findings, path, inline=inline, blocks=doc.blocks, per_file={})
    texts = {f"{block.id}.s1": block.text.strip() for block in doc.blocks}
    assert [texts[f.segment_id or ""] for f in findings if f not in kept] == silent


def test_a_finding_on_the_file_is_silenced_by_its_line() -> None:
    doc = read_document(f"A eins.\n\nB zwei. {RULE}\n".encode(), path="a.md")
    inline = inline_ignores(doc.text, doc.blocks)
    findings = [Finding("MTP301", Severity.ERROR, None, "x", path="a.md", line=line) for line in (1, 3)]
    assert [f.line for f in drop_ignored(findings, "a.md", inline=inline, blocks=doc.blocks, per_file={})] == [1]
