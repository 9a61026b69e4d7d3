import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  aggregateOf,
  ENVELOPE_FIELDS,
  EVENT_RULES,
  EVENT_TYPES,
  EventBatchFrameSchema,
  EventBatchRequestSchema,
  EventEnvelopeSchema,
  type EventType,
  isEventType,
  type JsonObject,
  LANES,
  parseWith,
  SendableEventSchema,
  validatePayload,
} from "../../src/contract/mod.ts";
import { anEvent } from "./samples.ts";

const FIELDS = [
  "event_id",
  "event_type",
  "aggregate_id",
  "aggregate_type",
  "payload",
  "timestamp",
  "node_id",
  "lamport_clock",
  "causation_id",
  "team_slug",
  "project_uuid",
  "project_slug",
  "git_branch",
  "head_commit_sha",
  "repo_slug",
];

/** A payload of every type with its required fields alone, then the optional ones. */
const PAYLOADS: Readonly<Record<EventType, { required: JsonObject; optional: JsonObject }>> = {
  WPStatusChanged: {
    required: { wp_id: "WP01", from_lane: "planned", to_lane: "claimed" },
    optional: {
      at: "2026-03-01T09:00:00.123456Z",
      step_id: "01JMBY7K8N3QRVX2DPFG5HWT4E",
      actor: "ada",
      feature_slug: "007-dark-theme",
    },
  },
  WPCreated: {
    required: { wp_id: "WP01", title: "T", feature_slug: "007-dark-theme" },
    optional: { dependencies: ["WP02"] },
  },
  WPAssigned: {
    required: { wp_id: "WP01", agent_id: "a", phase: "review" },
    optional: { retry_count: 0 },
  },
  FeatureCreated: {
    required: {
      feature_slug: "007-dark-theme",
      target_branch: "main",
      wp_count: 0,
    },
    optional: { feature_number: "007", created_at: "2026-03-01T09:00:00Z" },
  },
  FeatureCompleted: {
    required: { feature_slug: "007-dark-theme", total_wps: 3 },
    optional: { completed_at: "2026-03-01T09:00:00Z", total_duration: "3d" },
  },
  HistoryAdded: {
    required: { wp_id: "WP01", entry_type: "note", entry_content: "Text" },
    optional: { author: "ada" },
  },
  ErrorLogged: {
    required: { error_type: "network", error_message: "No route" },
    optional: { wp_id: "WP01", stack_trace: "at x", agent_id: "a" },
  },
  DependencyResolved: {
    required: { wp_id: "WP01", dependency_wp_id: "WP02", resolution_type: "merged" },
    optional: {},
  },
  MissionOriginBound: {
    required: {
      feature_slug: "007-dark-theme",
      provider: "jira",
      external_issue_id: "10012",
      external_issue_key: "SITE-3",
      external_issue_url: "https://acme.atlassian.net/browse/SITE-3",
      title: "Add a dark theme",
    },
    optional: {},
  },
};

Deno.test("the envelope has exactly its 15 fields, in their order", () => {
  assert.deepEqual([...ENVELOPE_FIELDS], FIELDS);
  assert.deepEqual(Object.keys(anEvent()), FIELDS);
});

for (const field of FIELDS) {
  Deno.test(`an envelope without ${field} is refused`, () => {
    const rest = Object.fromEntries(Object.entries(anEvent()).filter(([name]) => name !== field));
    assert.deepEqual(parseWith(EventEnvelopeSchema, rest), {
      ok: false,
      path: field,
      message: "is missing",
    });
  });
}

Deno.test("an envelope with a sixteenth field is refused", () => {
  assert.deepEqual(parseWith(EventEnvelopeSchema, { ...anEvent(), schema_version: 1 }), {
    ok: false,
    path: "schema_version",
    message: "is not a known field",
  });
});

const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  event_id: [
    "01JMBY7K8N3QRVX2DPFG5HWT4",
    "01jmby7k8n3qrvx2dpfg5hwt4e",
    "81JMBY7K8N3QRVX2DPFG5HWT4E",
  ],
  event_type: ["", 1],
  aggregate_id: ["", null],
  aggregate_type: ["Mission", null],
  payload: [null, [], "{}"],
  timestamp: ["2026-03-01T09:00:00", 1_700_000_000],
  node_id: ["a1b2c3d4e5f", "A1B2C3D4E5F6", "g1b2c3d4e5f6"],
  lamport_clock: [-1, 1.5, "1", null],
  causation_id: ["", "nothing"],
  team_slug: ["", null],
  project_uuid: ["550e8400-e29b-11d4-a716-446655440000", "x"],
  project_slug: [1],
  git_branch: [1],
  head_commit_sha: [1],
  repo_slug: [1],
};

for (const [field, values] of Object.entries(WRONG)) {
  Deno.test(`an envelope whose ${field} is of the wrong form is refused`, () => {
    for (const value of values) {
      const parsed = parseWith(EventEnvelopeSchema, { ...anEvent(), [field]: value });
      assert.ok(!parsed.ok, `accepted ${JSON.stringify(value)}`);
      assert.equal(parsed.path, field);
    }
  });
}

Deno.test("an event without a project uuid can be queued, but not sent", () => {
  const event = anEvent({ project_uuid: null });
  assert.ok(parseWith(EventEnvelopeSchema, event).ok);
  assert.ok(!parseWith(SendableEventSchema, event).ok);
  const parsed = parseWith(EventBatchRequestSchema, { events: [anEvent(), event] });
  assert.ok(!parsed.ok);
  assert.equal(parsed.path, "events[1].project_uuid");
});

