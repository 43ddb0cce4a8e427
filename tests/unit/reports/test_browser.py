"""The HTML report in a real browser, where one is installed: hostile text does not run, the page's own script does."""

from __future__ import annotations

import html as escapes
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mt_publish.reports import html
from mt_publish.types import Entry, Finding, LangPair, Run, RunDocument, Segment, Severity, Span, TermMatch, Translation

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")]

EVIL = (
    "</script></style></title></textarea><script>document.title='RAN'</script>"
    "<img src=x onerror=\"document.title='RAN'\"><svg onload=\"document.title='RAN'\">\"'"
)


def dump(tmp_path: Path, text: str, width: int = 1280) -> tuple[str, str]:
    """(DOM after load, what the browser logged)."""
    page = tmp_path / "report.html"
    page.write_text(text, encoding="utf-8")
    assert BROWSER is not None
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}",
        "--enable-logging=stderr", "--virtual-time-budget=3000", f"--window-size={width},900", "--dump-dom",
        page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr


def hostile_run() -> Run:
    term = TermMatch(Entry(EVIL, EVIL), Span(0, 4), EVIL, EVIL, (EVIL,))
    document = RunDocument(
        path=EVIL,
        output=None,
        format="text",
        pair=LangPair("de", "en"),
        sha256=EVIL,
        segments=(Segment("s1", EVIL, terms=(term,)), Segment("s2", "Hallo")),
        translations=(Translation("s1", EVIL, repairs=(EVIL,)), Translation("s2", "Hello")),
        findings=(Finding(EVIL, Severity.ERROR, "s1", EVIL, Span(0, 9), Span(3, 9), EVIL),),
        references=((EVIL,), ("Hi",)),
    )
    return Run(EVIL, EVIL, {EVIL: EVIL}, (document,))


def test_hostile_text_does_not_run_and_the_filters_work_without_console_errors(tmp_path: Path) -> None:
    dom, log = dump(tmp_path, html.render(hostile_run()))
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert title is not None
    assert title[1].startswith("Translation report: ")
    assert "2 of 2 segments" in dom
    assert 'id="filters" role="search"' in dom  # the page's script has taken "hidden" away
    assert "CONSOLE" not in log


AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))
"""The script of axe-core, which `npm install axe-core` fetches; it is no part of the project."""


@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core; npm install axe-core, or name axe.min.js in AXE")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_against_accessibility(tmp_path: Path, width: int, dark: bool) -> None:
    text = html.render(hostile_run()).replace("prefers-color-scheme:dark", f"min-width:{0 if dark else 9999}px")
    # the page's policy allows its own script only; here it has to make room for axe
    text = re.sub(r"<meta http-equiv=.?Content-Security-Policy[^>]*>", "", text, flags=re.IGNORECASE)
    run = "axe.run().then(r => { document.title = JSON.stringify([r.passes.length, r.violations.map(v => v.id)]); });"
    dom, _ = dump(
        tmp_path, text.replace("</body>", f"<script>{AXE.read_text('utf-8')}</script><script>{run}</script>"), width
    )
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert title is not None
    passes, violations = json.loads(escapes.unescape(title[1]))
    assert passes > 10
    assert violations == []
