import assert from "node:assert/strict";
import type { CommandResult } from "../support/cli.ts";
import { withWorld, type World } from "../support/world.ts";
import { commitAll, git, initRepository } from "../support/world_git.ts";

/** The ticket the guide starts from. */
const TITLE = "A voucher is taken twice when the page is sent twice";

/** A signed-in user in a repository whose project is bound to a provider's resource. */
function inBoundProject(
  test: (world: World) => Promise<void>,
  binding: { readonly provider: string; readonly resource: string } = {
    provider: "jira",
    resource: "WEB",
  },
): Promise<void> {
  return withWorld(async (world) => {
    await world.signIn();
    await initRepository(world, "Dana Demo", "demo@example.com");
    const { provider, resource } = binding;
    await world.lever("mappings", { provider, resource, project_slug: "my-project" });
    const { mappings } = await world.look("mappings");
    await world.writeConfig(
      `tracker:\n  provider: ${provider}\n  binding_ref: ${mappings[0].binding_ref}\n`,
    );
    await commitAll(world);
    await world.forgetRequests();
    await test(world);
  });
}

async function keyOf(world: World, title: string): Promise<string> {
  const { candidates } = await world.json("issue", "search", title);
  const found = candidates.find((candidate: { title: string }) => candidate.title === title);
  assert.ok(found !== undefined, `no ticket "${title}"`);
  return found.external_issue_key;
}

async function ticketOf(
  world: World,
  mission: string,
): Promise<Record<string, string> | undefined> {
  const meta = await Deno.readTextFile(`${world.project}/kitty-specs/${mission}/meta.json`);
  return JSON.parse(meta).origin_ticket;
}

/** Fails with exit code 1 and nothing on standard output. */
function assertRefused(result: CommandResult, words: RegExp): void {
  assert.equal(result.code, 1, result.stderr);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, words);
}

Deno.test("From typed words to a committed mission in one sitting", () =>
  inBoundProject(async (world) => {
    const started = await world.run(["mission", "start", "voucher", "twice"], { stdin: "1\n" });
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, new RegExp(`✓ Mission 001-web-\\d+ from WEB-\\d+: ${TITLE}`));
    const [mission = ""] = [...Deno.readDirSync(`${world.project}/kitty-specs`)].map((e) => e.name);
    assert.match(mission, /^001-web-\d+$/);
    const ticket = await ticketOf(world, mission) ?? {};
    assert.deepEqual(Object.keys(ticket), [
      "provider",
      "resource_type",
      "resource_id",
      "external_issue_id",
      "external_issue_key",
      "external_issue_url",
      "title",
    ]);
    assert.equal(ticket["title"], TITLE);
    assert.equal(await git(world, "status", "--porcelain", "kitty-specs"), "");
    assert.equal(
      await git(world, "log", "--format=%s", "-1"),
      `Bind mission ${mission} to ${ticket["external_issue_key"]}`,
    );

    const { origins } = await world.look("origins");
    assert.equal(origins.length, 1);
    assert.equal(origins[0].feature_slug, mission);
    assert.equal(origins[0].external_issue_id, ticket["external_issue_id"]);
    const listed = await world.json("mission", "list");
    assert.deepEqual(listed.missions[0].origin_ticket, ticket);
  }));

Deno.test("Both events wait while the host takes none, and go up when it does", () =>
  inBoundProject(async (world) => {
    const key = await keyOf(world, TITLE);
    await world.ok("mission", "start", "--ticket", key, "--yes");
    assert.deepEqual((await world.look("events")).events, []);
    await world.lever("fail", { times: 1, status: 503, path: "events/batch" });
    assert.equal((await world.run(["events", "flush"])).code, 1);
    await world.ok("events", "flush");
    const { events } = await world.look("events");
    assert.deepEqual(
      events.map((event: { event_type: string }) => event.event_type),
      ["FeatureCreated", "MissionOriginBound"],
    );
    for (const event of events) assert.equal(Object.keys(event).length, 15);
    assert.equal(events[1].payload.external_issue_key, key);
    assert.ok(events[0].lamport_clock < events[1].lamport_clock);
  }));

Deno.test("A text finds a key first, then titles before bodies; a key finds its ticket alone", () =>
  inBoundProject(async (world) => {
    const key = await keyOf(world, TITLE);
    const byKey = await world.json("issue", "search", "--key", key.toLowerCase());
    assert.equal(byKey.candidates.length, 1);
    assert.equal(byKey.candidates[0].match_type, "exact");
    const byText = await world.json("issue", "search", key);
    assert.equal(byText.candidates[0].external_issue_key, key);
    assert.equal(byText.candidates[0].match_type, "exact");
    const none = await world.json("issue", "search", "--key", "WEB-99999");
    assert.deepEqual(none.candidates, []);
    const other = await world.json("issue", "search", "--key", "PAY-1");
    assert.deepEqual(other.candidates, [], "another resource's ticket");
  }));

