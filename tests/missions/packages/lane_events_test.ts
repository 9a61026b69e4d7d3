import assert from "node:assert/strict";
import { openLookEmitter } from "../../../src/events/open.ts";
import { moveUnscopedEvents } from "../../../src/events/move_over.ts";
import { EventQueue } from "../../../src/events/queue.ts";
import { emitLaneEvents } from "../../../src/missions/packages/lane_events.ts";
import { readAllPackages } from "../../../src/missions/packages/read_packages.ts";
import { JIRA_CONFIG, SIGNED_IN, type TestProject, withProject } from "../../missions/support.ts";
import { userPaths } from "../../../src/user/paths.ts";
import { queueOwner } from "../../../src/events/open.ts";
import { tracker } from "../../support/cli.ts";
import { IDENTITY_CONFIG } from "../../support/projects.ts";
import { meta, packageFile, plant, step } from "./support.ts";

const M = "kitty-specs/001-login";
const LANES = ["planned", "claimed", "in_progress", "for_review", "approved", "done"] as const;

/** 140 steps of four packages: to the end, back by force, repeated, and to the end again. */
function history(): string[] {
  const lines: string[] = [];
  const minute = (place: number) =>
    `2026-03-01T${String(10 + Math.floor(place / 60)).padStart(2, "0")}:` +
    `${String(place % 60).padStart(2, "0")}:00.123456+00:00`;
  for (let place = 0; lines.length < 140; place++) {
    const wpId = `WP0${place % 4 + 1}`;
    const round = Math.floor(place / 4) % 7;
    const [from, to, force] = round < 5
      ? [LANES[round] ?? "", LANES[round + 1] ?? "", false]
      : round === 5
      ? ["done", "done", true]
      : ["done", "planned", true];
    lines.push(step(wpId, from, to, minute(place), { force, reason: force ? "again" : null }));
  }
  return lines;
}

const TREE = {
  [`${M}/meta.json`]: meta("login", null),
  [`${M}/status.events.jsonl`]: `${history().join("\n")}\n`,
  ...Object.fromEntries(
    [1, 2, 3, 4].map((at) => [`${M}/tasks/WP0${at}-x.md`, packageFile(`WP0${at}`, `Part ${at}`)]),
  ),
};

