import assert from "node:assert/strict";
import { addUserUnchecked } from "../../../src/server/accounts/users.ts";
import { anEvent } from "../event.ts";
import { type TestHost, uuidOf, withHost } from "../support.ts";
import { consoleBrowser, signedInBrowser } from "./browser.ts";

const ENG = { system: "linear", workspace: "acme" };

/** Stores a mission of four packages: one follows, one differs, one has no issue, one is in a lane of its own. */
async function tellMission(host: TestHost, mission: string, project: string): Promise<string> {
  const binding_ref = await host.bind("linear", "Engineering (ENG)");
  const items = ["WP01", "WP02"].map((wp_id) => ({
    ref: { ...ENG, id: `${mission}/${wp_id}` },
    action: "create",
    patch: {
      title: `${wp_id} Log in`,
      links_add: wp_id === "WP02"
        ? [{ type: "blocked_by", ref: { ...ENG, id: `${mission}/WP01` } }]
        : [],
    },
    target_status: "in_progress",
    work_package: { mission, wp_id, title: "Log in", lane: "doing", at: "2026-03-01T09:00:00Z" },
  }));
  const pushed = await host.call("POST", "/api/v1/tracker/push/", {
    provider: "linear",
    binding_ref,
    items,
  });
  // What follows a lane has been moved before a person moves it.
  await host.host.worker.idle();
  const person = { ref: pushed.at("items.1.remote_ref"), action: "transition" };
  await host.call("POST", "/api/v1/tracker/push/", {
    provider: "linear",
    binding_ref,
    items: [{ ...person, target_status: "done" }],
  });
  const event = (index: number, wp_id: string, to_lane: string) =>
    anEvent(index, {
      aggregate_id: wp_id,
      payload: { wp_id, from_lane: "planned", to_lane, feature_slug: mission },
      project_uuid: uuidOf(project),
    });
  const events = [event(1, "WP03", "for_review"), event(2, "WP04", "<on the moon>")];
  await host.call("POST", "/api/v1/events/batch/", JSON.stringify({ events }));
  await host.host.worker.idle();
  const { id } = await host.store.one(
    "SELECT resource_id AS id FROM mappings WHERE binding_ref = ?",
    binding_ref,
  ) ?? {};
  return `/projects/${id}/missions`;
}

/** The text of each cell of a table, row by row. */
function cells(html: string): string[][] {
  return [...html.matchAll(/<tr role="row">(.*?)<\/tr>/gs)].slice(1).map(([, row = ""]) =>
    [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = ""]) =>
      cell.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim()
    )
  );
}

Deno.test("a project shows its missions: how many packages are in which lane, and whether their issues follow", () =>
  withHost(async (host) => {
    const path = await tellMission(host, "014-log-in", "my-app");
    const browser = await signedInBrowser(host);
    const place = await browser.open(path.replace(/\/missions$/, ""));
    assert.ok(place.html.includes(`href="${path}"`));
    const { html, status } = await browser.open(path);
    assert.equal(status, 200);
    assert.deepEqual(cells(html), [[
      "014-log-in",
      "4",
      "2 doing 1 for review 1 &lt;on the moon&gt;",
      "2",
      "1 differs",
    ]]);
    assert.ok(html.includes(`href="${path}/014-log-in"`));
  }));

Deno.test("a mission shows its packages, their issues, and what differs", () =>
  withHost(async (host) => {
    const path = await tellMission(host, "014-log-in", "my-app");
    const browser = await signedInBrowser(host);
    const { html } = await browser.open(`${path}/014-log-in`);
    const rows = cells(html);
    const keys = rows.map((row) => row.splice(4, 1)[0] ?? "");
    assert.deepEqual(keys.map((key) => key.replace(/\d+/, "N")), [
      "ENG-N",
      "ENG-N",
      "none yet",
      "none yet",
    ]);
    assert.deepEqual(rows, [
      ["WP01 Log in", "doing", "1 Mar 2026, 09:00 UTC", "–", "In progress", "–"],
      ["WP02 Log in", "doing", "1 Mar 2026, 09:00 UTC", "WP01", "Done", "Should be in progress"],
      ["WP03", "for review", "1 Mar 2026, 10:00 UTC", "–", "–", "–"],
      ["WP04", "&lt;on the moon&gt;", "1 Mar 2026, 10:00 UTC", "–", "–", "–"],
    ]);
    assert.match(html, /href="\/issues\/res_[^"]+\/[^"]+"/);
    assert.equal((await browser.open(`${path}/015-other`)).status, 404);
  }));

Deno.test("missions are listed a page at a time, the newest number first", () =>
  withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)");
    const events = Array.from({ length: 60 }, (_, index) =>
      anEvent(index, {
        event_type: "WPCreated",
        payload: {
          wp_id: "WP01",
          title: "T",
          feature_slug: `${String(index + 1).padStart(3, "0")}-m`,
        },
        project_uuid: uuidOf("my-app"),
      }));
    await host.call("POST", "/api/v1/events/batch/", JSON.stringify({ events }));
    const { id } = await host.store.one("SELECT resource_id AS id FROM mappings") ?? {};
    const browser = await signedInBrowser(host);
    const first = await browser.open(`/projects/${id}/missions`);
    assert.equal(cells(first.html).length, 50);
    assert.deepEqual(cells(first.html)[0], ["060-m", "1", "1 no lane yet", "0", "–"]);
    const [, next = ""] = /href="([^"]*after=[^"]*)"/.exec(first.html) ?? [];
    const second = await browser.open(next.replaceAll("&amp;", "&"));
    assert.deepEqual(cells(second.html).map(([name]) => name).at(-1), "001-m");
    assert.equal(cells(second.html).length, 10);
  }));

Deno.test("a project without missions says where they come from; another team's are not shown", () =>
  withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)");
    const { id } = await host.store.one("SELECT resource_id AS id FROM mappings") ?? {};
    const path = `/projects/${id}/missions`;
    const { html } = await (await signedInBrowser(host)).open(path);
    assert.match(html, /tracker wp push/);
    const other = { username: "eve@example.com", password: "another long password" };
    await addUserUnchecked(host.context, { ...other, team: "others" });
    const browser = consoleBrowser(host);
    await browser.send("/sign-in", "/sign-in", other);
    assert.equal((await browser.open(path)).status, 404);
  }));
