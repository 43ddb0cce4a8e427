"""Translation edit rate, equal to sacreBLEU's to the edit and many times faster.

TER (Snover et al. 2006) greedily shifts stretches of the hypothesis as long as that lowers the edit distance to the
reference. Nearly all time goes into the distances of candidate shifts. sacreBLEU computes each by a beam over a Python
table; here the sentence pair becomes two strings with one character a word, and a bit-parallel Levenshtein distance
(rapidfuzz) does the same work. Only the alignment of each round needs the table itself.

The beam changes nothing as long as every optimal path lies inside it. For a hypothesis of n words, a reference of m
words and distance d, a path leaves the pseudo-diagonal by at most (d + |m - n|) / 2 + 1 cells. Pairs beyond that are
handed to sacreBLEU, so that the result is always its result.
"""

from __future__ import annotations

from collections.abc import Sequence

_BEAM_WIDTH = 25
_MAX_SHIFT_SIZE = 10
_MAX_SHIFT_DIST = 50
_MAX_SHIFT_CANDIDATES = 1000
# Above this many distinct words the one-character-a-word encoding would reach the surrogate range.
_MAX_VOCABULARY = 0xD800


def edit_rate(hyp: Sequence[str], ref: Sequence[str]) -> tuple[int, int]:
    """Number of edits (shifts included) that turn `hyp` into `ref`, and the length of `ref`.

    Args:
        hyp: Tokens of the hypothesis, prepared by sacreBLEU's Tercom tokeniser.
        ref: Tokens of one reference.

    Returns:
        (edits, reference tokens); for an empty reference the edits are the tokens of the hypothesis.
    """
    n, m = len(hyp), len(ref)
    if m == 0:
        return n, 0
    if n == 0:
        return m, m
    codes: dict[str, str] = {}
    text = "".join([codes.setdefault(word, chr(min(len(codes), _MAX_VOCABULARY - 1))) for word in hyp])
    goal = "".join([codes.setdefault(word, chr(min(len(codes), _MAX_VOCABULARY - 1))) for word in ref])
    if text == goal and len(codes) < _MAX_VOCABULARY:
        return 0, m

    from rapidfuzz.distance import Levenshtein

    distance = Levenshtein.distance
    now: int = distance(text, goal)
    if len(codes) >= _MAX_VOCABULARY or (m >= _BEAM_WIDTH and (now + abs(m - n)) / 2 + 1 > _BEAM_WIDTH - 1):
        from sacrebleu.metrics.lib_ter import translation_edit_rate

        edits, length = translation_edit_rate(list(hyp), list(ref))
        return int(edits), int(length)

    places: dict[str, list[int]] = {}
    for position, code in enumerate(goal):
        places.setdefault(code, []).append(position)
    shifts = checked = 0
    while now > 0:
        gain, shifted, checked = _best_shift(text, goal, places, now, checked)
        if checked >= _MAX_SHIFT_CANDIDATES or gain <= 0:
            break
        shifts += 1
        text = shifted
        now -= gain
    return shifts + now, m


def _best_shift(text: str, goal: str, places: dict[str, list[int]], now: int, checked: int) -> tuple[int, str, int]:
    """The shift that lowers the distance most: (gain, shifted text, candidates looked at so far)."""
    from rapidfuzz.distance import Levenshtein

    distance = Levenshtein.distance
    n, m = len(text), len(goal)
    align, hyp_errors, ref_errors = _alignment(text, goal)
    # Distances above now - 1 gain nothing; their exact value is not needed.
    cutoff = now - 1
    memo: dict[str, int] = {}
    best: tuple[int, int, int, int] | None = None
    best_text = text
    for start_h in range(n):
        for start_r in places.get(text[start_h], ()):
            if abs(start_r - start_h) > _MAX_SHIFT_DIST:
                continue
            limit = min(_MAX_SHIFT_SIZE, n - start_h, m - start_r)
            length = 0
            while length < limit and text[start_h + length] == goal[start_r + length]:
                length += 1
                # Shift only what is wrong where it stands to a place that is wrong too, and not onto itself.
                if hyp_errors[start_h + length] == hyp_errors[start_h]:
                    continue
                if ref_errors[start_r + length] == ref_errors[start_r]:
                    continue
                if start_h <= align[start_r] < start_h + length:
                    continue
                previous = -1
                for offset in range(-1, length):
                    at = start_r + offset
                    if at == -1:
                        target = 0
                    elif at < m:
                        target = align[at] + 1
                    else:
                        break
                    if target == previous:
                        continue
                    previous = target
                    shifted = _shift(text, start_h, length, target)
                    after = memo.get(shifted)
                    if after is None:
                        after = memo[shifted] = distance(shifted, goal, score_cutoff=cutoff)
                    candidate = (now - after, length, -start_h, -target)
                    checked += 1
                    if best is None or candidate > best:
                        best, best_text = candidate, shifted
                if checked >= _MAX_SHIFT_CANDIDATES:
                    return (best[0], best_text, checked) if best else (0, text, checked)
    return (best[0], best_text, checked) if best else (0, text, checked)


def _shift(text: str, start: int, length: int, target: int) -> str:
    """`text` with the stretch at `start` moved to before `target` (in Tercom's counting)."""
    end = start + length
    if target < start:
        return text[:target] + text[start:end] + text[target:start] + text[end:]
    if target > end:
        return text[:start] + text[end:target] + text[start:end] + text[target:]
    return text[:start] + text[end : length + target] + text[start:end] + text[length + target :]


def _alignment(text: str, goal: str) -> tuple[list[int], list[int], list[int]]:
    """Alignment of an optimal edit path in Tercom's order of preference: keep or substitute, delete, insert.

    Returns:
        (for each reference place the hypothesis place, running error counts of the hypothesis, and of the reference);
        a running count at i is the number of errors before i.
    """
    n, m = len(text), len(goal)
    row = list(range(m + 1))
    table = [row]
    for i in range(1, n + 1):
        code = text[i - 1]
        last = i
        new = [i]
        add = new.append
        diagonal = row[0]
        for j in range(m):
            up = row[j + 1]
            if goal[j] != code:
                diagonal += 1
            if diagonal > up:  # up < diagonal means up + 1 <= diagonal
                diagonal = up + 1
            if diagonal > last:
                diagonal = last + 1
            add(diagonal)
            last = diagonal
            diagonal = up
        table.append(new)
        row = new
    align = [0] * m
    hyp_wrong = [0] * n
    ref_wrong = [0] * m
    i, j = n, m
    while i or j:
        here = table[i][j]
        if i and j:
            same = text[i - 1] == goal[j - 1]
            if here == table[i - 1][j - 1] + (0 if same else 1):
                i -= 1
                j -= 1
                align[j] = i
                if not same:
                    hyp_wrong[i] = ref_wrong[j] = 1
                continue
        if i and (not j or here == table[i - 1][j] + 1):
            i -= 1
            hyp_wrong[i] = 1
        else:
            j -= 1
            align[j] = i - 1
            ref_wrong[j] = 1
    return align, _running(hyp_wrong), _running(ref_wrong)


def _running(flags: list[int]) -> list[int]:
    counts = [0]
    total = 0
    for flag in flags:
        total += flag
        counts.append(total)
    return counts
