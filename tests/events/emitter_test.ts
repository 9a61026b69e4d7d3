import assert from "node:assert/strict";
import { ENVELOPE_FIELDS, EVENT_TYPES, SendableEventSchema } from "../../src/contract/events.ts";
import { parseWith } from "../../src/contract/parse.ts";
import * as emits from "../../src/events/emit.ts";
import { EventEmitter } from "../../src/events/emitter.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";
import { emitterOn, idsIn, queuePath } from "./event_support.ts";

const NOTE = { wp_id: "WP01", entry_type: "note", entry_content: "hello" } as const;

Deno.test("each of the nine typed functions queues an event that the host's schema takes", () =>
  withPlatform({}, async (platform) => {
    const { emitter, warnings } = emitterOn(platform, queuePath(platform));
    const outcomes = [
      await emits.emitWpStatusChanged(emitter, {
        wp_id: "WP01",
        from_lane: "planned",
        to_lane: "claimed",
        actor: null,
      }),
      await emits.emitWpCreated(emitter, {
        wp_id: "WP01",
        title: "Queue",
        feature_slug: "001-queue",
        dependencies: ["WP02"],
      }),
      await emits.emitWpAssigned(emitter, {
        wp_id: "WP01",
        agent_id: "ada",
        phase: "review",
        retry_count: 0,
      }),
      await emits.emitFeatureCreated(emitter, {
        feature_slug: "001-queue",
        feature_number: "001",
        target_branch: "main",
        wp_count: 3,
      }),
      await emits.emitFeatureCompleted(emitter, { feature_slug: "001-queue", total_wps: 3 }),
      await emits.emitHistoryAdded(emitter, NOTE),
      await emits.emitErrorLogged(emitter, { error_type: "network", error_message: "gone" }),
      await emits.emitDependencyResolved(emitter, {
        wp_id: "WP02",
        dependency_wp_id: "WP01",
        resolution_type: "merged",
      }),
      await emits.emitMissionOriginBound(emitter, {
        feature_slug: "001-queue",
        provider: "linear",
        external_issue_id: "i-1",
        external_issue_key: "ENG-1",
        external_issue_url: "https://linear.app/acme/issue/ENG-1",
        title: "Queue",
      }),
    ];
    await emitter.close();
    assert.deepEqual(outcomes.map(({ kind }) => kind), EVENT_TYPES.map(() => "queued"));
    assert.deepEqual(warnings, []);
    using queue = await EventQueue.open(platform, queuePath(platform));
    const events = [...queue.list()].map((entry) => JSON.parse(entry.data));
    assert.deepEqual(events.map((event) => event.event_type), EVENT_TYPES);
    for (const event of events) {
      assert.deepEqual(Object.keys(event), ENVELOPE_FIELDS);
      assert.deepEqual(parseWith(SendableEventSchema, event).ok, true);
    }
    assert.deepEqual(events.map((event) => event.lamport_clock), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }));

Deno.test("the envelope carries identity, repository, team, time and cause", () =>
  withPlatform({}, async (platform) => {
    const { emitter } = emitterOn(platform, queuePath(platform), { context: { teamSlug: null } });
    const first = await emitter.emit("HistoryAdded", NOTE);
    assert.equal(first.kind, "queued");
    const causationId = first.kind === "queued" ? first.eventId : "";
    await emitter.emit("HistoryAdded", NOTE, { causationId });
    await emitter.close();
    using queue = await EventQueue.open(platform, queuePath(platform));
    const [, second] = [...queue.list()].map((entry) => JSON.parse(entry.data));
    const { event_id, ...rest } = second;
    assert.ok(event_id > causationId);
    assert.deepEqual(rest, {
      event_type: "HistoryAdded",
      aggregate_id: "WP01",
      aggregate_type: "WorkPackage",
      payload: NOTE,
      timestamp: "2026-03-01T12:00:00.000Z",
      node_id: "a1b2c3d4e5f6",
      lamport_clock: 2,
      causation_id: causationId,
      team_slug: "local",
      project_uuid: "550e8400-e29b-41d4-a716-446655440000",
      project_slug: "demo",
      git_branch: "main",
      head_commit_sha: "0cf3f906f4f979a000cf04c78688a397d69b6a37",
      repo_slug: "acme/demo",
    });
  }));

Deno.test("event ids grow within a millisecond and when the clock is set back", () =>
  withPlatform({}, async (platform) => {
    const { emitter } = emitterOn(platform, queuePath(platform));
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      if (n === 3) platform.clock.setWallTime(1_000_000_000_000);
      const outcome = await emitter.emit("HistoryAdded", NOTE);
      if (outcome.kind === "queued") ids.push(outcome.eventId);
    }
    await emitter.close();
    assert.equal(new Set(ids).size, 5);
    assert.deepEqual([...ids].sort(), ids);
  }));

