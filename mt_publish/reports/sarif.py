"""A run as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mt_publish.reports._parts import Gate, Place, Rules, message_of, places, verdicts_of
from mt_publish.types import Run, Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(run: Run, *, gate: Gate | None = None, baseline: Run | None = None, rules: Rules | None = None) -> str:
    """SARIF with one result a finding; the gate's verdicts are properties of the run.

    Regions name lines only: columns of the source file are not known once markup is taken off a sentence.
    """
    found = list(places(run))
    codes = sorted({place.finding.rule for place in found})
    index = {code: i for i, code in enumerate(codes)}
    properties: dict[str, Any] = {"runId": run.id, "command": run.command}
    if verdicts := verdicts_of(run, gate):
        properties["verdicts"] = [
            {
                "rule": v.rule,
                "observed": v.observed,
                "passed": v.passed,
                "informational": v.informational,
                "reason": v.reason,
            }
            for v in verdicts
        ]
    if gate is not None:
        properties["gate"] = {
            "outcome": gate.outcome,
            "passed": gate.passed,
            "exitCode": gate.exit_code,
            "line": gate.line,
        }
    version = run.manifest.get("mt_publish")
    driver: dict[str, Any] = {
        "name": "mt-publish",
        "rules": [_rule(code, rules, found) for code in codes],
    }
    if isinstance(version, str) and re.match(r"\d", version):
        driver["version"] = version
    value = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "automationDetails": {"id": f"mt-publish/{run.command}/"},
                "results": [_result(place, index) for place in found],
                "properties": properties,
            }
        ],
    }
    # ASCII only: a lone surrogate from a broken file stays valid JSON that way.
    return json.dumps(value, indent=1, allow_nan=False) + "\n"


def _rule(code: str, rules: Rules | None, found: list[Place]) -> dict[str, Any]:
    known = rules.get(code) if rules is not None else None
    if known is None:
        severity = max((p.finding.severity for p in found if p.finding.rule == code), key=lambda s: s.rank)
        return {"id": code, "defaultConfiguration": {"level": _LEVELS[severity]}}
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in known.name.split("-")),
        "shortDescription": {"text": known.name.replace("-", " ")},
        "fullDescription": {"text": known.explanation},
        "help": {"text": known.text},
        "defaultConfiguration": {"level": _LEVELS[known.severity]},
    }


def _result(place: Place, index: Mapping[str, int]) -> dict[str, Any]:
    finding = place.finding
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.path)},
            "region": {"startLine": place.line},
        }
    }
    if finding.segment_id is not None:
        location["logicalLocations"] = [{"name": finding.segment_id, "kind": "segment"}]
    properties: dict[str, Any] = {}
    if place.segment is not None:
        properties["source"] = place.segment.source
    if place.translation is not None:
        properties["target"] = place.translation.target
    if finding.suggestion is not None:
        properties["suggestion"] = finding.suggestion
    # Stays the same when lines above are added or removed, so that a known finding is not reported as new.
    source = place.segment.source if place.segment is not None else finding.segment_id or ""
    key = "\0".join((place.path, finding.rule, source, finding.message)).encode("utf-8", "surrogatepass")
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": message_of(finding)},
        "locations": [location],
        "partialFingerprints": {"mtPublish/v1": hashlib.sha256(key).hexdigest()[:32]},
        "properties": properties,
    }


def _uri(path: str) -> str:
    """A relative URI reference of a path; backslashes of Windows become slashes."""
    uri = quote(path.replace("\\", "/"), safe="/-._~", errors="surrogatepass")
    return f"file://{uri}" if uri.startswith("/") else uri
