/** Issues follow the lanes of their work packages, by events and by pushes, in whatever order these come. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { type DeliveryScene, ENG, withProvider } from "./delivery_support.ts";
import { anEvent } from "./event.ts";
import { type Answered, type TestHost, uuidOf, withHost } from "./support.ts";

const MISSION = "014-log-in";
const WP01 = { mission: MISSION, wp_id: "WP01" };

interface Step {
  readonly lane: string;
  /** Minutes after ten. */
  readonly minute: number;
  readonly id?: number;
}

/** An event of a step; its number is that of the minute unless given. */
function moved({ lane, minute, id = minute }: Step, more: object = {}): Record<string, unknown> {
  const timestamp = `2026-03-01T10:${String(minute).padStart(2, "0")}:00.123456+00:00`;
  return anEvent(id, {
    payload: { wp_id: "WP01", from_lane: "planned", to_lane: lane, feature_slug: MISSION },
    timestamp,
    project_uuid: uuidOf("my-app"),
    ...more,
  });
}

async function upload(host: TestHost, events: readonly object[]): Promise<Answered> {
  const body = JSON.stringify({ events });
  const answer = await host.call("POST", "/api/v1/events/batch/", body);
  assert.equal(answer.status, 200);
  return answer;
}

function creating(more: object = {}): object {
  return {
    ref: { ...ENG, id: `${MISSION}/WP01` },
    action: "create",
    patch: { title: "WP01 Log in" },
    target_status: "todo",
    work_package: WP01,
    ...more,
  };
}

function transition(target_status: string, step: object): object {
  const ref = { ...ENG, id: `${MISSION}/WP01` };
  return { ref, action: "transition", target_status, work_package: { ...WP01, ...step } };
}

/** A host with the issue of a package in a place of its own, and what can be done to it. */
interface OwnScene {
  readonly host: TestHost;
  push(items: readonly object[]): Promise<Answered>;
  status(): Promise<unknown>;
  version(): Promise<unknown>;
}

function withOwn(test: (scene: OwnScene) => Promise<void>): Promise<void> {
  return withHost(async (host) => {
    const binding_ref = await host.bind("linear", "Engineering (ENG)");
    const call = (path: string, body: object) =>
      host.call("POST", `/api/v1/tracker/${path}/`, { provider: "linear", binding_ref, ...body });
    const push = (items: readonly object[]) => call("push", { items });
    const made = await push([creating()]);
    const issue = async (member: string) => {
      const pulled = await call("pull", { limit: 1000 });
      const at = pulled.list("items").findIndex((_, i) =>
        pulled.at(`items.${i}.ref.id`) === made.at("items.0.remote_ref.id")
      );
      return pulled.at(`items.${at}.${member}`);
    };
    await test({
      host,
      push,
      async status() {
        await host.host.worker.idle();
        return await issue("status");
      },
      version: () => issue("version"),
    });
  });
}

Deno.test("an event moves the issue of its package, and a step back moves it back", () =>
  withOwn(async ({ host, status }) => {
    for (
      const [minute, [lane, wanted]] of [
        ["claimed", "in_progress"],
        ["for_review", "in_review"],
        ["doing", "in_progress"],
        ["blocked", "blocked"],
        ["approved", "in_review"],
        ["done", "done"],
        ["planned", "todo"],
        ["canceled", "canceled"],
      ].entries()
    ) {
      await upload(host, [moved({ lane: lane ?? "", minute })]);
      assert.equal(await status(), wanted);
    }
  }));

Deno.test("an older step moves nothing, whenever it comes, and a repeated one neither", () =>
  withOwn(async ({ host, status, version }) => {
    await upload(host, [moved({ lane: "in_review", minute: 5 })]);
    assert.equal(await status(), "in_review");
    const before = await version();
    await upload(host, [moved({ lane: "claimed", minute: 3 })]);
    await upload(host, [moved({ lane: "in_review", minute: 5 })]);
    assert.equal(await status(), "in_review");
    assert.equal(await version(), before);
  }));

Deno.test("of the steps in one batch only the newest moves the issue, in whatever order they stand", () =>
  withOwn(async ({ host, status, version }) => {
    const before = Number(await version());
    await upload(
      host,
      ["claimed", "for_review", "claimed", "for_review", "done"].map((lane, minute) =>
        moved({ lane, minute, id: 9 - minute })
      ),
    );
    assert.equal(await status(), "done");
    assert.equal(Number(await version()), before + 1);
  }));

