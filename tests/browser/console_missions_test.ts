import assert from "node:assert/strict";
import { DEMO, type RunningHost } from "../../src/server/mod.ts";
import { anEvent } from "../server/event.ts";
import { uuidOf, valueAt } from "../server/support.ts";
import { untilSo } from "../support/until.ts";
import { browserTest, visit } from "./browser.ts";
import {
  assertGoodEverywhere,
  open,
  picture,
  press,
  signInByKeyboard,
  withConnectableHost,
} from "./console.ts";

const ENG = { system: "linear", workspace: "acme" };

const PACKAGES = [
  ["WP01", "Store sessions", "done", null],
  ["WP02", "Sign in with a passkey", "for_review", "WP01"],
  ["WP03", "Sign out everywhere, also in sessions of machines", "doing", "WP01"],
  ["WP04", "Tell people of a new session", "planned", "WP03"],
] as const;

/** Has a project tell of two missions over HTTP, as a clone does; returns the path of its missions. */
async function tellMissions(host: RunningHost): Promise<string> {
  let authorization = "";
  let calls = 0;
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = {
      "content-type": "application/json",
      "x-team-slug": DEMO.team,
      "idempotency-key": `missions-${++calls}`,
      ...(authorization === "" ? {} : { authorization }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${host.url}/api/v1/${path}`, init);
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return await answer.json();
  };
  const { username, password } = DEMO;
  const token = await call("POST", "token/", { username, password });
  authorization = `Bearer ${valueAt(token, "access")}`;
  const provider = "linear";
  const resources = await call("GET", `tracker/resources/?provider=${provider}`);
  const bound = await call("POST", "tracker/bind-confirm/", {
    provider,
    candidate_token: valueAt(resources, "resources.0.candidate_token"),
    project_identity: { uuid: uuidOf("my-app"), slug: "my-app", node_id: "a1b2c3d4e5f6" },
  });
  const binding_ref = valueAt(bound, "binding_ref");
  const mission = "014-sign-in";
  const ref = (wp: string) => ({ ...ENG, id: `${mission}/${wp}` });
  const pushed = await call("POST", "tracker/push/", {
    provider,
    binding_ref,
    items: PACKAGES.slice(0, 3).map(([wp_id, title, lane, blocker], at) => ({
      ref: ref(wp_id),
      action: "create",
      patch: {
        title: `${wp_id} ${title}`,
        ...(blocker === null ? {} : { links_add: [{ type: "blocked_by", ref: ref(blocker) }] }),
      },
      target_status: ["done", "in_review", "todo"][at],
      work_package: { mission, wp_id, title, lane, at: `2026-03-0${at + 1}T09:00:00Z` },
    })),
  });
  const event = (index: number, event_type: string, payload: object) =>
    anEvent(index, { event_type, payload, project_uuid: uuidOf("my-app") });
  const [wp_id, title, lane] = PACKAGES[3];
  await call("POST", "events/batch/", {
    events: [
      event(1, "WPCreated", { wp_id, title, feature_slug: mission, dependencies: ["WP03"] }),
      event(2, "WPStatusChanged", {
        wp_id,
        from_lane: "genesis",
        to_lane: lane,
        feature_slug: mission,
      }),
      event(3, "WPStatusChanged", {
        wp_id: "WP01",
        from_lane: "planned",
        to_lane: "a-lane-of-their-own",
        feature_slug:
          "013-a-mission-with-a-rather-long-name-that-goes-on-and-does-not-end-01KP8NAX",
      }),
    ],
  });
  const isIdle = async () =>
    await host.context.store.one(
      "SELECT 1 FROM jobs WHERE kind = 'packages' AND state = 'open'",
    ) === null;
  await untilSo(isIdle);
  // What follows a lane was moved, and is moved away by a person.
  await call("POST", "tracker/push/", {
    provider,
    binding_ref,
    items: [{
      ref: valueAt(pushed, "items.2.remote_ref"),
      action: "transition",
      target_status: "todo",
    }],
  });
  await untilSo(isIdle);
  const row = await host.context.store.one("SELECT resource_id AS id FROM mappings");
  return `/projects/${row?.["id"]}/missions`;
}

browserTest(
  "missions and their packages are found by the keyboard, and good for everybody in every size and light",
  (browser) =>
    withConnectableHost(async (host) => {
      const missions = await tellMissions(host);
      await visit(browser, `${host.url}/sign-in`, { ready: "h1" }, async ({ page }) => {
        await signInByKeyboard(page, DEMO);
        await open(page, `${host.url}${missions.replace(/\/missions$/, "")}`);
        await press(page, "Show the missions", "Missions of my-app");
        await page.getByText("1 differs").waitFor();
        await assertGoodEverywhere(page);
        await open(page, `${host.url}${missions}`);
        await press(page, "014-sign-in", "014-sign-in");
        await page.getByText("Should be in progress").waitFor();
        await assertGoodEverywhere(page);
        await page.setViewportSize({ width: 1200, height: 760 });
        await picture(page, "console-mission");
        await press(page, "All missions", "Missions of my-app");
      });
    }),
);
