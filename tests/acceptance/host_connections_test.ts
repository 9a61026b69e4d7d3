import assert from "node:assert/strict";
import { CONNECTION_FIELDS } from "../../src/cli/commands/host/connection_words.ts";

import { inTransaction, openExistingHostData } from "../../src/server/context/host_context.ts";
import { keySource, loadKey, provideHostKey } from "../../src/server/context/key_source.ts";
import { allCredentials, insertConnection } from "../../src/server/store/connections.ts";
import { insertInstallation } from "../../src/server/store/installations.ts";
import { findTeam } from "../../src/server/store/teams.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { document, ends, failure } from "../support/bound.ts";
import { aConnection } from "../support/connections.ts";
import { testOfOneHost } from "../support/replica_count.ts";
import { dataOf, withWorld, type World } from "../support/world.ts";
import { dataWithUser, serve, terminate } from "./host_setup.ts";

const SECRET = "ghp_0123456789abcdef";

Deno.test("connections are listed, shown, mapped, paused, resumed, renamed and removed", () =>
  withConnection(async (world, data) => {
    const at = ["--data", data];
    const listed = await document(world, "host", "connection", "list", ...at);
    assert.deepEqual(keys(first(listed, "connections")), CONNECTION);
    assert.deepEqual([...CONNECTION_FIELDS].sort(), CONNECTION);
    const words = ["--status", "Review=in_review", "--status", "QA=in_review"];
    const mapped = await document(world, "host", "connection", "map", "github", ...words, ...at);
    assert.deepEqual(mapped, {
      schema: 1,
      name: "github",
      status_words: { in_review: ["Review", "QA"] },
    });
    const paused = await document(world, "host", "connection", "pause", "github", ...at);
    assert.deepEqual(paused, { schema: 1, name: "github", paused: true, changed: true });
    const shown = await document(world, "host", "connection", "show", "github", ...at);
    assert.deepEqual(keys(shown), [...CONNECTION, "resource_list", "schema", "webhook"].sort());
    const { stdout } = await ends(world, 0, ["host", "connection", "show", "github", ...at]);
    assert.match(stdout, /^ {2}state +paused since 20/m);
    assert.match(stdout, /^ {2}in_review +Review, QA$/m);
    const resumed = await document(world, "host", "connection", "resume", "github", ...at);
    assert.deepEqual(resumed, { schema: 1, name: "github", paused: false, changed: true });
    const renamed = ["host", "connection", "rename", "github", "--to", "ours", ...at];
    assert.deepEqual(await document(world, ...renamed), {
      schema: 1,
      name: "ours",
      before: "github",
    });
    const kept = await ends(world, 0, ["host", "connection", "remove", "ours", ...at], {
      stdin: "n\n",
    });
    assert.match(kept.stderr, /Nothing changed/);
    const removed = await document(world, "host", "connection", "remove", "ours", "--yes", ...at);
    const left = { undelivered: 0, resources: 0, webhook_left: null };
    assert.deepEqual(removed, { schema: 1, name: "ours", removed: true, ...left });
    const none = await ends(world, 0, ["host", "connection", "list", ...at]);
    assert.match(none.stdout, /all issues live in this host/);
  }));

