/** The host over GitHub's own remote, with a stand-in of GitHub behind it. */
import assert from "node:assert/strict";
import { GITHUB_CONNECTING } from "../../src/providers/github/connecting.ts";
import { gitHubRemote } from "../../src/providers/github/remote.ts";
import { FakeGitHub } from "../standins/github/fake_github.ts";
import { connectAt, remoteOver } from "./connected_support.ts";
import { withHost } from "./support.ts";

const BASE = "https://api.github.test";

const TOKEN = "github_pat_0123456789abcdefghij";

Deno.test("what people do at GitHub is here after a round, and what is gone there after a sweep", async () => {
  let now = () => 0;
  const github = await FakeGitHub.start(BASE, () => now());
  const repository = github.state.addRepository("acme/shop");
  github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  await withHost(async (host) => {
    now = () => host.platform.clock.now();
    for (let index = 1; index <= 130; index++) {
      const fields = { title: `Issue ${index}`, isPullRequest: index % 13 === 0 };
      github.state.addIssue(repository, fields, now() - (1_000 - index) * 60_000);
    }
    const { added, pass, stored, label } = await connectAt(host, {
      provider: "github",
      connecting: GITHUB_CONNECTING,
      fetch: github.fetch,
      values: { places: "acme/shop", token: TOKEN, url: BASE },
    });
    assert.equal(added, 1);
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
    assert.equal(await label(), "acme/store");
    assert.deepEqual(github.writes, []);
    assert.deepEqual(github.faults, []);
  }, { providers: { github: remoteOver(gitHubRemote(), github.fetch) } });
});
