import { type NormalizedIssue, NormalizedIssueSchema } from "../../src/contract/issue.ts";
import { parseWith } from "../../src/contract/parse.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { LEASE_MS } from "../../src/server/store/jobs.ts";
import { POLL_MS } from "../../src/server/jobs/worker.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { type FakeProvider, fakeProvider } from "../standins/fake_provider.ts";
import { type Answered, type TestHost, type TestHostOptions, withHost } from "./support.ts";

/** A project whose issues are at a provider. */
export interface DeliveryScene {
  readonly host: TestHost;
  readonly provider: FakeProvider;
  /** The providers that the host knows; a test may take one away. */
  readonly remotes: { linear?: FakeProvider };
  readonly bindingRef: string;
  readonly issueId: string;
  /** Pushes items. */
  push(items: readonly object[]): Promise<Answered>;
  /** Lets time pass until nothing is left to do, and returns the operation of a push. */
  ended(accepted: Answered): Promise<Answered>;
  /** Lets time pass in which leases run out and jobs are taken. */
  pass(rounds?: number): Promise<void>;
}

/** Where the project's issues are, as references name it. */
export const ENG = { system: "linear", workspace: "acme" };

/** An item that changes an issue; `more` are further members of it. */
export function updating(id: string, patch: object, more: object = {}): object {
  return { ref: { ...ENG, id }, action: "update", patch, ...more };
}

/** An item that creates an issue, which the client calls `id`. */
export function creating(id: string, title = `Issue ${id}`): object {
  return { ref: { ...ENG, id }, action: "create", patch: { title } };
}

/** Runs a test with a host that is connected to a provider of the test's own. */
export function withProvider(
  test: (scene: DeliveryScene) => Promise<void>,
  options: TestHostOptions = {},
): Promise<void> {
  const provider = fakeProvider([]);
  const remotes: { linear?: FakeProvider } = { linear: provider };
  return withHost(async (host) => {
    host.platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    const bindingRef = await host.bind("linear", "Engineering (ENG)");
    await connect(host);
    for (const issue of await storedIssues(host.store)) provider.issues.set(issue.ref.id, issue);
    const pass = async (rounds = 6) => {
      for (let round = 0; round < rounds; round++) {
        await host.host.worker.idle();
        host.platform.clock.advance(LEASE_MS + POLL_MS);
      }
      await host.host.worker.idle();
    };
    await test({
      host,
      provider,
      remotes,
      bindingRef,
      issueId: "7c1f0a52-team-eng-0001",
      push: (items) =>
        host.call("POST", "/api/v1/tracker/push/", {
          provider: "linear",
          binding_ref: bindingRef,
          items,
        }),
      pass,
      async ended(accepted) {
        await pass();
        return await host.ended(accepted.text("operation_id"));
      },
    });
  }, { ...options, providers: remotes });
}

/** Connects the project's team, also once more after its connection was removed. */
export async function connect({ context, store }: TestHost): Promise<void> {
  const loaded = await requireHostKey(context, { directory: null });
  if (loaded === null) throw new Error("No key");
  const credential = await loaded.key.encrypt("con_1", "a secret");
  await store.run(
    `INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind,
       credential, made_at, state)
     SELECT 'con_1', i.team_id, i.id, 'linear', 'https://linear.invalid', 'token', ?, 0, 'ok'
     FROM installations i WHERE i.provider = 'linear'`,
    credential,
  );
  await store.run("UPDATE resources SET connection_id = 'con_1' WHERE label = 'Engineering (ENG)'");
}

/** Returns the issues of the connected resource as the host has them. */
export async function storedIssues(store: HostStore): Promise<NormalizedIssue[]> {
  const rows = await store.all(
    `SELECT json FROM issues WHERE resource_id IN
       (SELECT id FROM resources WHERE label = 'Engineering (ENG)') ORDER BY id`,
  );
  return rows.map(({ json }) => {
    const value: unknown = JSON.parse(String(json));
    const parsed = parseWith(NormalizedIssueSchema, value);
    if (!parsed.ok) throw new Error("A stored issue is broken");
    return parsed.value;
  });
}
