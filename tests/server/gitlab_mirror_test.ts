/** The host over GitLab's own remote, with a stand-in of GitLab behind it. */
import assert from "node:assert/strict";
import { GITLAB_CONNECTING } from "../../src/providers/gitlab/connecting.ts";
import { gitLabRemote } from "../../src/providers/gitlab/remote.ts";
import { FakeGitLab } from "../standins/gitlab/fake_gitlab.ts";
import type { FakeProject } from "../standins/gitlab/state.ts";
import { connectAt, type Mirrored, remoteOver } from "./connected_support.ts";
import { type TestHost, withHost } from "./support.ts";

const ORIGIN = "https://gitlab.test";

const TOKEN = "glpat-0123456789abcdefghij";

interface Scene extends Mirrored {
  readonly gitlab: FakeGitLab;
  readonly project: FakeProject;
  readonly host: TestHost;
}

/** Runs a test with a host that is connected to a project with so many issues. */
async function withMirror(count: number, test: (scene: Scene) => Promise<void>): Promise<void> {
  let now = () => 0;
  const gitlab = new FakeGitLab(ORIGIN, () => now());
  const project = gitlab.state.addProject("acme/shop");
  gitlab.state.addToken(TOKEN, "ada");
  await withHost(async (host) => {
    now = () => host.platform.clock.now();
    for (let index = 1; index <= count; index++) {
      const at = now() - (10_000 - index) * 60_000;
      gitlab.state.addIssue(project, { title: `Issue ${index}` }, at);
    }
    const mirrored = await connectAt(host, {
      provider: "gitlab",
      connecting: GITLAB_CONNECTING,
      fetch: gitlab.fetch,
      values: { places: "acme/*", token: TOKEN, url: ORIGIN },
    });
    assert.equal(mirrored.added, 1);
    await mirrored.pass();
    await test({ ...mirrored, gitlab, project, host });
    assert.deepEqual(gitlab.writes, []);
    assert.deepEqual(gitlab.faults, []);
  }, { providers: { gitlab: remoteOver(gitLabRemote(), gitlab.fetch) } });
}

Deno.test("what people do at GitLab is here after a round, and what is gone there after a sweep", () =>
  withMirror(130, async ({ gitlab, project, pass, stored, label }) => {
    assert.equal((await stored()).size, 130);
    gitlab.edit(project, 7, { title: "Renamed there" });
    gitlab.move(project, 9, gitlab.state.addProject("other/api"));
    gitlab.rename(project, "acme/store");
    await pass();
    assert.equal((await stored()).get("7"), "Renamed there");
    assert.equal((await stored()).has("9"), false, "what was moved is gone from here");
    gitlab.state.removeIssue(project, 8);
    await pass(true);
    assert.equal((await stored()).has("8"), false);
    assert.equal((await stored()).size, 128);
    assert.equal(await label(), "acme/store");
  }));

Deno.test("issues that are turned off, or a project that is hidden, have nothing removed here", () =>
  withMirror(30, async ({ project, pass, stored }) => {
    project.hasIssues = false;
    await pass(true);
    assert.equal((await stored()).size, 30);
    project.hasIssues = true;
    project.members.delete("ada");
    await pass(true);
    assert.equal((await stored()).size, 30);
  }));

Deno.test("a thousand changed issues are found by one round", () =>
  withMirror(1_200, async ({ gitlab, project, pass, stored }) => {
    for (let iid = 1; iid <= 1_000; iid++) gitlab.edit(project, iid, { title: `New ${iid}` });
    await pass();
    const titles = await stored();
    assert.equal(titles.size, 1_200);
    assert.equal([...titles.values()].filter((title) => title.startsWith("New ")).length, 1_000);
  }));

Deno.test("an hour of a quiet project costs few of the calls that GitLab takes", () =>
  withMirror(130, async ({ gitlab, host: { host, platform } }) => {
    const before = gitlab.calls.length;
    for (let minute = 0; minute < 60; minute++) {
      platform.clock.advance(60_000);
      await host.worker.idle();
    }
    const calls = gitlab.calls.length - before;
    // gitlab.com takes 2,000 calls a minute.
    console.log(`    ${calls} calls in a quiet hour, of ${60 * 2_000}`);
    assert.ok(calls > 0 && calls < 0.02 * 60 * 2_000, String(calls));
  }));