Deno.test("a batch holds at most 1000 events", () => {
  const batch = (size: number) => ({ events: Array.from({ length: size }, () => anEvent()) });
  for (const schema of [EventBatchRequestSchema, EventBatchFrameSchema]) {
    assert.ok(parseWith(schema, batch(1000)).ok);
    assert.deepEqual(parseWith(schema, batch(1001)), {
      ok: false,
      path: "events",
      message: "must hold at most 1000 events",
    });
  }
});

Deno.test("the frame of a batch is read without a look into its events", () => {
  assert.ok(parseWith(EventBatchFrameSchema, { events: [1, null, {}] }).ok);
  assert.ok(!parseWith(EventBatchFrameSchema, { events: {} }).ok);
});

for (const type of EVENT_TYPES) {
  const { required, optional } = PAYLOADS[type];

  Deno.test(`${type} holds with its required fields, and with the optional ones`, () => {
    for (const payload of [required, { ...required, ...optional }]) {
      assert.deepEqual(validatePayload(type, payload), { ok: true, payload });
    }
    const nulls = Object.fromEntries(Object.keys(optional).map((field) => [field, null]));
    assert.ok(validatePayload(type, { ...required, ...nulls }).ok);
  });

  Deno.test(`${type} knows no other fields than those of the page`, () => {
    const { fields } = EVENT_RULES[type];
    const names = (wanted: boolean) =>
      Object.entries(fields).filter(([, rule]) => rule.required === wanted).map(([name]) => name);
    assert.deepEqual(names(true).sort(), Object.keys(required).sort());
    assert.deepEqual(names(false).sort(), Object.keys(optional).sort());
  });

  Deno.test(`${type} without any one of its required fields names it`, () => {
    for (const field of Object.keys(required)) {
      const payload = Object.fromEntries(
        Object.entries(required).filter(([name]) => name !== field),
      );
      assert.deepEqual(validatePayload(type, payload), {
        ok: false,
        field,
        rule: "is a required field and is missing",
      });
    }
  });

  Deno.test(`${type} with any one field of the wrong type names it and its rule`, () => {
    for (const field of Object.keys({ ...required, ...optional })) {
      const outcome = validatePayload(type, { ...required, [field]: { wrong: true } });
      assert.ok(!outcome.ok);
      assert.equal(outcome.field, field);
      assert.match(outcome.rule, /^must be /);
    }
  });

  Deno.test(`${type} keeps what its rules do not name`, () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const payload = { ...required, x_extra: value };
      assert.deepEqual(validatePayload(type, payload), { ok: true, payload });
    }));
  });
}

Deno.test("work packages and lanes have one form each, feature slugs the two of missions' directories", () => {
  const { required } = PAYLOADS.WPCreated;
  for (const wp_id of ["WP1", "WP001", "wp01", "WP0A", " WP01"]) {
    assert.ok(!validatePayload("WPCreated", { ...required, wp_id }).ok, wp_id);
  }
  for (const feature_slug of ["7-dark", "007", "007-Dark", "007-dark-", "007_dark", "0070-dark"]) {
    assert.ok(!validatePayload("WPCreated", { ...required, feature_slug }).ok, feature_slug);
  }
  for (const feature_slug of ["dark-01M8C6M", "dark-81M8C6ME", "Dark-01M8C6ME", "dark-01m8c6me"]) {
    assert.ok(!validatePayload("WPCreated", { ...required, feature_slug }).ok, feature_slug);
  }
  for (const feature_slug of ["dark-01M8C6ME", "dark-mode-01M8C6ME", "007-dark"]) {
    assert.ok(validatePayload("WPCreated", { ...required, feature_slug }).ok, feature_slug);
  }
  assert.deepEqual([...LANES], [
    "planned",
    "claimed",
    "in_progress",
    "for_review",
    "in_review",
    "approved",
    "done",
    "blocked",
    "canceled",
  ]);
  for (const lane of LANES) {
    const payload = { wp_id: "WP01", from_lane: lane, to_lane: lane };
    assert.ok(validatePayload("WPStatusChanged", payload).ok, lane);
  }
});

Deno.test("a feature slug of any length is judged at once", () => {
  const feature_slug = `001-${"a-".repeat(20_000)}`;
  assert.ok(!validatePayload("WPCreated", { ...PAYLOADS.WPCreated.required, feature_slug }).ok);
});

Deno.test("an origin is bound to a provider behind the host alone", () => {
  const { required } = PAYLOADS.MissionOriginBound;
  assert.ok(validatePayload("MissionOriginBound", { ...required, provider: "github" }).ok);
  assert.deepEqual(validatePayload("MissionOriginBound", { ...required, provider: "beads" }), {
    ok: false,
    field: "provider",
    rule: "must be one of linear, jira, github, gitlab",
  });
});

Deno.test("a type that is not known, and a payload that is no object, are faults", () => {
  assert.deepEqual(validatePayload("WPRenamed", {}), {
    ok: false,
    field: "event_type",
    rule: "is not a known type",
  });
  assert.equal(isEventType("toString"), false);
  for (const payload of [null, [], "x"]) {
    assert.deepEqual(validatePayload("WPCreated", payload), {
      ok: false,
      field: "payload",
      rule: "must be an object",
    });
  }
});

Deno.test("an event is about its work package, else about its feature", () => {
  for (const type of EVENT_TYPES) {
    const { required } = PAYLOADS[type];
    const expected = type === "ErrorLogged"
      ? { aggregate_id: "error", aggregate_type: "Feature" }
      : "wp_id" in required
      ? { aggregate_id: "WP01", aggregate_type: "WorkPackage" }
      : { aggregate_id: "007-dark-theme", aggregate_type: "Feature" };
    assert.deepEqual(aggregateOf(type, required), expected, type);
  }
  assert.deepEqual(aggregateOf("ErrorLogged", { wp_id: "WP04" }), {
    aggregate_id: "WP04",
    aggregate_type: "WorkPackage",
  });
});