Deno.test("a payload that breaks a rule is refused with field and rule before anything is written", () =>
  withPlatform({}, async (platform) => {
    const { emitter, warnings } = emitterOn(platform, queuePath(platform));
    const outcome = await emitter.emit("MissionOriginBound", {
      feature_slug: "001-queue",
      provider: "beads",
      external_issue_id: "1",
      external_issue_key: "1",
      external_issue_url: "https://tracker.acme.com/1",
      title: "x",
    });
    assert.deepEqual(outcome, {
      kind: "refused",
      field: "provider",
      rule: "must be one of linear, jira, github, gitlab",
    });
    assert.equal((await emitter.emit("HistoryAdded", { wp_id: "WP01" })).kind, "refused");
    assert.equal((await emitter.emit("Unheard", {})).kind, "refused");
    assert.equal((await emitter.emit("HistoryAdded", "text")).kind, "refused");
    await emitter.close();
    assert.equal(await platform.files.stat(queuePath(platform)), null);
    assert.equal(warnings.length, 4);
    assert.match(
      warnings[0] ?? "",
      /MissionOriginBound.*"provider" must be one of linear, jira, github, gitlab/,
    );
  }));

Deno.test("an event too large for any upload and one with a faulty node are refused", () =>
  withPlatform({}, async (platform) => {
    const { emitter } = emitterOn(platform, queuePath(platform));
    const huge = { ...NOTE, entry_content: "é".repeat(2_100_000) };
    assert.deepEqual(await emitter.emit("HistoryAdded", huge), {
      kind: "refused",
      field: "payload",
      rule: "must be smaller than 4 MiB as JSON",
    });
    const large = { ...NOTE, entry_content: "e".repeat(2_100_000) };
    assert.equal((await emitter.emit("HistoryAdded", large)).kind, "queued");
    await emitter.close();
    const other = emitterOn(platform, queuePath(platform), { context: { nodeId: "me" } });
    const outcome = await other.emitter.emit("HistoryAdded", NOTE);
    assert.deepEqual(outcome, { kind: "refused", field: "node_id", rule: "must be 12 hex digits" });
  }));

Deno.test("a failure is an outcome and one warning, and the next event tries again", () =>
  withPlatform({}, async (platform) => {
    const warnings: string[] = [];
    let isBroken = true;
    const emitter = new EventEmitter({
      platform,
      queue() {
        if (!isBroken) return EventQueue.open(platform, queuePath(platform));
        return Promise.reject(
          new TrackerError({ code: "database_unusable", message: "Disk full" }),
        );
      },
      context: emitterContext,
      maxQueueSize: () => Promise.resolve(10),
      warn: (message) => warnings.push(message),
    });
    const failed = { kind: "failed", reason: "Disk full" };
    assert.deepEqual(await emitter.emit("HistoryAdded", NOTE), failed);
    assert.deepEqual(await emitter.emit("HistoryAdded", NOTE), failed);
    assert.deepEqual(warnings, ["The event HistoryAdded was not recorded: Disk full"]);
    isBroken = false;
    assert.equal((await emitter.emit("HistoryAdded", NOTE)).kind, "queued");
    await emitter.close();
  }));

Deno.test("a project whose identity cannot be read costs the event, not the caller's work", () =>
  withPlatform({}, async (platform) => {
    const warnings: string[] = [];
    const emitter = new EventEmitter({
      platform,
      queue: () => EventQueue.open(platform, queuePath(platform)),
      context: () => Promise.reject(new Error("no identity")),
      maxQueueSize: () => Promise.resolve(10),
      warn: (message) => warnings.push(message),
    });
    assert.deepEqual(await emitter.emit("HistoryAdded", NOTE), {
      kind: "failed",
      reason: "no identity",
    });
    assert.equal(warnings.length, 1);
    await emitter.close();
  }));

Deno.test("an event of a project without uuid is queued all the same", () =>
  withPlatform({}, async (platform) => {
    const { emitter } = emitterOn(platform, queuePath(platform), {
      context: { projectUuid: null },
    });
    assert.equal((await emitter.emit("HistoryAdded", NOTE)).kind, "queued");
    await emitter.close();
    using queue = await EventQueue.open(platform, queuePath(platform));
    assert.equal(idsIn(queue).length, 1);
    assert.equal(queue.counts().withoutProject, 1);
  }));

Deno.test("a queue past its size warns once and takes the event", () =>
  withPlatform({}, async (platform) => {
    const { emitter, warnings } = emitterOn(platform, queuePath(platform), { maxQueueSize: 2 });
    for (let n = 0; n < 5; n++) {
      assert.equal((await emitter.emit("HistoryAdded", NOTE)).kind, "queued");
    }
    await emitter.close();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /holds 3 events, more than the 2 of `sync.max_queue_size`/);
  }));

function emitterContext() {
  return Promise.resolve({
    nodeId: "a1b2c3d4e5f6",
    projectUuid: null,
    projectSlug: null,
    repoSlug: null,
    teamSlug: null,
    gitBranch: null,
    headCommitSha: null,
  });
}