Deno.test("what to enter for webhooks is said, its secret by a command of its own alone", () =>
  withConnection(async (world, data) => {
    const at = ["--data", data];
    const words = await ends(world, 0, ["host", "connection", "show", "github", ...at]);
    const path = /by hand: https:\/\/YOUR-HOST(\S+);/.exec(words.stdout)?.[1] ?? "";
    assert.match(path, /^\/webhooks\/github\/con_/);
    const command = ["host", "connection", "webhook", "github", ...at];
    const told = await ends(world, 0, command);
    assert.match(told.stdout, /^In the settings of each repository at GitHub/);
    assert.match(told.stdout, /^ {2}Content type +application\/json$/m);
    assert.match(told.stdout, /^ {2}Individual events +Issues, Issue comments/m);
    const secret = /^ {2}Secret +([0-9a-f]{64})$/m.exec(told.stdout)?.[1] ?? "";
    assert.ok(secret !== "" && told.stdout.includes(path));
    assert.match(told.stderr, /start it with `tracker host serve --public-url URL`/);
    const said = await document(world, ...command);
    assert.deepEqual(said, {
      schema: 1,
      name: "github",
      provider: "github",
      webhooks: null,
      url: null,
      path,
      where: "In the settings of each repository at GitHub: Webhooks, Add webhook.",
      settings: {
        "Content type": "application/json",
        "Individual events": "Issues, Issue comments, Sub-issues, Issue dependencies",
      },
      secret,
    });
    for (const others of [["show", "github"], ["list"]]) {
      const shown = JSON.stringify(await document(world, "host", "connection", ...others, ...at));
      assert.ok(!shown.includes(secret), shown);
    }
    const own = "lin_wh_0123456789abcdef";
    const enter = [...command, "--secret-stdin"];
    const stored = await ends(world, 0, enter, { stdin: `${own}\n` });
    assert.match(stored.stdout, /^✓ github takes webhooks that are signed with this secret\.$/m);
    assert.equal((await document(world, ...command))["secret"], own);
    for (const stdin of ["", "short\n", `${own} ${own}\n`, `${"x".repeat(501)}\n`]) {
      const refused = await failure(world, 1, enter, { stdin });
      assert.equal(refused.code, "webhook_secret_invalid");
    }
    const log = JSON.stringify(await document(world, "host", "audit", ...at));
    assert.match(log, /connection\.webhook/);
    assert.ok(!log.includes(own) && !log.includes(secret));
  }));

testOfOneHost(
  "a rotated key is the directory's own then, and no command ever shows a key or a credential",
  () =>
    withConnection(async (world, data) => {
      const before = await Deno.readTextFile(`${data}/host.key`);
      const file = `${world.home}/new.key`;
      const made = await document(world, "host", "key", "create", file);
      assert.deepEqual(made, { schema: 1, key_file: file });
      const again = await failure(world, 1, ["host", "key", "create", file]);
      assert.equal(again.code, "host_key_exists");
      const rotate = ["host", "key", "rotate", "--data", data, "--new-key-file", file];
      const { stdout, stderr } = await ends(world, 0, rotate);
      assert.match(stdout, /^✓ 1 credential encrypted under the new key\.$/m);
      const after = await Deno.readTextFile(`${data}/host.key`);
      assert.equal(after, await Deno.readTextFile(file));
      for (const secret of [before.trim(), after.trim(), SECRET]) {
        assert.ok(!`${stdout}${stderr}`.includes(secret));
      }
      assert.equal(((await Deno.stat(`${data}/host.key`)).mode ?? 0) & 0o777, 0o600);
      assert.equal(await credential(data), SECRET);
      const once = await document(world, ...rotate);
      assert.deepEqual(once, { schema: 1, credentials: 1, key_file: `${data}/host.key` });
    }),
);

testOfOneHost(
  "a rotation that ended before the directory had the new key is completed by the same command",
  () =>
    withConnection(async (world, data) => {
      const before = await Deno.readTextFile(`${data}/host.key`);
      const file = `${world.home}/new.key`;
      await ends(world, 0, ["host", "key", "create", file]);
      const rotate = ["host", "key", "rotate", "--data", data, "--new-key-file", file];
      await ends(world, 0, rotate);
      for (const left of [before, null]) {
        if (left === null) await Deno.remove(`${data}/host.key`);
        else await Deno.writeTextFile(`${data}/host.key`, left);
        const { stdout } = await ends(world, 0, rotate);
        assert.match(
          stdout,
          /^✓ ".*new\.key" holds the host's key already: 1 credential under it\.$/m,
        );
        assert.equal(await Deno.readTextFile(`${data}/host.key`), await Deno.readTextFile(file));
        assert.equal(await credential(data), SECRET);
      }
    }),
);