Deno.test("The same ticket again changes nothing, another one is the host's error", () =>
  inBoundProject(async (world) => {
    const key = await keyOf(world, TITLE);
    const { feature_slug: mission } = await world.json(
      "mission",
      "start",
      "--ticket",
      key,
      "--yes",
    );
    const before = await Deno.readTextFile(`${world.project}/kitty-specs/${mission}/meta.json`);
    const again = await world.json("mission", "bind-origin", mission, "--ticket", key, "--yes");
    assert.equal(again.changed, false);
    const other = await keyOf(world, "Pay as a guest");
    assertRefused(
      await world.run(["mission", "bind-origin", mission, "--ticket", other, "--yes"]),
      /has another origin already/,
    );
    assert.equal(
      await Deno.readTextFile(`${world.project}/kitty-specs/${mission}/meta.json`),
      before,
    );
    assert.equal((await world.look("origins")).origins.length, 1);
  }));

Deno.test("A host that fails leaves the mission without a ticket, and the named command binds it", () =>
  inBoundProject(async (world) => {
    const key = await keyOf(world, TITLE);
    await world.lever("fail", { times: 1, status: 500, path: "mission-origin/bind" });
    const failed = await world.run(["mission", "start", "--ticket", key, "--yes"]);
    const mission = `001-${key.toLowerCase()}`;
    assertRefused(failed, new RegExp(`tracker mission bind-origin ${mission} --ticket ${key}`));
    assert.equal(await ticketOf(world, mission), undefined);
    await world.ok("mission", "bind-origin", mission, "--ticket", key, "--yes");
    assert.equal((await ticketOf(world, mission))?.["external_issue_key"], key);
  }));

Deno.test("An answer that was lost is found again by the repeat", () =>
  inBoundProject(async (world) => {
    const key = await keyOf(world, TITLE);
    await world.lever("fail", { times: 1, status: 502, path: "mission-origin/bind", after: true });
    assert.equal((await world.run(["mission", "start", "--ticket", key, "--yes"])).code, 1);
    const mission = `001-${key.toLowerCase()}`;
    assert.equal(await ticketOf(world, mission), undefined);
    const healed = await world.json("mission", "bind-origin", mission, "--ticket", key, "--yes");
    assert.equal(healed.changed, true);
    assert.equal((await world.look("origins")).origins.length, 1);
  }));

Deno.test("Without a user link nothing is found, bound or tried otherwise; the dashboard is named", () =>
  inBoundProject(async (world) => {
    const key = await keyOf(world, TITLE);
    await world.lever("disconnect", { provider: "jira", what: "user_link" });
    await world.forgetRequests();
    for (
      const args of [["issue", "search", "voucher"], ["mission", "start", "--ticket", key, "--yes"]]
    ) {
      assertRefused(await world.run(args), /dashboard/);
    }
    assert.deepEqual(
      (await world.requests()).filter((line) => line.includes("/tracker/")),
      Array(2).fill("POST /api/v1/tracker/issue-search/"),
    );
    const made = await Deno.stat(`${world.project}/kitty-specs`).catch(() => null);
    assert.equal(made, null);
  }));

Deno.test("Tickets of GitHub and GitLab become missions, named by their titles", async () => {
  for (
    const [provider, resource] of [["github", "acme/web"], [
      "gitlab",
      "acme/infrastructure",
    ]] as const
  ) {
    await inBoundProject(async (world) => {
      const { candidates: [first] } = await world.json("issue", "search", "e", "--limit", "1");
      assert.match(first.external_issue_key, /^#\d+$/);
      const key = first.external_issue_key;
      const started = await world.json("mission", "start", "--ticket", key, "--yes");
      assert.equal(started.origin_ticket.provider, provider);
      assert.equal(started.origin_ticket.title, first.title);
      assert.match(started.feature_slug, /^001-[a-z]/);
      const again = await world.json("mission", "start", "--ticket", key, "--yes");
      assert.deepEqual([again.feature_slug, again.resumed], [started.feature_slug, true]);
      const { events } = await world.json("events", "list");
      assert.ok(JSON.stringify(events).includes("MissionOriginBound"));
    }, { provider, resource });
  }
});

Deno.test("A Linear ticket becomes a mission too", () =>
  inBoundProject(async (world) => {
    const { candidates } = await world.json("issue", "search", "ENG", "--limit", "3");
    const [first] = candidates;
    const key = first?.external_issue_key ?? "ENG-1";
    const started = await world.json("mission", "start", "--ticket", key, "--yes");
    assert.equal(started.origin_ticket.provider, "linear");
    assert.equal(started.origin_ticket.resource_type, "linear_team");
  }, { provider: "linear", resource: "ENG" }));

Deno.test("Missions can be made and listed with the gate off, signed out and offline", () =>
  inBoundProject(async (world) => {
    await world.stopHost();
    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    await world.ok("mission", "create", "fix-login");
    const listed = await world.json("mission", "list");
    assert.equal(listed.missions[0].feature_slug, "001-fix-login");
    assertRefused(await world.run(["mission", "start", "x"]), /sync is not enabled/);
    const unknown = await world.run(["mission", "bind-origin", "x", "--ticket", "WEB-1"]);
    assert.equal(unknown.code, 2);
    assert.doesNotMatch(unknown.stderr, /jira|linear/i);
  }));