Deno.test("of two steps at one time the one with the greater id counts, and parts of a millisecond do", () =>
  withOwn(async ({ host, status }) => {
    await upload(host, [moved({ lane: "done", minute: 1, id: 7 })]);
    await upload(host, [moved({ lane: "claimed", minute: 1, id: 6 })]);
    assert.equal(await status(), "done");
    const timestamp = "2026-03-01T12:01:00.1234567+02:00";
    await upload(host, [moved({ lane: "blocked", minute: 1, id: 5 }, { timestamp })]);
    assert.equal(await status(), "blocked");
  }));

Deno.test("the time of a step in the payload counts before that of the event", () =>
  withOwn(async ({ host, status }) => {
    await upload(host, [moved({ lane: "done", minute: 5 })]);
    const late = moved({ lane: "claimed", minute: 8 });
    const payload = { ...Object(late["payload"]), at: "2026-03-01T10:04:00+00:00" };
    await upload(host, [{ ...late, payload }]);
    assert.equal(await status(), "done");
  }));

Deno.test("of two steps at one time, the id that the lane log gives them counts before that of the event", () =>
  withOwn(async ({ host, status }) => {
    const named = (lane: string, id: number, step_id: string) => {
      const event = moved({ lane, minute: 1, id });
      return { ...event, payload: { ...Object(event["payload"]), step_id } };
    };
    await upload(host, [named("done", 5, "02"), named("claimed", 6, "01")]);
    assert.equal(await status(), "done");
  }));

Deno.test("a lane that is not known is kept and moves nothing; an event of no mission, of another project, or of a package without an issue neither", () =>
  withOwn(async ({ host, status, version }) => {
    const before = await version();
    const other = { project_uuid: "0b54d3f7-5a6c-4d1e-8f90-0123456789ab" };
    const wp = { wp_id: "WP02", from_lane: "planned", to_lane: "done", feature_slug: MISSION };
    const none = { wp_id: "WP01", from_lane: "planned", to_lane: "done" };
    const answer = await upload(host, [
      moved({ lane: "on_the_moon", minute: 1 }),
      moved({ lane: "done", minute: 2 }, { payload: none }),
      moved({ lane: "done", minute: 3 }, other),
      moved({ lane: "done", minute: 4 }, { payload: wp }),
    ]);
    assert.ok([0, 1, 2, 3].every((i) => answer.at(`results.${i}.status`) === "success"));
    assert.equal(await status(), "todo");
    assert.equal(await version(), before);
    const { lane } = await host.store.one(
      "SELECT lane FROM work_packages WHERE wp_id = 'WP01' AND project_uuid = ?",
      uuidOf("my-app"),
    ) ?? {};
    assert.equal(lane, "on_the_moon");
  }));

Deno.test("the steps of a push are known when their events come, and a clone that is behind moves nothing back", () =>
  withOwn(async ({ host, push, status, version }) => {
    const step = (minute: number) => ({
      at: `2026-03-01T10:0${minute}:00.123456Z`,
      event_id: String(moved({ lane: "done", minute })["event_id"]),
    });
    const done = await push([transition("done", { lane: "done", ...step(5) })]);
    assert.equal(done.at("items.0.outcome"), "transitioned");
    const before = await version();
    await upload(
      host,
      [1, 3, 5].map((minute) => moved({ lane: minute === 5 ? "done" : "claimed", minute })),
    );
    assert.equal(await status(), "done");
    const behind = await push([transition("in_progress", { lane: "claimed", ...step(3) })]);
    assert.equal(behind.at("items.0.outcome"), "unchanged");
    assert.equal(await status(), "done");
    assert.equal(await version(), before);
    const plain = await push([transition("in_progress", { lane: "claimed" })]);
    assert.equal(plain.at("items.0.outcome"), "transitioned");
  }));

Deno.test("an issue that is created after the events of its package begins where the newest one left it", () =>
  withHost(async (host) => {
    const binding_ref = await host.bind("linear", "Engineering (ENG)");
    await upload(host, [moved({ lane: "for_review", minute: 5 })]);
    await host.host.worker.idle();
    const step = { lane: "planned", at: "2026-03-01T10:01:00Z", event_id: "01" };
    const body = { provider: "linear", binding_ref };
    const second = moved({ lane: "for_review", minute: 6 });
    const payload = { ...Object(second["payload"]), wp_id: "WP02" };
    await upload(host, [{ ...second, payload }]);
    const ref = { ...ENG, id: `${MISSION}/WP02` };
    const items = [
      creating({ work_package: { ...WP01, ...step } }),
      creating({ ref, work_package: { ...WP01, wp_id: "WP02" } }),
    ];
    const made = await host.call("POST", "/api/v1/tracker/push/", { ...body, items });
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", { ...body, limit: 1000 });
    for (const item of [0, 1]) {
      const id = made.at(`items.${item}.remote_ref.id`);
      const at = pulled.list("items").findIndex((_, i) => pulled.at(`items.${i}.ref.id`) === id);
      assert.equal(pulled.at(`items.${at}.status`), "in_review");
    }
  }));

