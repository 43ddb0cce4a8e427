"""Settings: paths in a settings file are those that its author sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from mt_publish.config import load


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("shipped", "shipped"),
        ("Helsinki-NLP/opus-mt-de-en", "Helsinki-NLP/opus-mt-de-en"),
        ("models/house", "{project}/models/house"),
        ("./models/other", "{project}/models/other"),
        ("../house", "{project}/../house"),
        ("house", "{project}/house"),
        ("a/b/c", "{project}/a/b/c"),
        ("/srv/house", "/srv/house"),
    ],
)
@pytest.mark.parametrize("name", ["mt-publish.toml", "pyproject.toml"])
def test_a_model_folder_is_relative_to_the_file_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, found: str, name: str
) -> None:
    project = tmp_path / "project"
    (project / "texts" / "deep").mkdir(parents=True)
    (project / "models" / "house").mkdir(parents=True)
    head = "[tool.mt-publish.engine]" if name == "pyproject.toml" else "[engine]"
    (project / name).write_text(f'{head}\nmodel = "{named}"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(project / "texts")
    wanted = found.format(project=project)
    assert load(environ={}).settings.engine_model == wanted
    assert load(environ={}, folder=project / "texts" / "deep").settings.engine_model == wanted
    assert load(environ={}, file=project / name).settings.engine_model == wanted


def test_a_model_on_the_command_line_is_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mt-publish.toml").write_text('[engine]\nmodel = "house"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    assert load({"engine.model": "./mine"}, environ={}, folder=tmp_path).settings.engine_model == "./mine"
    environ = {"MT_PUBLISH_ENGINE_MODEL": "./mine"}
    assert load(environ=environ, folder=tmp_path).settings.engine_model == "./mine"


def test_a_model_that_is_no_text_is_an_error_and_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mt_publish.errors import ConfigError

    (tmp_path / "mt-publish.toml").write_text("[engine]\nmodel = 3\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match=r"engine\.model must be a text"):
        load(environ={}, folder=tmp_path)
