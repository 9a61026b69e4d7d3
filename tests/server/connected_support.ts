/** A host that is connected to the stand-in of a tracker over that tracker's own remote. */
import type { HostedProvider } from "../../src/contract/providers.ts";
import type { Fetch } from "../../src/platform/platform.ts";
import type { Access, Connecting, Remote } from "../../src/providers/mod.ts";
import { connectPlaces } from "../../src/server/connections/connect_places.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { POLL_MS } from "../../src/server/jobs/worker.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { LEASE_MS } from "../../src/server/store/jobs.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import type { TestHost } from "./support.ts";

/** Returns a remote that reaches a stand-in, as far as mirroring goes. */
export function remoteOver(remote: Remote, fetch: Fetch): Remote {
  const at = (access: Access): Access => ({ ...access, fetch });
  return {
    ...remote,
    listChanged: (access, ...rest) => remote.listChanged(at(access), ...rest),
    listAll: (access, ...rest) => remote.listAll(at(access), ...rest),
    readPlace: (access, ...rest) => remote.readPlace(at(access), ...rest),
    get: (access, ...rest) => remote.get(at(access), ...rest),
  };
}

/** How a stand-in is connected. */
export interface ConnectedAt {
  readonly provider: HostedProvider;
  readonly connecting: Connecting;
  readonly fetch: Fetch;
  /** What is entered in the form. */
  readonly values: Readonly<Record<string, string>>;
}

/** A connection that mirrors. */
export interface Mirrored {
  readonly added: number;
  /** Has the host read what has changed, or everything. */
  pass(sweep?: boolean): Promise<void>;
  /** Returns the titles that are stored, by the ids of their issues. */
  stored(): Promise<ReadonlyMap<string, string>>;
  /** Returns what people are shown of the place. */
  label(): Promise<string>;
}

/** Has a process that is at work store no more: as one that has died, whose leases others take once they run out. */
export async function lost(store: HostStore): Promise<void> {
  await store.transaction((tx) =>
    tx.run("UPDATE jobs SET lease_owner = 'another' WHERE lease_owner IS NOT NULL")
  );
}

/** Connects a host to a stand-in. */
export async function connectAt(
  { context, store, platform, host }: TestHost,
  { provider, connecting, fetch, values }: ConnectedAt,
): Promise<Mirrored> {
  const team = await store.one("SELECT id FROM teams ORDER BY id");
  platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
  const loaded = await requireHostKey(context, { directory: null });
  if (loaded === null) throw new Error("The host has no key");
  const { look } = connecting;
  const reached = {
    ...connecting,
    look: (...[credential, tools]: Parameters<typeof look>) =>
      look(credential, { ...tools, fetch }),
  };
  const tools = {
    connectable: { [provider]: reached },
    provideKey: () => Promise.resolve(loaded.key),
  };
  const { connection, added } = await connectPlaces(context, COMMAND_LINE, tools, {
    teamId: String(team?.["id"]),
    provider,
    given: { kind: "token", values },
    name: undefined,
  });
  return {
    added,
    async pass(sweep = false) {
      await inTransaction(context, (context) => syncNow(context, connection.id, { sweep }));
      for (let turn = 0; turn < 4; turn++) {
        await host.worker.idle();
        platform.clock.advance(LEASE_MS + POLL_MS);
      }
      await host.worker.idle();
    },
    async stored() {
      const rows = await store.all(
        `SELECT json FROM issues WHERE resource_id IN
           (SELECT id FROM resources WHERE connection_id = ?) ORDER BY id`,
        connection.id,
      );
      return new Map(rows.map(({ json }) => {
        const { ref, title } = JSON.parse(String(json));
        return [String(ref.id), String(title)];
      }));
    },
    async label() {
      const sql = "SELECT label FROM resources WHERE connection_id = ?";
      return String((await store.one(sql, connection.id))?.["label"]);
    },
  };
}
