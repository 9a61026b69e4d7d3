/** Events as spec-kitty emits them since 3.1: of its mission vocabulary, with a version and fields of their own. */
import assert from "node:assert/strict";
import { eventsOf, specKitties } from "../support/spec_kitty.ts";
import { type TestHost, uuidOf, withHost } from "./support.ts";

const PATH = "/api/v1/events/batch/";
const MISSION_ID = "01JMBY7K8N3QRVX2DPFG5HWT4E";

function event(index: number, more: Record<string, unknown>): Record<string, unknown> {
  return {
    event_id: `01JMBY7K8N3QRVX2DPFG5${String(index).padStart(5, "0")}`,
    event_type: "WPStatusChanged",
    aggregate_id: "WP01",
    aggregate_type: "WorkPackage",
    schema_version: "3.0.0",
    build_id: "6fa459ea-ee8a-4ca4-894e-db77e160355e",
    payload: {},
    node_id: "b805cd5cee74",
    lamport_clock: index,
    causation_id: null,
    timestamp: "2026-03-01T10:00:00.190028+00:00",
    team_slug: "acme",
    project_uuid: uuidOf("project"),
    project_slug: "web",
    git_branch: "main",
    head_commit_sha: null,
    repo_slug: "acme/web",
    ...more,
  };
}

const EVENTS: Readonly<Record<string, Record<string, unknown>>> = {
  "a status with its lanes beside the payload": event(1, {
    from_lane: "genesis",
    to_lane: "planned",
    actor: "ada",
    payload: { wp_id: "WP01", from_lane: "genesis", to_lane: "planned", mission_slug: "m-x" },
  }),
  "a status by an actor who is an object": event(2, {
    payload: {
      wp_id: "WP01",
      from_lane: "planned",
      to_lane: "claimed",
      actor: { role: "implementer", tool: "t" },
      execution_mode: "direct_repo",
      force: false,
    },
  }),
  "a work package of a mission": event(3, {
    event_type: "WPCreated",
    payload: { wp_id: "WP01", title: "T", mission_slug: "007-dark-theme", dependencies: [] },
  }),
  "a work package in newer words": event(4, {
    event_type: "WPCreated",
    correlation_id: "01JMBY7K8N3QRVX2DPFG5HWT4E",
    drain_blocked_reason: null,
    team_slug: null,
    payload: { wp_id: "WP01", wp_title: "T", mission_slug: "m", depends_on: [], actor: "ada" },
  }),
  "a mission": event(5, {
    event_type: "MissionCreated",
    aggregate_type: "Mission",
    aggregate_id: MISSION_ID,
    payload: { mission_slug: "m", mission_id: MISSION_ID, mission_number: null, wp_count: 2 },
  }),
  "the origin of a mission": event(6, {
    event_type: "MissionOriginBound",
    aggregate_type: "Mission",
    aggregate_id: MISSION_ID,
    payload: {
      mission_slug: "dark-theme-01JMBY7K",
      mission_id: MISSION_ID,
      provider: "jira",
      external_issue_id: "1",
      external_issue_key: "WEB-1",
      external_issue_url: "https://jira.example/1",
      title: "T",
    },
  }),
  "an error of no work package": event(7, {
    event_type: "ErrorLogged",
    aggregate_type: "Mission",
    aggregate_id: "error",
    payload: { error_type: "network", error_message: "m" },
  }),
  "a build": event(8, {
    event_type: "BuildRegistered",
    aggregate_type: "Build",
    payload: { build_id: "b", repo_slug: "acme/web" },
  }),
  "an artifact of a dossier": event(9, {
    event_type: "MissionDossierArtifactIndexed",
    aggregate_type: "MissionDossier",
    payload: { mission_slug: "m", artifact_key: "k" },
  }),
  "a type and an aggregate nobody knows yet": event(10, {
    event_type: "SomethingNew",
    aggregate_type: "Galaxy",
    payload: { any: ["thing"] },
  }),
  "an id that is a UUID": event(11, {
    event_id: "6fa459ea-ee8a-4ca4-894e-db77e160355e",
    event_type: "SomethingNew",
  }),
};

async function upload(host: TestHost, events: readonly unknown[]): Promise<Map<unknown, unknown>> {
  const body = JSON.stringify({ events });
  const answer = await host.call("POST", PATH, body, { "x-team-slug": null });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return new Map(
    answer.list("results").map((_, at) => [
      answer.at(`results.${at}.event_id`),
      answer.at(`results.${at}.error`) ?? answer.at(`results.${at}.status`),
    ]),
  );
}

for (const [name, one] of Object.entries(EVENTS)) {
  Deno.test(`spec-kitty since 3.1: ${name} is taken and kept as it came`, () =>
    withHost(async (host) => {
      const results = await upload(host, [one]);
      assert.equal(results.get(one["event_id"]), "success");
      assert.deepEqual((await host.call("GET", "/dev/events")).list("events"), [one]);
    }));
}

Deno.test("optional fields of an event may be left out as well as null", () =>
  withHost(async (host) => {
    const bare: Record<string, unknown> = {
      ...event(1, EVENTS["a work package of a mission"] ?? {}),
    };
    for (
      const field of [
        "causation_id",
        "team_slug",
        "project_slug",
        "git_branch",
        "head_commit_sha",
        "repo_slug",
        "build_id",
      ]
    ) delete bare[field];
    assert.equal((await upload(host, [bare])).get(bare["event_id"]), "success");
  }));

Deno.test("a known rule holds for an event of a newer version, too", () =>
  withHost(async (host) => {
    const results = await upload(host, [
      event(1, { payload: { wp_id: "1", from_lane: "planned", to_lane: "done" } }),
      event(2, { event_type: "WPCreated", payload: { wp_id: "WP01", wp_title: "T" } }),
      event(3, { event_type: "ErrorLogged", payload: { error_message: "m" } }),
      event(4, { payload: { wp_id: "WP01", from_lane: "", to_lane: "done" } }),
    ]);
    for (
      const [index, field] of ["wp_id", "feature_slug", "error_type", "from_lane"].entries()
    ) {
      const id = event(index + 1, {})["event_id"];
      assert.match(String(results.get(id)), new RegExp(`field '${field}'`));
    }
  }));

Deno.test("every event that an installed spec-kitty emits is taken", async () => {
  const found = await specKitties();
  if (found.length === 0) {
    return console.log("    skipped: there is no spec-kitty on this machine");
  }
  for (const specKitty of found) {
    const events = await eventsOf(specKitty);
    if (events === null) {
      console.log(`    skipped: ${specKitty} cannot be imported`);
      continue;
    }
    assert.ok(events.length > 5, `${specKitty} emits ${events.length} events`);
    await withHost(async (host) => {
      const results = await upload(host, events);
      assert.deepEqual([...new Set(results.values())], ["success"], specKitty);
    });
  }
});