testOfOneHost(
  "a host with another key does not start, and warns of a key that others can read",
  () =>
    withConnection(async (world, data) => {
      const other = `${world.home}/other.key`;
      await ends(world, 0, ["host", "key", "create", other]);
      const serving = ["host", "serve", "--listen", "127.0.0.1:0", "--data", data];
      const wrong = await failure(world, 1, [...serving, "--key-file", other]);
      assert.equal(wrong.code, "host_key_wrong");
      assert.equal(wrong.message.includes(other), true);
      await Deno.writeTextFile(other, "no key");
      const invalid = await failure(world, 1, [...serving, "--key-file", other]);
      assert.equal(invalid.code, "host_key_invalid");
      assert.equal(await credential(data), SECRET);
      if (Deno.build.os !== "windows") {
        await Deno.chmod(`${data}/host.key`, 0o644);
        const host = await serve(world, ["--data", data]);
        assert.match(await terminate(host), /Other users of this machine can read the host's key/);
      }
      await Deno.remove(`${data}/host.key`);
      const missing = await failure(world, 1, serving);
      assert.equal(missing.code, "host_key_missing");
    }),
);

testOfOneHost(
  "where the data is must be said once: by an option, else by the environment",
  () =>
    withWorld(async (world) => {
      const data = await dataWithUser(world);
      const list = ["host", "user", "list"];
      const none = await ends(world, 2, list);
      assert.match(none.stderr, /The data of the host is not named/);
      const url = "postgres://u@127.0.0.1:1/d";
      const both = await ends(world, 2, [...list, "--data", data, "--database", url]);
      assert.match(both.stderr, /`--data` and `--database` are two places/);
      const file = ["--database-password-file", "x"];
      const stray = await ends(world, 2, [...list, "--data", data, ...file]);
      assert.match(stray.stderr, /goes with `--database`/);
      world.env["TRACKER_HOST_DATABASE"] = url;
      const unreachable = await failure(world, 1, list);
      assert.equal(unreachable.code, "database_unreachable");
      // The option counts more than the environment.
      await ends(world, 0, [...list, "--data", data]);
      const seen = await ends(world, 1, [
        ...list,
        "--database",
        "postgres://u:sesame@127.0.0.1:1/d",
      ]);
      assert.match(seen.stderr, /can see the password in `--database`/);
      assert.doesNotMatch(seen.stdout + seen.stderr, /sesame/);
      const dev = await ends(world, 2, ["host", "serve", "--dev", "--data", data]);
      assert.match(dev.stderr, /`--dev` keeps nothing/);
    }),
);

const CONNECTION: readonly string[] = [
  "base_url",
  "budget_left",
  "budget_resets_at",
  "credential_kind",
  "delivery_error",
  "id",
  "last_change_at",
  "last_webhook_at",
  "made_at",
  "made_by",
  "name",
  "next_action",
  "not_taken",
  "paused_at",
  "provider",
  "resources",
  "site",
  "state",
  "state_at",
  "state_detail",
  "status_words",
  "team",
  "unreadable",
  "waiting",
  "webhooks",
];

/** Runs a test on the data of a host that has one connection, called `github`. */
async function withConnection(
  test: (world: World, data: string) => Promise<void>,
): Promise<void> {
  await withWorld(async (world) => {
    const data = await dataWithUser(world);
    const { platform, location } = await dataOf(data);
    const context = await openExistingHostData(platform, location);
    try {
      const { key } = await provideHostKey(context, keySource(location, undefined));
      const team = await findTeam(context.store);
      assert.ok(team !== null);
      const id = context.newId("con");
      const credential = await key.encrypt(id, SECRET);
      await inTransaction(context, async (context) => {
        const installation = {
          id: context.newId("inst"),
          teamId: team.id,
          provider: "github",
          providerAccountId: "acme",
        } as const;
        await insertInstallation(context.store, installation);
        const owned = { id, teamId: team.id, installationId: installation.id, credential };
        await insertConnection(context.store, aConnection(owned, { madeAt: context.now() }));
      });
    } finally {
      await context.store.close();
    }
    await test(world, data);
  });
}

/** The credential of the one connection, as the host reads it. */
async function credential(data: string): Promise<string> {
  const platform = systemPlatform();
  const context = await openExistingHostData(platform, { dataDir: data });
  try {
    const loaded = await loadKey(platform, { directory: data });
    const [stored] = await allCredentials(context.store);
    assert.ok(loaded !== null && stored !== undefined);
    return await loaded.key.decrypt(stored.id, stored.credential);
  } finally {
    await context.store.close();
  }
}

function keys(value: unknown): string[] {
  assert.ok(typeof value === "object" && value !== null);
  return Object.keys(value).sort();
}

function first(value: unknown, member: string): unknown {
  assert.ok(typeof value === "object" && value !== null && member in value);
  const list: unknown = Object.entries(value).find(([name]) => name === member)?.[1];
  assert.ok(Array.isArray(list));
  return list[0];
}