Deno.test("a repeated creation that knows of a later step has the issue follow it", () =>
  withOwn(async ({ push, status }) => {
    const step = { lane: "done", at: "2026-03-01T10:09:00Z", event_id: "09" };
    const again = await push([creating({
      target_status: "done",
      work_package: { ...WP01, ...step },
    })]);
    assert.equal(again.at("items.0.outcome"), "unchanged");
    assert.equal(await status(), "done");
  }));

const ORDER = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });

Deno.test("events in any order, some of them twice, leave the issue at the last step", () =>
  fc.assert(
    fc.asyncProperty(
      ORDER,
      fc.array(fc.nat(5), { maxLength: 3 }),
      (order, again) =>
        withOwn(async ({ host, status }) => {
          const lanes = ["claimed", "for_review", "claimed", "for_review", "approved", "done"];
          for (const minute of [...order, ...again]) {
            await upload(host, [moved({ lane: lanes[minute] ?? "", minute })]);
            if (minute % 2 === 0) await host.host.worker.idle();
          }
          assert.equal(await status(), "done");
        }),
    ),
    { numRuns: 5 },
  ));

/** What the provider was asked to do to the issue of the package. */
function moves({ provider }: DeliveryScene): string[] {
  return provider.writes.filter((write) => !write.startsWith("create"));
}

Deno.test("an event ends as one status at the tracker, and what people made of the issue stays", () =>
  withProvider(async (scene) => {
    const { host, provider, push, ended, pass } = scene;
    await ended(await push([creating()]));
    const issue = provider.issues.get("remote-37");
    assert.ok(issue !== undefined);
    provider.issues.set("remote-37", { ...issue, title: "By people", status: "canceled" });
    await upload(host, [moved({ lane: "claimed", minute: 1 })]);
    await upload(host, [moved({ lane: "claimed", minute: 1 })]);
    await pass();
    await upload(host, [moved({ lane: "claimed", minute: 1 })]);
    await pass();
    assert.deepEqual(moves(scene), ["transition remote-37 in_progress"]);
    const { title, status } = provider.issues.get("remote-37") ?? {};
    assert.deepEqual([title, status], ["By people", "in_progress"]);
  }));

Deno.test("a step that comes between the acceptance of an issue and its creation is not lost", () =>
  withProvider(async (scene) => {
    const { host, provider, push, pass } = scene;
    provider.stepIn = ({ method, phase }) => {
      if (method === "create" && phase === "before") pending ??= later();
    };
    let pending: Promise<unknown> | null = null;
    const later = () => upload(host, [moved({ lane: "done", minute: 2 })]);
    const step = { lane: "planned", at: "2026-03-01T10:01:00Z", event_id: "01" };
    await push([creating({ work_package: { ...WP01, ...step } })]);
    await pass();
    await pending;
    await pass();
    assert.equal(provider.issues.get("remote-37")?.status, "done");
    assert.deepEqual(moves(scene), ["transition remote-37 done"]);
  }));

Deno.test("steps that come while the tracker cannot be reached end at the last one", () =>
  withProvider(async (scene) => {
    const { host, provider, remotes, push, ended, pass } = scene;
    await ended(await push([creating()]));
    delete remotes.linear;
    for (const [minute, lane] of ["claimed", "for_review", "for_review"].entries()) {
      await upload(host, [moved({ lane, minute })]);
      await host.host.worker.idle();
    }
    remotes.linear = provider;
    await pass(60);
    assert.equal(provider.issues.get("remote-37")?.status, "in_review");
    assert.equal(moves(scene).filter((write) => write.includes("in_review")).length, 1);
  }));

Deno.test("events that a process of the version before has stored move issues, too", () =>
  withOwn(async ({ host, status }) => {
    const event = moved({ lane: "done", minute: 3 });
    const { team_id, user_id } = await host.store.one(
      "SELECT m.team_id, m.user_id FROM members m JOIN teams t ON t.id = m.team_id WHERE t.slug = 'acme'",
    ) ?? {};
    await host.store.run(
      `INSERT INTO events (team_id, event_id, user_id, node_id, lamport_clock, json, received_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      String(team_id),
      String(event["event_id"]),
      String(user_id),
      "a1b2c3d4e5f6",
      1,
      JSON.stringify(event),
      host.platform.clock.now(),
    );
    host.platform.clock.advance(11 * 60_000);
    await host.host.worker.idle();
    assert.equal(await status(), "done");
    assert.equal(await host.store.one("SELECT 1 FROM events WHERE noted = 0"), null);
  }));
