/** The host over GitHub's own remote, with a stand-in of GitHub behind it. */
import assert from "node:assert/strict";
import { GITHUB_CONNECTING } from "../../src/providers/github/connecting.ts";
import { gitHubRemote } from "../../src/providers/github/remote.ts";
import type { Access, Remote } from "../../src/providers/mod.ts";
import { connectPlaces } from "../../src/server/connections/connect_places.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { POLL_MS } from "../../src/server/jobs/worker.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { LEASE_MS } from "../../src/server/store/jobs.ts";
import { FakeGitHub } from "../standins/github/fake_github.ts";
import { withHost } from "./support.ts";

const BASE = "https://api.github.test";

const TOKEN = "github_pat_0123456789abcdefghij";

/** Returns a remote that reaches a stand-in. */
function remoteAt(github: FakeGitHub): Remote {
  const remote = gitHubRemote();
  const at = (access: Access): Access => ({ ...access, fetch: github.fetch });
  return {
    ...remote,
    listChanged: (access, ...rest) => remote.listChanged(at(access), ...rest),
    listAll: (access, ...rest) => remote.listAll(at(access), ...rest),
    readPlace: (access, ...rest) => remote.readPlace(at(access), ...rest),
    get: (access, ...rest) => remote.get(at(access), ...rest),
  };
}

Deno.test("what people do at GitHub is here after a round, and what is gone there after a sweep", async () => {
  let now = () => 0;
  const github = await FakeGitHub.start(BASE, () => now());
  const repository = github.state.addRepository("acme/shop");
  github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  await withHost(async ({ context, store, platform, host }) => {
    now = () => platform.clock.now();
    for (let index = 1; index <= 130; index++) {
      const fields = { title: `Issue ${index}`, isPullRequest: index % 13 === 0 };
      github.state.addIssue(repository, fields, now() - (1_000 - index) * 60_000);
    }
    const team = await store.one("SELECT id FROM teams ORDER BY id");
    platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    const loaded = await requireHostKey(context, { directory: null });
    assert.ok(loaded !== null);
    const { look } = GITHUB_CONNECTING;
    const connecting = {
      ...GITHUB_CONNECTING,
      look: (...[credential, tools]: Parameters<typeof look>) =>
        look(credential, { ...tools, fetch: github.fetch }),
    };
    const tools = {
      connectable: { github: connecting },
      provideKey: () => Promise.resolve(loaded.key),
    };
    const values = { places: "acme/shop", token: TOKEN, url: BASE };
    const { connection, added } = await connectPlaces(context, COMMAND_LINE, tools, {
      teamId: String(team?.["id"]),
      provider: "github",
      given: { kind: "token", values },
      name: undefined,
    });
    assert.equal(added, 1);
    const pass = async (sweep = false) => {
      await inTransaction(context, (context) => syncNow(context, connection.id, { sweep }));
      for (let turn = 0; turn < 4; turn++) {
        await host.worker.idle();
        platform.clock.advance(LEASE_MS + POLL_MS);
      }
      await host.worker.idle();
    };
    const stored = async () => {
      const rows = await store.all(
        `SELECT json FROM issues WHERE resource_id IN
           (SELECT id FROM resources WHERE connection_id = ?) ORDER BY id`,
        connection.id,
      );
      return new Map(rows.map(({ json }) => {
        const { ref, title } = JSON.parse(String(json));
        return [String(ref.id), String(title)];
      }));
    };
    await pass();
    assert.equal((await stored()).size, 120);
    github.edit(repository, 7, { title: "Renamed there" });
    github.rename(repository, "store");
    await pass();
    assert.equal((await stored()).get("7"), "Renamed there");
    github.remove(repository, 8, null);
    await pass(true);
    assert.equal((await stored()).has("8"), false);
    assert.equal((await stored()).size, 119);
    const place = await store.one(
      "SELECT label FROM resources WHERE connection_id = ?",
      connection.id,
    );
    assert.equal(place?.["label"], "acme/store");
    assert.deepEqual(github.writes, []);
    assert.deepEqual(github.faults, []);
  }, { providers: { github: remoteAt(github) } });
});
