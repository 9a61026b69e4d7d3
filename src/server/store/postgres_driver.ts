import pg, { type ClientConfig } from "pg";
import { isLoopback } from "../../platform/loopback.ts";
import { NotCapableError } from "../../platform/not_capable.ts";
import type { Platform } from "../../platform/platform.ts";
import { passwordOf, type PostgresAddress, readNamed } from "./postgres_address.ts";

/** Milliseconds that a connection may take. */
const CONNECT_WITHIN_MS = 10_000;
/** Milliseconds that a statement may take, as the server counts them. */
const STATEMENT_WITHIN_MS = 30_000;
/** Milliseconds that an answer may take: longer only when the network has died without a word. */
const ANSWER_WITHIN_MS = 40_000;

/** Reads the columns of the store: whole numbers, sums and truth come as numbers. */
const TYPES = {
  getTypeParser(oid: number): (value: string) => unknown {
    switch (oid) {
      case pg.types.builtins.BOOL:
        return (value) => value === "t" ? 1 : 0;
      case pg.types.builtins.INT2:
      case pg.types.builtins.INT4:
      case pg.types.builtins.INT8:
      case pg.types.builtins.FLOAT4:
      case pg.types.builtins.FLOAT8:
      case pg.types.builtins.NUMERIC:
        return Number;
      default:
        return (value) => value;
    }
  },
};

/**
 * Returns how the driver connects. Everything it would otherwise look for in the environment and in files of the user
 * is given: what connects is what the URL says.
 *
 * @throws {TrackerError} when the file of the password, or that of the certificates, cannot be read.
 */
export async function driverConfig(
  platform: Platform,
  address: PostgresAddress,
  passwordFile: string | undefined,
): Promise<ClientConfig> {
  const { host, port, database, user, isEncrypted, rootCertificates } = address;
  requireNet(platform, address);
  const password = await passwordOf(platform, address, passwordFile);
  const authorities = rootCertificates === null
    ? {}
    : { ca: await readNamed(platform, rootCertificates, "certificates") };
  return {
    host,
    port,
    database,
    user,
    // As a function it is shown by no inspection, and an empty one is not looked for elsewhere.
    password: () => password,
    sslnegotiation: "postgres",
    ssl: isEncrypted ? { rejectUnauthorized: true, ...authorities } : false,
    application_name: "tracker host",
    client_encoding: "UTF8",
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: !isLoopback(host),
    types: TYPES,
  };
}

/** Fails where Deno would stop and ask: the driver opens its connections past the one door to the machine. */
function requireNet({ system }: Platform, { host, port }: PostgresAddress): void {
  const needed = host.startsWith("/")
    ? (["read", "write"] as const).map((kind) => [kind, `${host}/.s.PGSQL.${port}`] as const)
    : [["net", `${host.includes(":") ? `[${host}]` : host}:${port}`] as const];
  for (const [kind, target] of needed) {
    if (system.permission(kind, target) === "prompt") throw new NotCapableError(kind, target);
  }
}

/** Adds the limits of a connection that serves calls; a migration may take longer. */
export function hurried(config: ClientConfig): ClientConfig {
  return {
    ...config,
    statement_timeout: STATEMENT_WITHIN_MS,
    idle_in_transaction_session_timeout: STATEMENT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  };
}
