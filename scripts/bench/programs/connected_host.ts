import { COMMAND_LINE, connectPlaces } from "../../../src/server/mod.ts";
import { ensureTeam } from "../../../src/server/accounts/users.ts";
import { connectableProviders } from "../../../src/providers/mod.ts";
import type { HostKey } from "../../../src/server/context/host_key.ts";
import { keySource, provideHostKey } from "../../../src/server/context/key_source.ts";
import type { HostContext } from "../../../src/server/context/host_context.ts";
import { startHost } from "../../../src/server/serve.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { trackerNamed } from "./trackers/mod.ts";

/** A host of this process, and how it is connected to a tracker with one place. */
export interface ConnectedHost {
  readonly url: string;
  readonly context: HostContext;
  readonly key: () => Promise<HostKey>;
  /** Connects the place; returns the connection's id. */
  connect(): Promise<string>;
}

/**
 * Starts a host on new data, as the arguments of the process say: its place, the URL of the tracker, the file of the key,
 * and which tracker it is, GitHub unless given.
 */
export async function connectedHost(): Promise<ConnectedHost> {
  const [place = "", url = "", keyFile = "", name = "github"] = Deno.args;
  const tracker = trackerNamed(name);
  const location = place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
  // As a tracker elsewhere is reached: requests to this machine, where that of the benchmark is, take another way.
  const platform: Platform = { ...systemPlatform(), fetch: (request) => fetch(request) };
  const { context, url: hostUrl } = await startHost({ platform, ...location, keyFile });
  const team = await ensureTeam(context, "acme");
  const source = keySource(location, keyFile);
  const key = async () => (await provideHostKey(context, source)).key;
  return {
    url: hostUrl,
    context,
    key,
    async connect() {
      const tools = { connectable: connectableProviders(), provideKey: key };
      const { connection } = await connectPlaces(context, COMMAND_LINE, tools, {
        teamId: team.id,
        provider: tracker.provider,
        given: { kind: "token", values: tracker.values(url) },
        name: undefined,
      });
      return connection.id;
    },
  };
}

/** Waits until all issues of the place are stored; returns how many there are. */
export async function mirrored({ store }: HostContext, connectionId: string): Promise<number> {
  for (;;) {
    const row = await store.one(
      `SELECT r.last_round_at, r.sync_error, c.state FROM resources r
       JOIN connections c ON c.id = r.connection_id WHERE c.id = ?`,
      connectionId,
    );
    if (row?.["state"] !== "ok" || row["sync_error"] !== null) {
      throw new Error(`It cannot be mirrored: ${JSON.stringify(row)}`);
    }
    if (row["last_round_at"] !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const counted = await store.one("SELECT COUNT(*) AS n FROM issues");
  return Number(counted?.["n"]);
}
