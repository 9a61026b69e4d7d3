/** A first mirror of GitLab and Jira whose process dies at any page: another one continues with what was not stored. */
import assert from "node:assert/strict";
import type { Fetch } from "../../src/platform/platform.ts";
import { GITLAB_CONNECTING } from "../../src/providers/gitlab/connecting.ts";
import { gitLabRemote } from "../../src/providers/gitlab/remote.ts";
import { JIRA_CONNECTING } from "../../src/providers/jira/connecting.ts";
import { editionOf } from "../../src/providers/jira/editions.ts";
import { jiraRemote } from "../../src/providers/jira/remote.ts";
import type { Connecting, Remote } from "../../src/providers/mod.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { FakeGitLab } from "../standins/gitlab/fake_gitlab.ts";
import { FakeJira } from "../standins/jira/fake_jira.ts";
import { PERMISSIONS } from "../standins/jira/state.ts";
import { connectAt, lost, remoteOver } from "./connected_support.ts";
import { withHost } from "./support.ts";

const ISSUES = 850;

/**
 * Pages at most that another process reads again: twice 250 issues, at about 100 a page, those being stored and those in
 * hand, and the page that follows.
 */
const REPEATED = 7;

/** A tracker with issues, and how it is connected. */
interface Tracker {
  readonly connecting: Connecting;
  readonly remote: Remote;
  readonly fetch: Fetch;
  readonly values: Readonly<Record<string, string>>;
  /** What was asked or answered as no such tracker does. */
  readonly faults: readonly string[];
  /** Adds an issue that changed last at a time, in milliseconds since 1970. */
  add(title: string, at: number): void;
}

type Start = (now: () => number) => Promise<Tracker>;

function startGitLab(now: () => number): Promise<Tracker> {
  const url = "https://gitlab.test";
  const gitlab = new FakeGitLab(url, now);
  const project = gitlab.state.addProject("acme/shop");
  const token = "glpat-0123456789abcdefghij";
  gitlab.state.addToken(token, "ada");
  return Promise.resolve({
    connecting: GITLAB_CONNECTING,
    remote: gitLabRemote(),
    fetch: gitlab.fetch,
    values: { places: "acme/shop", token, url },
    faults: gitlab.faults,
    add: (title, at) => void gitlab.state.addIssue(project, { title }, at),
  });
}

async function startJira(now: () => number): Promise<Tracker> {
  const url = "https://acme.atlassian.net";
  const jira = await FakeJira.start(url, now);
  const [email, token] = ["ada@acme.example", "ATATT3xFfGF0123456789abcdefghij"];
  const { accountId } = jira.state.addPerson("ada", "Ada Lovelace", email);
  jira.allow(accountId, email, token, PERMISSIONS);
  const project = jira.state.addProject("WEB");
  return {
    connecting: JIRA_CONNECTING,
    remote: jiraRemote(({ credential }) => editionOf(credential)),
    fetch: jira.fetch,
    values: { places: "WEB", url, email, token },
    faults: jira.faults,
    add: (summary, at) => jira.index.note(jira.state.addIssue(project, { summary }, at), now()),
  };
}

const TRACKERS: readonly (readonly ["gitlab" | "jira", Start])[] = [
  ["gitlab", startGitLab],
  ["jira", startJira],
];

/** When a process dies: before or behind the answer with the page of this number. */
interface Death {
  readonly page: number;
  readonly phase: "before" | "after";
}

/** Mirrors all issues; returns the places in the list that were asked for, in order. */
async function mirrored(
  provider: "gitlab" | "jira",
  start: Start,
  death: Death | null,
): Promise<readonly (string | null)[]> {
  let now = () => 0;
  const tracker = await start(() => now());
  const asked: (string | null)[] = [];
  const remote = remoteOver(tracker.remote, tracker.fetch);
  let die = () => Promise.resolve();
  const dies = async (phase: Death["phase"]) => {
    if (death?.phase !== phase || death.page !== asked.length) return;
    await die();
    throw new LeaseLostError();
  };
  const mortal: Remote = {
    ...remote,
    async listChanged(access, place, round) {
      asked.push(round.cursor);
      await dies("before");
      const page = await remote.listChanged(access, place, round);
      await dies("after");
      return page;
    },
  };
  await withHost(async (host) => {
    now = () => host.platform.clock.now();
    die = () => lost(host.store);
    for (let index = 1; index <= ISSUES; index++) {
      tracker.add(`Issue ${index}`, now() - (10_000 - index) * 60_000);
    }
    const { connecting, fetch, values } = tracker;
    const { pass, stored } = await connectAt(host, { provider, connecting, fetch, values });
    // No round follows the first one.
    for (let turn = 0; turn < 5 && (await stored()).size < ISSUES; turn++) await pass();
    assert.deepEqual(
      [...(await stored()).values()].sort(),
      Array.from({ length: ISSUES }, (_, index) => `Issue ${index + 1}`).sort(),
    );
    assert.deepEqual(tracker.faults, []);
  }, { providers: { [provider]: mortal } });
  return asked;
}

for (const [provider, start] of TRACKERS) {
  Deno.test(`a process that dies at any page of a first mirror of ${provider} leaves one that continues with what was not stored`, async () => {
    const whole = await mirrored(provider, start, null);
    const pages = new Set(whole).size;
    assert.ok(pages > REPEATED, String(pages));
    for (const page of [1, 4, pages]) {
      for (const phase of ["before", "after"] as const) {
        const asked = await mirrored(provider, start, { page, phase });
        const stored = asked.indexOf(asked[page] ?? null);
        const label = `${phase} page ${page}: ${JSON.stringify(asked)}`;
        assert.ok(stored < page && page - stored <= REPEATED, label);
        // Pages in between may be being stored when the process dies, or be stored already.
        if (page === 1) assert.equal(stored, 0, label);
        if (page === pages) assert.ok(stored > 0, label);
        assert.equal(new Set(asked.slice(0, pages + page - stored)).size, pages, label);
      }
    }
  });
}
