/** Work packages of a project that is bound to two places, and of processes that work at once. */
import assert from "node:assert/strict";
import { until } from "../support/until.ts";
import { anEvent } from "./event.ts";
import { atOnce, withProcesses } from "./processes_support.ts";
import { type Answered, type TestHost, uuidOf, withHost } from "./support.ts";

const MISSION = "014-log-in";

function named(system: string, workspace: string, wp_id: string) {
  return { system, workspace, id: `${MISSION}/${wp_id}` };
}

function moved(index: number, wp_id: string, to_lane: string): Record<string, unknown> {
  return anEvent(index, {
    payload: { wp_id, from_lane: "planned", to_lane, feature_slug: MISSION },
    timestamp: `2026-03-01T10:${String(Math.floor(index / 60)).padStart(2, "0")}:${
      String(index % 60).padStart(2, "0")
    }Z`,
    project_uuid: uuidOf("my-app"),
  });
}

async function upload(host: TestHost, events: readonly object[]): Promise<void> {
  const answer = await host.call("POST", "/api/v1/events/batch/", JSON.stringify({ events }));
  assert.equal(answer.status, 200);
}

async function statuses(host: TestHost): Promise<string[]> {
  const rows = await host.store.all(
    `SELECT i.status FROM package_mappings p
     JOIN issues i ON i.resource_id = p.resource_id AND i.external_id = p.external_id
     WHERE p.wp_id LIKE '${MISSION}/%' ORDER BY p.wp_id, p.resource_id`,
  );
  return rows.map(({ status }) => String(status));
}

async function create(
  host: TestHost,
  provider: string,
  binding_ref: string,
  packages: readonly string[],
): Promise<Answered> {
  const found = await host.call("GET", `/api/v1/tracker/resources/?provider=${provider}`);
  const at = found.list("resources").findIndex((_, i) =>
    found.at(`resources.${i}.binding_ref`) === binding_ref
  );
  const workspace = found.text(`resources.${at}.provider_context.workspace`);
  const items = packages.map((wp_id) => ({
    ref: named(provider, workspace, wp_id),
    action: "create",
    patch: { title: wp_id },
    target_status: "todo",
    work_package: { mission: MISSION, wp_id },
  }));
  return await host.call("POST", "/api/v1/tracker/push/", { provider, binding_ref, items });
}

Deno.test("a step moves the issue of its package in every place that the project is bound to, a step of a push too", () =>
  withHost(async (host) => {
    const refs = [
      await host.bind("linear", "Engineering (ENG)"),
      await host.bind("gitlab", await firstLabel(host, "gitlab")),
    ];
    await create(host, "linear", refs[0] ?? "", ["WP01"]);
    await create(host, "gitlab", refs[1] ?? "", ["WP01"]);
    await upload(host, [moved(1, "WP01", "claimed")]);
    await host.host.worker.idle();
    assert.deepEqual(await statuses(host), ["in_progress", "in_progress"]);
    const pushed = await host.call("POST", "/api/v1/tracker/push/", {
      provider: "linear",
      binding_ref: refs[0],
      items: [{
        ref: named("linear", "acme", "WP01"),
        action: "transition",
        target_status: "done",
        work_package: {
          mission: MISSION,
          wp_id: "WP01",
          lane: "done",
          at: "2026-03-01T11:00:00Z",
          event_id: "01",
        },
      }],
    });
    assert.equal(pushed.at("items.0.outcome"), "transitioned");
    await host.host.worker.idle();
    assert.deepEqual(await statuses(host), ["done", "done"]);
  }));

async function firstLabel(host: TestHost, provider: string): Promise<string> {
  const found = await host.call("GET", `/api/v1/tracker/resources/?provider=${provider}`);
  return found.text("resources.0.display_label");
}

Deno.test("two processes take pushes and events of the same packages at once, and nothing waits for ever", () =>
  withProcesses(async (hosts) => {
    const [one, other] = hosts;
    const ref = await one.bind("linear", "Engineering (ENG)");
    const packages = Array.from({ length: 6 }, (_, i) => `WP0${i + 1}`);
    const lanes = ["claimed", "for_review", "in_progress", "for_review", "approved", "done"];
    const events = lanes.flatMap((lane, step) =>
      packages.map((wp_id, at) => moved(step * 10 + at + 1, wp_id, lane))
    );
    await atOnce(hosts, 12, async (host, index) => {
      if (index < 4) {
        await create(host, "linear", ref, index % 2 === 0 ? packages : packages.toReversed());
        return;
      }
      // Each batch has all events, in an order of its own.
      await upload(host, index % 3 === 0 ? events.toReversed() : events);
    });
    await until(async () => {
      await one.host.worker.idle();
      await other.host.worker.idle();
      for (const { platform } of hosts) platform.clock.advance(20_000);
      const now = await statuses(one);
      return now.length === 6 && now.every((status) => status === "done") ? now : null;
    });
    const issues = await one.store.all('SELECT 1 FROM issues WHERE json LIKE \'%"title":"WP0%\'');
    assert.equal(issues.length, 6);
  }));
