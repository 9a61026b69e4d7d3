import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { withWorld } from "../support/world.ts";
import { dataWithUser, issue, serve, signIn, terminate, write } from "./host_setup.ts";

Deno.test("an administrator gives roles, and sees sessions and ends one of them", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const host = (...words: string[]) => ["host", ...words, "--data", data];
    const bob = host("user", "add", "bob@example.com");
    const added = await ends(world, 0, bob, { stdin: "another long password\n" });
    assert.equal(added.stdout, "✓ Added bob@example.com to team red.\n");
    const role = await ends(world, 0, host("user", "role", "bob@example.com", "admin"));
    assert.equal(role.stdout, "✓ bob@example.com is an admin of team red.\n");
    assert.deepEqual(await document(world, ...host("user", "role", "ada@example.com", "member")), {
      schema: 1,
      username: "ada@example.com",
      team: "red",
      role: "member",
    });
    const last = await failure(world, 1, host("user", "role", "bob@example.com", "member"));
    assert.equal(last.code, "last_admin");
    const served = await serve(world, ["--data", data]);
    await signIn(world, served.url);
    const { sessions } = await document(world, ...host("session", "list"));
    assert.deepEqual(
      [sessions.length, sessions[0].username, sessions[0].opened_by],
      [1, "ada@example.com", "password"],
    );
    const table = await ends(world, 0, host("session", "list", "--user", "ada@example.com"));
    assert.match(table.stdout, /fam_\w+ +ada@example.com +password +\S+ +just now\n$/);
    const users = await ends(world, 0, host("user", "list"));
    assert.match(users.stdout, /ada@example.com +ada@example.com +red +1 +just now/);
    assert.match(users.stdout, /bob@example.com +bob@example.com +red \(admin\) +0 +–/);
    const end = host("user", "revoke", "ada@example.com", "--session", sessions[0].id);
    assert.equal((await ends(world, 0, end)).stdout, "✓ Ended 1 session of ada@example.com.\n");
    assert.equal((await failure(world, 1, end)).code, "session_not_found");
    assert.equal((await world.here(["discover", "-p", "jira"])).code, 1);
    await terminate(served);
  }));

Deno.test("an administrator removes an issue, and the record tells who did what", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const host = (...words: string[]) => ["host", ...words, "--data", data];
    const file = await write(world, "Web.json", JSON.stringify([issue("1"), issue("2")]));
    await ends(world, 0, host("import", file));
    const remove = host("issue", "remove", "web-1", "--resource", "Web");
    // What cannot be done is said before somebody is asked.
    const unknown = [
      [host("issue", "remove", "web-9", "--resource", "Web"), "issue_not_found"],
      [host("user", "remove", "eve@example.com"), "user_not_found"],
      [host("user", "remove", "ada@example.com", "--team", "blue"), "not_in_team"],
      [host("mapping", "delete", "srm_none"), "mapping_not_found"],
    ] as const;
    for (const [line, code] of unknown) assert.equal((await failure(world, 1, line)).code, code);
    const declined = await ends(world, 0, [...remove, "--json"], { stdin: "n\n" });
    assert.deepEqual(JSON.parse(declined.stdout), { schema: 1, removed: false, declined: true });
    const removed = await ends(world, 0, [...remove, "--yes"]);
    assert.equal(removed.stdout, "✓ Removed WEB-1 of Web.\n");
    const again = await failure(world, 1, [...remove, "--yes"]);
    assert.equal(again.code, "issue_not_found");
    const { entries } = await document(world, ...host("audit"));
    assert.deepEqual(
      entries.map((entry: Record<string, unknown>) => [
        entry["actor"],
        entry["team"],
        entry["action"],
        entry["target"],
      ]),
      [
        ["command line", "red", "issue.remove", "WEB-1"],
        ["command line", "red", "import", "Web"],
        ["command line", "red", "user.add", "ada@example.com"],
      ],
    );
    assert.deepEqual(Object.keys(entries[0]), [
      "id",
      "at",
      "actor",
      "user_id",
      "team",
      "action",
      "target",
      "details",
    ]);
    const latest = await ends(world, 0, host("audit", "--limit", "1"));
    assert.match(latest.stdout, /command line +red +issue\.remove +WEB-1 +id=1 resource=Web\n$/);
    const nobody = await ends(world, 0, host("audit", "--user", "bob@example.com"));
    assert.equal(nobody.stdout, "Nothing was recorded.\n");
    const later = await ends(world, 0, host("audit", "--since", "2999-01-01"));
    assert.equal(later.stdout, "Nothing was recorded.\n");
  }));
