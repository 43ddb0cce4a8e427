"""Settings: defaults < user file < project file < environment < flags. Unknown keys are errors.

The project file is ``mt-publish.toml`` in the working folder or one above it, or ``[tool.mt-publish]`` in pyproject.toml;
the user file is ``mt-publish.toml`` in the user's configuration folder. A key "engine.model" is set in the environment by
``MT_PUBLISH_ENGINE_MODEL``. Paths in a file (glossaries, a model folder) are relative to that file.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mt_publish.errors import ConfigError

DEFAULTS: dict[str, Any] = {
    "project.source": "",
    "project.target": "",
    "engine.kind": "ctranslate2",
    "engine.model": "shipped",
    "engine.compute_type": "int8",
    "engine.quality": "balanced",
    "engine.threads": 0,
    "engine.offline": True,
    "glossary.files": [],
    "glossary.shipped": True,
    "glossary.enforce": "repair",
    "checks.select": [],
    "checks.ignore": [],
    "checks.per_file_ignores": {},
    "checks.fail_level": "error",
}
"""Every key with its default; the type of the default is the type of the key."""

CHOICES: dict[str, tuple[str, ...]] = {
    "project.source": ("", "de", "en"),
    "project.target": ("", "de", "en"),
    "engine.kind": ("ctranslate2", "transformers"),
    "engine.quality": ("fast", "balanced", "best"),
    "glossary.enforce": ("off", "check", "repair"),
    "checks.fail_level": ("error", "warning", "info", "never"),
}

FLAGS: dict[str, str] = {
    "project.source": "--from",
    "project.target": "--to",
    "engine.kind": "--engine",
    "engine.quality": "--quality",
    "checks.fail_level": "--fail-level",
}
"""How a key is called on the command line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Field names are the keys with the dot as underscore."""

    project_source: str
    project_target: str
    engine_kind: str
    engine_model: str
    engine_compute_type: str
    engine_quality: str
    engine_threads: int
    engine_offline: bool
    glossary_files: tuple[str, ...]
    glossary_shipped: bool
    glossary_enforce: str
    checks_select: tuple[str, ...]
    checks_ignore: tuple[str, ...]
    checks_per_file_ignores: dict[str, tuple[str, ...]]
    checks_fail_level: str

    def as_dict(self) -> dict[str, Any]:
        """Keys with dots and their values."""
        return {key: getattr(self, key.replace(".", "_", 1)) for key in DEFAULTS}


@dataclass(frozen=True, slots=True)
class Sourced:
    """Settings together with where each value comes from."""

    settings: Settings
    sources: dict[str, str]


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Sourced:
    """The settings in force.

    Args:
        flags: Values from the command line by key; None means "not given".
        file: A configuration file that takes the place of the project file.
        environ: The environment; None for the process's own.
        folder: Where to look for the project file; None for the working folder.

    Raises:
        ConfigError: A file is missing or broken, a key unknown, a value of the wrong type or not among the choices.
    """
    values, sources = dict(DEFAULTS), dict.fromkeys(DEFAULTS, "default")
    layers: list[tuple[str, Mapping[str, Any]]] = []
    user = _user_file()
    if user.is_file():
        layers.append((str(user), _read(user)))
    if file is not None:
        layers.append((str(file), _read(file)))
    else:
        project = _project_file(folder or Path.cwd())
        if project is not None:
            layers.append((str(project), _read(project)))
    layers.append(("environment", _from_environ(os.environ if environ is None else environ)))
    layers.append(("command line", {k: v for k, v in (flags or {}).items() if v is not None}))
    for source, layer in layers:
        for key, value in layer.items():
            values[key] = _checked(key, value, source)
            sources[key] = source
    return Sourced(_settings(values), sources)


def defaults() -> Settings:
    """The settings when no file, variable or flag says anything."""
    return _settings(DEFAULTS)


def _settings(values: Mapping[str, Any]) -> Settings:
    named: dict[str, Any] = {
        key.replace(".", "_", 1): tuple(v) if isinstance(v, list) else v for key, v in values.items()
    }
    return Settings(**{f.name: named[f.name] for f in fields(Settings)})


def _user_file() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or str(Path.home() / ".config")
    return Path(home) / "mt-publish" / "mt-publish.toml"


def _project_file(folder: Path) -> Path | None:
    for place in (folder, *folder.parents):
        if (place / "mt-publish.toml").is_file():
            return place / "mt-publish.toml"
        pyproject = place / "pyproject.toml"
        if pyproject.is_file() and "[tool.mt-publish" in pyproject.read_text("utf-8", "replace"):
            return pyproject
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=str(path), remedy="Check --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"not valid TOML: {error}", where=str(path)) from error
    if path.name == "pyproject.toml":
        table = table.get("tool", {}).get("mt-publish", {})
    flat: dict[str, Any] = {}
    for section, content in table.items():
        if not isinstance(content, dict):
            raise _unknown(section, str(path))
        for name, value in content.items():
            flat[f"{section}.{name}"] = value
    if "glossary.files" in flat and isinstance(flat["glossary.files"], list):  # relative to the file that names them
        flat["glossary.files"] = [str(path.parent / str(name)) for name in flat["glossary.files"]]
    if isinstance(flat.get("engine.model"), str):
        flat["engine.model"] = _model(flat["engine.model"], path.parent)
    return flat


def _model(name: str, folder: Path) -> str:
    """A model as a settings file in `folder` names it: "shipped" and hub ids as they are, a path as seen from there.

    "owner/model" is a hub id unless the folder has it.
    """
    if name in ("", DEFAULTS["engine.model"]):
        return name
    place = folder / Path(name).expanduser()
    is_path = name.count("/") != 1 or name.startswith((".", "/", "~")) or name.endswith("/") or place.is_dir()
    return str(place) if is_path else name


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {"MT_PUBLISH_" + key.replace(".", "_", 1).upper(): key for key in DEFAULTS}
    own = {"MT_PUBLISH_CACHE"}
    found: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith("MT_PUBLISH_") or name in own:
            continue
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            raise ConfigError(
                f"unknown variable {name}",
                where="environment",
                remedy=f"Did you mean {close[0]}?" if close else "Unset it",
            )
        key, default = names[name], DEFAULTS[names[name]]
        if isinstance(default, bool):
            if value.lower() not in ("1", "0", "true", "false", "yes", "no"):
                raise ConfigError(f"{name}={value!r} is not yes or no", where="environment", remedy="Use 1 or 0")
            found[key] = value.lower() in ("1", "true", "yes")
        elif isinstance(default, int):
            if not value.isdecimal():
                raise ConfigError(f"{name}={value!r} is not a number", where="environment")
            found[key] = int(value)
        elif isinstance(default, dict):
            raise ConfigError(
                f"{name} cannot be set in the environment", where="environment", remedy="Use the settings file"
            )
        elif isinstance(default, list):
            found[key] = [part.strip() for part in value.split(os.pathsep if "files" in key else ",") if part.strip()]
        else:
            found[key] = value
    return found


def _checked(key: str, value: Any, source: str) -> Any:
    if key not in DEFAULTS:
        raise _unknown(key, source)
    default: Any = DEFAULTS[key]
    if isinstance(default, bool) != isinstance(value, bool) or not isinstance(value, (type(default), tuple)):
        wanted = {
            bool: "true or false",
            int: "a whole number",
            str: "a text",
            list: "a list of texts",
            dict: "a table of patterns and lists of rules",
        }[type(default)]
        raise ConfigError(f"{key} must be {wanted}, not {value!r}", where=source)
    if isinstance(value, int) and value < 0:
        raise ConfigError(f"{key} cannot be {value}", where=source, remedy="Use 0 or more")
    if isinstance(default, list) and not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{key} must be a list of texts, not {value!r}", where=source)
    if isinstance(value, dict):
        for pattern, rules in value.items():
            if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
                raise ConfigError(
                    f"{key}: {pattern!r} must have a list of rules", where=source, remedy='Like "old/*.md" = ["MTP5"]'
                )
        return {pattern: tuple(rules) for pattern, rules in value.items()}
    if key in CHOICES and str(value).lower() not in CHOICES[key]:
        options = ", ".join(c for c in CHOICES[key] if c)
        flag = FLAGS.get(key, key) if source == "command line" else key
        raise ConfigError(f"{flag} cannot be {value!r}", where=source, remedy=f"Use one of: {options}")
    if key in CHOICES:
        return str(value).lower()
    return value


def _unknown(key: str, source: str) -> ConfigError:
    close = difflib.get_close_matches(key, list(DEFAULTS), 1, 0.5)
    remedy = f"Did you mean {close[0]}?" if close else "Known keys: " + ", ".join(DEFAULTS)
    return ConfigError(f"unknown setting '{key}'", where=source, remedy=remedy)
