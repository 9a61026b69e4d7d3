import { COMMAND_LINE, connectPlaces, ensureTeam } from "../../../src/server/mod.ts";
import { connectableProviders } from "../../../src/providers/mod.ts";
import type { HostKey } from "../../../src/server/context/host_key.ts";
import { keySource, provideHostKey } from "../../../src/server/context/key_source.ts";
import type { HostContext } from "../../../src/server/context/host_context.ts";
import { startHost } from "../../../src/server/serve.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { REPOSITORY } from "./issue_pages.ts";

/** A host of this process, and how it is connected to a GitHub with one repository. */
export interface ConnectedHost {
  readonly url: string;
  readonly context: HostContext;
  readonly key: () => Promise<HostKey>;
  /** Connects the repository; returns the connection's id. */
  connect(): Promise<string>;
}

/** Starts a host on new data, as the arguments of the process say: its place, GitHub's URL, and the file of the key. */
export async function connectedHost(): Promise<ConnectedHost> {
  const [place = "", github = "", keyFile = ""] = Deno.args;
  const location = place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
  // As github.com is reached: requests to this machine, where the GitHub of the benchmark is, take another way.
  const platform: Platform = { ...systemPlatform(), fetch: (request) => fetch(request) };
  const { context, url } = await startHost({ platform, ...location, keyFile });
  const team = await ensureTeam(context, "acme");
  const source = keySource(location, keyFile);
  const key = async () => (await provideHostKey(context, source)).key;
  return {
    url,
    context,
    key,
    async connect() {
      const tools = { connectable: connectableProviders(), provideKey: key };
      const values = { places: REPOSITORY, token: "github_pat_bench", url: github };
      const { connection } = await connectPlaces(context, COMMAND_LINE, tools, {
        teamId: team.id,
        provider: "github",
        given: { kind: "token", values },
        name: undefined,
      });
      return connection.id;
    },
  };
}

/** Waits until all issues of the repository are stored; returns how many there are. */
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
