import assert from "node:assert/strict";
import { systemRandom } from "../../src/platform/random.ts";
import { DEMO, openHost, type RateLimit } from "../../src/server/mod.ts";
import { testPlatform } from "../support/platform.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";
import { signedIn, type TestHost } from "./support.ts";

/** Two hosts on one PostgreSQL database, as two processes are. */
export type Processes = readonly [TestHost, TestHost];

/** Runs `test` with two hosts on one database; skipped where PostgreSQL is not to be had. */
export async function withProcesses(
  test: (hosts: Processes) => Promise<void>,
  options: { readonly rateLimit?: RateLimit; readonly trustedProxies?: readonly string[] } = {},
): Promise<void> {
  await withDatabase(migratedDatabase, (url) => withProcessesOn(url, test, options));
}

/** Does the same on a database with the tables of a host. */
export async function withProcessesOn(
  databaseUrl: string,
  test: (hosts: Processes) => Promise<void>,
  options: { readonly rateLimit?: RateLimit; readonly trustedProxies?: readonly string[] } = {},
): Promise<void> {
  const hosts: TestHost[] = [];
  try {
    for (let count = 0; count < 2; count++) {
      // Tokens and identifiers of two processes differ.
      const platform = { ...testPlatform("/nowhere"), random: systemRandom() };
      const host = await openHost({ ...options, platform, dev: true, databaseUrl });
      hosts.push(await signedIn(platform, host, DEMO.username, DEMO.password, DEMO.team));
    }
    const [one, other] = hosts;
    assert.ok(one !== undefined && other !== undefined);
    await test([one, other]);
  } finally {
    for (const { host } of hosts) await host.close();
  }
}

/** Does the same `count` times at once, at both hosts in turn. */
export async function atOnce<T>(
  hosts: Processes,
  count: number,
  work: (host: TestHost, index: number) => Promise<T>,
): Promise<T[]> {
  return await Promise.all(
    Array.from({ length: count }, (_, index) => work(hosts[index % 2 === 0 ? 0 : 1], index)),
  );
}

/** Counts equal values. */
export function countsOf(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
