"""Emits one event of each type it can with the emitter of the spec-kitty installed here, as JSON Lines.

Usage: python emit_events.py DIRECTORY (a new repository is made there)
"""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

repository = Path(sys.argv[1])
repository.mkdir(parents=True)
os.chdir(repository)
subprocess.run(["git", "init", "-q", "."], check=True)
author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
subprocess.run(["git", *author, "commit", "-q", "--allow-empty", "-m", "First"], check=True)
subprocess.run(["git", "remote", "add", "origin", "https://git.example.com/acme/web.git"], check=True)
Path(".kittify").mkdir()
Path(".kittify/config.yaml").write_text(
    """project:
  uuid: 550e8400-e29b-41d4-a716-446655440000
  slug: web
  node_id: a1b2c3d4e5f6
  build_id: 6fa459ea-ee8a-4ca4-894e-db77e160355e
  repo_slug: acme/web
"""
)

from specify_cli.sync.emitter import EventEmitter  # noqa: E402

SHA = "a" * 64
VALUES = {
    "wp_id": "WP01",
    "from_lane": "planned",
    "to_lane": "in_progress",
    "actor": "ada",
    "mission_slug": "007-dark-theme",
    "feature_slug": "007-dark-theme",
    "mission_id": "01JMBY7K8N3QRVX2DPFG5HWT4E",
    "title": "Dark theme",
    "agent_id": "agent",
    "phase": "review",
    "feature_number": "007",
    "mission_number": 7,
    "target_branch": "main",
    "wp_count": 2,
    "total_wps": 2,
    "entry_type": "note",
    "entry_content": "Text",
    "error_type": "network",
    "error_message": "No route",
    "dependency_wp_id": "WP02",
    "resolution_type": "merged",
    "provider": "jira",
    "external_issue_id": "1",
    "external_issue_key": "WEB-1",
    "external_issue_url": "https://jira.example.com/1",
    "mission_type": "software-dev",
    "friendly_name": "Dark theme",
    "purpose_tldr": "Dark",
    "purpose_context": "Night",
}

emitted = []


def capture(_self, event, *_args, **_options):
    emitted.append(event)
    return True


EventEmitter._route_event = capture
emitter = EventEmitter()
for name, function in inspect.getmembers(EventEmitter, inspect.isfunction):
    if not name.startswith("emit_"):
        continue
    parameters = list(inspect.signature(function).parameters.values())[1:]
    needed = {p.name for p in parameters if p.default is p.empty}
    if not needed <= VALUES.keys():
        continue
    # The number of a mission was text once.
    for number in (VALUES["mission_number"], "007"):
        values = {key: VALUES[key] for key in needed} | ({"mission_number": number} if "mission_number" in needed else {})
        before = len(emitted)
        event = getattr(emitter, name)(**values)
        if event is not None and len(emitted) == before:
            emitted.append(event)
        if event is not None:
            break

for event in emitted:
    print(json.dumps(event))