interface Queued {
  readonly event_id: string;
  readonly event_type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

async function look(project: TestProject): Promise<number> {
  await using emitter = openLookEmitter({ platform: project.platform, root: project.root });
  return await emitLaneEvents(emitter, await readAllPackages(project.platform, project.root));
}

async function queuePath(project: TestProject): Promise<string> {
  return (await queueOwner(project.platform)).path;
}

async function queued(project: TestProject): Promise<Queued[]> {
  using queue = await EventQueue.open(project.platform, await queuePath(project));
  return [...queue.list()].map(({ data }) => JSON.parse(data));
}

/** The host takes all that is queued. */
async function upload(project: TestProject): Promise<void> {
  using queue = await EventQueue.open(project.platform, await queuePath(project));
  queue.settle({ accepted: [...queue.list()].map(({ eventId }) => eventId), rejected: [] });
}

const inProject = (work: (project: TestProject) => Promise<void>) =>
  withProject({ config: JIRA_CONFIG, env: SIGNED_IN }, async (project) => {
    await plant(project.root, TREE);
    await work(project);
  });

Deno.test("a history of 140 steps is told once, in its order, after its packages", () =>
  inProject(async (project) => {
    assert.equal(await look(project), 144);
    const events = await queued(project);
    assert.deepEqual(
      events.slice(0, 5).map(({ event_type, payload }) => [event_type, payload["wp_id"]]),
      [
        ["WPCreated", "WP01"],
        ["WPCreated", "WP02"],
        ["WPCreated", "WP03"],
        ["WPCreated", "WP04"],
        ["WPStatusChanged", "WP01"],
      ],
    );
    const steps = history().map((line) => JSON.parse(line));
    assert.deepEqual(
      events.slice(4).map(({ payload }) => payload),
      steps.map(({ event_id, wp_id, from_lane, to_lane, at }) => ({
        wp_id,
        from_lane,
        to_lane,
        actor: "claude",
        feature_slug: "001-login",
        at,
        step_id: event_id,
      })),
    );
    assert.equal(await look(project), 0);
    await upload(project);
    assert.equal(await look(project), 0, "what was uploaded is not told again");
    assert.deepEqual(await queued(project), []);
  }));

Deno.test("a log that grows tells what is new; one that is damaged, shuffled or cut tells nothing twice", () =>
  inProject(async (project) => {
    await look(project);
    await upload(project);
    const log = `${project.root}/${M}/status.events.jsonl`;
    const lines = history();
    const again = [
      [...lines].reverse().join("\n"),
      `${lines.slice(0, 70).join("\n")}\n{"wp_id": "WP0`,
      [...lines, ...lines].join("\r\n"),
      lines.map((line) => line.replaceAll("+00:00", "Z").replace('"claude"', '"codex"')).join("\n"),
      "",
      lines.join("\n"),
    ];
    for (const text of again) {
      await Deno.writeTextFile(log, text);
      assert.equal(await look(project), 0, text.slice(0, 80));
    }
    const next = step("WP01", "done", "canceled", "2026-04-01T10:00:00Z");
    await Deno.writeTextFile(log, `${lines.join("\n")}\n${next}\n`);
    assert.equal(await look(project), 1);
    assert.deepEqual((await queued(project)).map(({ payload }) => payload["to_lane"]), [
      "canceled",
    ]);
  }));

Deno.test("two clones on two machines tell the same events under the same ids", async () => {
  const ids: string[][] = [];
  for (let clone = 0; clone < 2; clone++) {
    await inProject(async (project) => {
      await look(project);
      ids.push((await queued(project)).map(({ event_id }) => event_id));
    });
  }
  assert.deepEqual(ids[0], ids[1]);
  assert.equal(new Set(ids[0]).size, 144);
});

Deno.test("steps without an id, from words that events do not know, are told by what they say", () =>
  withProject({ config: JIRA_CONFIG, env: SIGNED_IN }, async (project) => {
    const bare = (from: string | undefined, to: string, at: string) =>
      step("WP01", from ?? "", to, at, { event_id: undefined, from_lane: from });
    await plant(project.root, {
      [`${M}/meta.json`]: meta("login", null),
      [`${M}/tasks/WP01.md`]: packageFile("WP01", "One"),
      [`${M}/status.events.jsonl`]: [
        bare("genesis", "planned", "2026-03-01T10:00:00Z"),
        bare("planned", "doing", "2026-03-01T11:00:00Z"),
        bare("doing", "on_ice", "2026-03-01T12:00:00Z"),
        bare("on_ice", "done", "2026-03-01T13:00:00Z"),
        bare(undefined, "blocked", "2026-03-01T14:00:00"),
      ].join("\n"),
    });
    assert.equal(await look(project), 4);
    assert.deepEqual(
      (await queued(project)).slice(1).map(({ payload }) => [
        payload["from_lane"],
        payload["to_lane"],
        payload["at"],
      ]),
      [
        ["planned", "in_progress", "2026-03-01T11:00:00Z"],
        ["in_progress", "done", "2026-03-01T13:00:00Z"],
        ["done", "blocked", undefined],
      ],
    );
    assert.equal(await look(project), 0);
  }));

Deno.test("what was told before a sign-in is not told again after it", () =>
  inProject(async (project) => {
    const { platform } = project;
    const path = userPaths(platform).unscopedQueue;
    {
      using queue = await EventQueue.open(platform, path);
      const look = { place: "p/001-login", mark: "m" };
      const event = { event_id: "01KJ5Y4S8GQ2N3D7V6W9X1Z4AB", event_type: "WPCreated" };
      assert.equal(
        queue.appendOnce("a1b2c3d4e5f6", [look], [{
          eventId: event.event_id,
          build: () => ({
            ...event,
            aggregate_id: "WP01",
            aggregate_type: "WorkPackage",
            payload: {},
            timestamp: "2026-03-01T10:00:00Z",
            node_id: "a1b2c3d4e5f6",
            lamport_clock: 1,
            causation_id: null,
            team_slug: "local",
            project_uuid: null,
            project_slug: null,
            git_branch: null,
            head_commit_sha: null,
            repo_slug: null,
          }),
        }]),
        1,
      );
    }
    using scoped = await EventQueue.open(platform, `${path}.scoped`);
    assert.equal(await moveUnscopedEvents(platform, path, scoped), 1);
    assert.equal(scoped.lastLook("p/001-login"), "m");
    const again = { eventId: "01KJ5Y4S8GQ2N3D7V6W9X1Z4AB", build: () => assert.fail("told twice") };
    scoped.settle({ accepted: [again.eventId], rejected: [] });
    assert.equal(scoped.appendOnce("a1b2c3d4e5f6", [], [again]), 0);
  }));

Deno.test("`wp list` queues events only with the gate on and a binding to a host, and writes nothing into the project", async () => {
  const listed = async (options: Parameters<typeof withProject>[0]): Promise<number> => {
    let count = NaN;
    await withProject(options, async (project) => {
      await plant(project.root, TREE);
      const config = `${project.root}/.kittify/config.yaml`;
      const before = await Deno.readTextFile(config).catch(() => null);
      const { code, stderr } = await tracker(
        project.platform,
        "wp",
        "list",
        "--repo",
        project.root,
      );
      assert.equal(code, 0, stderr);
      assert.equal(await Deno.readTextFile(config).catch(() => null), before);
      count = (await queued(project)).length;
    });
    return count;
  };
  assert.equal(await listed({ config: JIRA_CONFIG, env: SIGNED_IN }), 144);
  assert.equal(await listed({ config: JIRA_CONFIG }), 0);
  assert.equal(await listed({ config: IDENTITY_CONFIG, env: SIGNED_IN }), 0);
  const anonymous = "tracker:\n  provider: jira\n  binding_ref: srm_1\n";
  assert.equal(await listed({ config: anonymous, env: SIGNED_IN }), 0);
});
