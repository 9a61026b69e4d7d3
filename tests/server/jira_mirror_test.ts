/** The host over Jira's own remote, with a stand-in of Jira behind it. */
import assert from "node:assert/strict";
import { JIRA_CONNECTING } from "../../src/providers/jira/connecting.ts";
import { editionOf } from "../../src/providers/jira/editions.ts";
import { jiraRemote } from "../../src/providers/jira/remote.ts";
import { FakeJira } from "../standins/jira/fake_jira.ts";
import { type FakeProject, PERMISSIONS } from "../standins/jira/state.ts";
import { connectAt, type Mirrored, remoteOver } from "./connected_support.ts";
import { type TestHost, withHost } from "./support.ts";

const SITE = "https://acme.atlassian.net";

const MAIL = "ada@acme.example";

const TOKEN = "ATATT3xFfGF0123456789abcdefghij";

interface Scene extends Mirrored {
  readonly jira: FakeJira;
  readonly web: FakeProject;
  readonly host: TestHost;
  /** Changes the title of an issue of this number. */
  rename(number: number, title: string): void;
}

/** Runs a test with a host that is connected to a project with so many issues. */
async function withMirror(count: number, test: (scene: Scene) => Promise<void>): Promise<void> {
  let now = () => 0;
  const jira = await FakeJira.start(SITE, () => now());
  const { accountId } = jira.state.addPerson("ada", "Ada Lovelace", MAIL);
  jira.allow(accountId, MAIL, TOKEN, PERMISSIONS);
  const web = jira.state.addProject("WEB");
  await withHost(async (host) => {
    now = () => host.platform.clock.now();
    const issues = Array.from(
      { length: count },
      (_, index) =>
        jira.state.addIssue(
          web,
          { summary: `Issue ${index + 1}` },
          now() - (10_000 - index) * 60_000,
        ),
    );
    for (const issue of issues) jira.index.note(issue, now());
    const mirrored = await connectAt(host, {
      provider: "jira",
      connecting: JIRA_CONNECTING,
      fetch: jira.fetch,
      values: { places: "WEB", url: SITE, email: MAIL, token: TOKEN },
    });
    assert.equal(mirrored.added, 1);
    await mirrored.pass();
    const rename = (number: number, title: string) => {
      const issue = issues[number - 1];
      assert.ok(issue !== undefined);
      jira.edit(issue, { summary: title });
    };
    await test({ ...mirrored, jira, web, host, rename });
    assert.deepEqual(jira.writes, []);
    assert.deepEqual(jira.faults, []);
  }, {
    providers: {
      jira: remoteOver(jiraRemote(({ credential }) => editionOf(credential)), jira.fetch),
    },
  });
}

Deno.test("what people do at Jira is here after a round, and what is gone there after a sweep", () =>
  withMirror(130, async ({ jira, pass, stored, rename }) => {
    const titles = () => stored().then((all) => [...all.values()]);
    assert.equal((await stored()).size, 130);
    rename(7, "Renamed there");
    const eighth = jira.state.issue("WEB-8");
    assert.ok(eighth !== null);
    await pass();
    assert.ok((await titles()).includes("Renamed there"));
    jira.remove(eighth, null);
    await pass(true);
    assert.equal((await stored()).has(eighth.id), false);
    assert.equal((await stored()).size, 129);
  }));

Deno.test("a thousand changed issues of Jira are found by one round", () =>
  withMirror(1_200, async ({ jira, pass, stored, rename }) => {
    for (let number = 1; number <= 1_000; number++) rename(number, `New ${number}`);
    const asked = jira.calls.length;
    await pass();
    const titles = [...(await stored()).values()];
    assert.equal(titles.length, 1_200);
    assert.equal(titles.filter((title) => title.startsWith("New ")).length, 1_000);
    const calls = jira.calls.length - asked;
    console.log(`    Jira, 1000 changed issues of 1200: ${calls} calls`);
    // Twenty pages of fifty, and what the next minutes ask for once more.
    assert.ok(calls >= 20 && calls <= 50, String(calls));
  }));

Deno.test("an hour of a quiet project costs few of the calls that Jira takes", () =>
  withMirror(130, async ({ jira, host: { host, platform } }) => {
    // What changed in the last minutes before is asked for once more.
    for (let minute = 0; minute < 60; minute++) {
      platform.clock.advance(60_000);
      await host.worker.idle();
    }
    const [asked, budget] = [jira.calls.length, jira.left];
    for (let minute = 0; minute < 60; minute++) {
      platform.clock.advance(60_000);
      await host.worker.idle();
    }
    const calls = jira.calls.length - asked;
    console.log(`    Jira, an hour of a quiet project: ${calls} calls, of ${budget}`);
    assert.ok(calls > 0 && calls < 0.02 * budget, `${calls} of ${budget}`);
  }));
