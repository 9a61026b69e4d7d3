"""What a request of Schemathesis needs that no schema can tell, such as names that are good for one call alone."""

import gzip
import json
import os
import random
import urllib.parse
import urllib.request
import uuid

import schemathesis
from schemathesis.transport.serialization import serialize_json

HOST = json.loads(os.environ["TRACKER_HOST"])
CHANCE = random.Random(HOST["seed"])


@schemathesis.hook
def before_call(context, case, kwargs):
    # Each call comes from an address of its own, so that no limit of an address is met.
    case.headers["X-Forwarded-For"] = address()
    # A key that was used answers for its call: the host would look at nothing else. Some are repeated.
    if is_key(case.headers.get("Idempotency-Key")) and CHANCE.random() < 0.9:
        case.headers["Idempotency-Key"] = new_key(case)
    if is_positive(case):
        for chance, correct in CORRECTIONS.get(operation_of(case), []):
            if CHANCE.random() < chance:
                correct(case)


@schemathesis.serializer("application/json")
def packed_as_it_says(context, value):
    serialized = serialize_json(value)
    data = serialized["data"] if "data" in serialized else json.dumps(serialized["json"]).encode()
    headers = context.case.headers or {}
    is_packed = operation_of(context.case) == "eventsBatch" and headers.get("Content-Encoding") == "gzip"
    return gzip.compress(data, mtime=0) if is_packed else data


def operation_of(case):
    return case.operation.definition.raw["operationId"]


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def address():
    return "10.%d.%d.%d" % tuple(CHANCE.randrange(1, 255) for _ in range(3))


def is_key(value):
    return isinstance(value, str) and 8 <= len(value) <= 200 and all("!" <= one <= "~" for one in value)


def new_key(case):
    if operation_of(case) == "snapshots":
        return "%064x" % CHANCE.getrandbits(256)
    return str(uuid.UUID(int=CHANCE.getrandbits(128), version=4))


def ask(path, body=None, form=None, token=None):
    data = None if body is None else json.dumps(body).encode()
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(HOST["url"] + path, data)
    request.add_header("X-Forwarded-For", address())
    if body is not None:
        request.add_header("Content-Type", "application/json")
    if token is not None:
        request.add_header("Authorization", "Bearer " + token)
        request.add_header("X-Team-Slug", HOST["team"])
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if path != "/device" else None


def signed_in():
    return ask("/api/v1/token/", {"username": HOST["username"], "password": HOST["password"]})


def refresh(case):
    case.body["refresh"] = signed_in()["refresh"]


def revoke(case):
    case.body["token"] = signed_in()[CHANCE.choice(["access", "refresh"])]


def device_token(case):
    """Approves a device as a person does."""
    started = ask("/oauth/device", form={"client_id": "cli_native", "scope": "offline_access"})
    form = {"user_code": started["user_code"], "decision": "approve"}
    ask("/device", form={**form, "username": HOST["username"], "password": HOST["password"]})
    case.body["device_code"] = started["device_code"]


def confirm(case):
    """Takes a candidate of the project that is bound already."""
    found = ask("/api/v1/tracker/resources/?provider=" + HOST["provider"], token=signed_in()["access"])
    case.body["candidate_token"] = found["resources"][0]["candidate_token"]
    case.body["project_identity"] = HOST["project"]


def validate(case):
    case.body["binding_ref"] = HOST["binding_ref"]
    if CHANCE.random() < 0.5:
        case.body["project_identity"] = HOST["project"]


def known_project(case):
    """The slug counts where there is no reference."""
    if "project_slug" in case.query and "binding_ref" not in case.query:
        case.query["project_slug"] = HOST["project"]["slug"]


def one_of_two(case):
    """Parameters of a schema cannot need one of two."""
    if not {"binding_ref", "project_slug"} & set(case.query):
        case.query["binding_ref"] = HOST["binding_ref"]


def pull(case):
    """A cursor is for the listing that it came with."""
    if case.body.get("cursor") is not None:
        case.body.update(cursor=HOST["cursor"], filters=None)


def first_page(case):
    case.body.pop("cursor", None)


def known_issue(case):
    case.body["external_issue_id"] = CHANCE.choice(HOST["refs"])["id"]


def push(case):
    """Most items name an issue, a new one is named by its package, and no patch takes away what it adds."""
    for item in case.body["items"]:
        if CHANCE.random() < 0.8:
            item["ref"] = CHANCE.choice(HOST["refs"])
        package = item.get("work_package")
        if package and item["action"] == "create":
            item["ref"] = {**item["ref"], "id": package["mission"] + "/" + package["wp_id"]}
        patch = item.get("patch") or {}
        for name in ["labels", "assignees", "links"]:
            added, removed = patch.get(name + "_add") or [], patch.get(name + "_remove") or []
            if added and removed:
                patch[name + "_remove"] = [one for one in removed if name != "links" and one not in added]


CORRECTIONS = {
    "refresh": [(0.8, refresh)],
    "revoke": [(0.8, revoke)],
    "deviceToken": [(0.8, device_token)],
    "confirm": [(0.8, confirm)],
    "validate": [(0.8, validate)],
    "status": [(1, known_project)],
    "mappings": [(1, known_project), (1, one_of_two)],
    "pull": [(1, pull)],
    "push": [(1, push)],
    "listComments": [(1, first_page), (1, known_issue)],
    "addComment": [(1, known_issue)],
    "bindOrigin": [(1, known_issue)],
}
