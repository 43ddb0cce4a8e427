"""Files are replaced whole: the old one or the new one, with the permissions that a reader expects."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from mt_publish.errors import InputError
from mt_publish.files import private_folder, replace_file
from mt_publish.pipeline import write_atomic
from mt_publish.translation.models import Model, _file_sha256, save_alignment


def test_folders_are_made_and_nothing_is_left_beside(tmp_path: Path) -> None:
    replace_file(tmp_path / "deep" / "er" / "a.txt", b"one")
    replace_file(tmp_path / "deep" / "er" / "a.txt", b"two", sync=False)
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "deep" / "er").iterdir()] == [("a.txt", b"two")]


@pytest.mark.parametrize("sync", [True, False])
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path, mask: int, mode: int, sync: bool) -> None:
    before = os.umask(mask)
    try:
        replace_file(tmp_path / "a.txt", b"text", sync=sync)
        assert os.umask(mask) == mask  # looking at it has not changed it
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == mode


def test_a_file_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o600)
    replace_file(tmp_path / "a.txt", b"new")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    replace_file(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    replace_file(pipe, b"text")
    reader.join(5)
    assert got == [b"text"]
    assert pipe.is_fifo()


def test_a_file_with_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 251 + ".txt")
    replace_file(path, b"text")
    assert path.read_bytes() == b"text"


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_stops_a_write_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    (tmp_path / "a.txt").write_text("old")

    def fail(*_: object) -> None:
        raise stop

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(type(stop)):
        replace_file(tmp_path / "a.txt", b"new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]


def test_the_pipeline_names_the_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/a\.txt: cannot be written \("):
        write_atomic(tmp_path / "file" / "a.txt", b"text")


def test_a_private_folder_is_for_its_owner_and_an_old_one_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        private_folder(tmp_path / "old" / "cache" / "models")
        private_folder(tmp_path / "old")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("old", "old/cache", "old/cache/models")]
    assert modes == [0o755, 0o700, 0o700]


def test_what_goes_to_the_cache_makes_it_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "home" / "cache"
    monkeypatch.setenv("MT_PUBLISH_CACHE", str(cache))
    model = Model("fake", tmp_path, {}, (), None, None)
    save_alignment(model, 0, 0, 0.9)
    big = tmp_path / "big.bin"
    big.write_bytes(bytes((1 << 20) + 1))
    _file_sha256(big)
    assert {p.name for p in cache.iterdir()} == {"probes", "hashes.json"}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "home", cache, cache / "probes")} == {0o700}
