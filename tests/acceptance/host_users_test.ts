import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { hasReplicas, testOfOneHost } from "../support/replica_count.ts";
import { withWorld } from "../support/world.ts";
import { dataWithUser, issue, serve, signIn, terminate, write } from "./host_setup.ts";

Deno.test("a user is added once, with a password, and only that password signs in", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const again = ["host", "user", "add", "ada@example.com", "--data", data];
    await failure(world, 1, again, { stdin: "another password\n" });
    const none = ["host", "user", "add", "bob@example.com", "--data", data];
    await failure(world, 1, none, { stdin: "" });
    const host = await serve(world, ["--data", data]);
    world.env["SPEC_KITTY_SAAS_URL"] = host.url;
    const login = ["auth", "login", "--username", "ada@example.com", "--password-stdin"];
    await ends(world, 1, login, { stdin: "other\n" });
    await signIn(world, host.url);
    assert.equal((await fetch(`${host.url}/dev/requests`)).status, 404, "no levers outside --dev");
    await terminate(host);
    if (hasReplicas()) return;
    for await (const entry of Deno.readDir(data)) {
      const bytes = await Deno.readFile(`${data}/${entry.name}`);
      const text = new TextDecoder("latin1").decode(bytes);
      assert.ok(!text.includes("correct horse"), entry.name);
      assert.doesNotMatch(text, /tk[ar]_[0-9a-f]{64}/, entry.name);
    }
  }));

testOfOneHost(
  "commands on a host's data that only look or change create none where there is none",
  () =>
    withWorld(async (world) => {
      const data = `${world.home}/nothing/here`;
      for (
        const words of [
          ["mapping", "list"],
          ["mapping", "disable", "srm_1"],
          ["mapping", "delete", "srm_1", "--yes"],
          ["user", "list"],
          ["user", "password", "ada@example.com"],
          ["user", "revoke", "ada@example.com"],
          ["user", "remove", "ada@example.com", "--yes"],
          ["user", "role", "ada@example.com", "admin"],
          ["session", "list"],
          ["token", "create", "--user", "ada@example.com", "--name", "ci"],
          ["token", "list"],
          ["token", "revoke", "mtk_1"],
          ["audit"],
          ["issue", "remove", "WEB-1", "--resource", "Web", "--yes"],
        ]
      ) {
        const { code, message } = await failure(world, 1, ["host", ...words, "--data", data]);
        assert.equal(code, "host_data_missing", words.join(" "));
        assert.equal(message, `No data of a host is in "${data}"`);
      }
      await assert.rejects(Deno.stat(`${world.home}/nothing`), Deno.errors.NotFound);
    }),
);

Deno.test("an administrator changes a password, ends sessions and removes a user while the host serves", () =>
  withWorld(async (world) => {
    const data = await dataWithUser(world);
    const file = await write(world, "web.json", JSON.stringify([issue("1")]));
    await ends(world, 0, ["host", "import", file, "--data", data]);
    const host = await serve(world, ["--data", data]);
    const user = (
      verb: string,
      ...more: string[]
    ) => ["host", "user", verb, "ada@example.com", "--data", data, ...more];
    const signedIn = async () => (await world.here(["discover", "-p", "jira"])).code;
    await signIn(world, host.url);
    assert.equal(await signedIn(), 0);
    const listed = await document(world, "host", "user", "list", "--data", data);
    assert.deepEqual(
      [listed.users[0].username, listed.users[0].teams, listed.users[0].sessions],
      ["ada@example.com", ["red"], 1],
    );
    const weak = await failure(world, 1, user("password"), { stdin: "correct\n" });
    assert.equal(weak.code, "weak_password");
    const changed = await ends(world, 0, user("password", "--password-stdin"), {
      stdin: "correct donkey battery\n",
    });
    assert.equal(changed.stdout, "✓ ada@example.com has a new password. 1 session ended.\n");
    assert.equal(await signedIn(), 1);
    const login = ["auth", "login", "--username", "ada@example.com", "--password-stdin"];
    await ends(world, 1, login, { stdin: "correct horse battery\n" });
    await ends(world, 0, login, { stdin: "correct donkey battery\n" });
    const revoked = await ends(world, 0, user("revoke"));
    assert.equal(revoked.stdout, "✓ Ended 1 session of ada@example.com.\n");
    assert.equal(await signedIn(), 1);
    await ends(world, 0, login, { stdin: "correct donkey battery\n" });
    await failure(world, 1, user("remove"));
    assert.equal(await signedIn(), 0);
    const last = await failure(world, 1, user("remove", "--yes"));
    assert.deepEqual(
      [last.code, last.message],
      ["last_admin", '"ada@example.com" is the only admin of the team "red"'],
    );
    const other = ["host", "user", "add", "bob@example.com", "--data", data, "--role", "admin"];
    await ends(world, 0, other, { stdin: "another long password\n" });
    const removed = await ends(world, 0, user("remove", "--yes"));
    assert.equal(removed.stdout, "✓ Removed ada@example.com.\n");
    assert.equal(await signedIn(), 1);
    await terminate(host);
  }));
