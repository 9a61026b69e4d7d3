/** A host with two connections to stand-ins of GitHub, each with a repository, a token and a budget of its own. */
import assert from "node:assert/strict";
import type { Fetch } from "../../src/platform/platform.ts";
import { GITHUB_CONNECTING } from "../../src/providers/github/connecting.ts";
import { gitHubRemote } from "../../src/providers/github/remote.ts";
import type { Access, Connecting, Remote } from "../../src/providers/mod.ts";
import { connectPlaces } from "../../src/server/connections/connect_places.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { POLL_MS } from "../../src/server/jobs/worker.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { FakeGitHub } from "../standins/github/fake_github.ts";
import type { FakeRepository } from "../standins/github/state.ts";
import { type TestHost, withHost } from "./support.ts";

const TOKEN = "github_pat_0123456789abcdefghij";

/** One of the two. */
export interface Tracker {
  readonly github: FakeGitHub;
  readonly repository: FakeRepository;
  readonly connectionId: string;
  /** Titles of the issues that the host has, by their numbers. */
  titles(): Promise<ReadonlyMap<string, string>>;
  /** How the connection stands. */
  standing(): Promise<Readonly<Record<string, unknown>>>;
}

/** The host, and both trackers. */
export interface TwoTrackers {
  readonly host: TestHost;
  readonly one: Tracker;
  readonly other: Tracker;
  /** Lets time pass, in steps in which jobs are taken. */
  pass(ms: number): Promise<void>;
}

/**
 * Runs a test; each repository has so many issues, which are mirrored when the test begins. The first tracker has so many
 * further repositories, without issues.
 */
export async function withTwoTrackers(
  issues: number,
  test: (scene: TwoTrackers) => Promise<void>,
  { further = 0 }: { readonly further?: number } = {},
): Promise<void> {
  let now = () => 0;
  const bases = ["https://one.github.test", "https://other.github.test"] as const;
  const githubs = await Promise.all(bases.map((base) => FakeGitHub.start(base, () => now())));
  const fetch: Fetch = (request) => {
    const at = bases.findIndex((base) => new URL(request.url).origin === base);
    const github = githubs[at];
    if (github === undefined) throw new TypeError(`Nothing is at ${request.url}`);
    return github.handle(request);
  };
  await withHost(async (host) => {
    const { context, store, platform } = host;
    now = () => platform.clock.now();
    platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    const team = await store.one("SELECT id FROM teams ORDER BY id");
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= POLL_MS) {
        await host.host.worker.idle();
        platform.clock.advance(Math.min(left, POLL_MS));
      }
      await host.host.worker.idle();
    };
    const trackers: Tracker[] = [];
    for (const [index, github] of githubs.entries()) {
      // Two servers count their repositories by themselves, and a place is known by its number.
      for (let id = 0; id < 1_000 * index; id++) github.state.nextId();
      const repository = github.state.addRepository("acme/web");
      for (let number = 1; index === 0 && number <= further; number++) {
        github.state.addRepository(`acme/further-${number}`);
      }
      const may = { login: "ada", issues: "write", hooks: true, mayTriage: true } as const;
      github.state.tokens.set(TOKEN, may);
      for (let number = 1; number <= issues; number++) {
        const title = `Issue ${number}`;
        github.state.addIssue(repository, { title }, now() - (10_000 - number) * 60_000);
      }
      const { connection } = await connectPlaces(context, COMMAND_LINE, {
        connectable: { github: over(fetch) },
        provideKey: async () => {
          const loaded = await requireHostKey(context, { directory: null });
          assert.ok(loaded !== null);
          return loaded.key;
        },
      }, {
        teamId: String(team?.["id"]),
        provider: "github",
        given: {
          kind: "token",
          values: { places: "acme", token: TOKEN, url: bases[index] ?? "" },
        },
        name: undefined,
      });
      trackers.push({
        github,
        repository,
        connectionId: connection.id,
        titles: () => titlesAt(host, connection.id),
        standing: async () => ({
          ...await store.one(
            "SELECT state, state_at, budget_left FROM connections WHERE id = ?",
            connection.id,
          ),
        }),
      });
    }
    const [one, other] = trackers;
    assert.ok(one !== undefined && other !== undefined);
    await pass(POLL_MS);
    assert.deepEqual([(await one.titles()).size, (await other.titles()).size], [issues, issues]);
    await test({ host, one, other, pass });
    for (const { faults } of githubs) assert.deepEqual(faults, []);
  }, { providers: { github: at(fetch, gitHubRemote()) } });
}

function over(fetch: Fetch): Connecting {
  const { look } = GITHUB_CONNECTING;
  return {
    ...GITHUB_CONNECTING,
    look: (credential, tools) => look(credential, { ...tools, fetch }),
  };
}

/** Returns a remote that reaches what `fetch` does. */
function at(fetch: Fetch, remote: Remote): Remote {
  const reach = (access: Access): Access => ({ ...access, fetch });
  return {
    ...remote,
    webhooks: null,
    listChanged: (access, ...rest) => remote.listChanged(reach(access), ...rest),
    listAll: (access, ...rest) => remote.listAll(reach(access), ...rest),
    readPlace: (access, ...rest) => remote.readPlace(reach(access), ...rest),
    get: (access, ...rest) => remote.get(reach(access), ...rest),
  };
}

async function titlesAt(
  { store }: TestHost,
  connectionId: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await store.all(
    `SELECT json FROM issues WHERE resource_id IN
       (SELECT id FROM resources WHERE connection_id = ?)`,
    connectionId,
  );
  return new Map(rows.map(({ json }) => {
    const { ref, title } = JSON.parse(String(json));
    return [String(ref.id), String(title)];
  }));
}
