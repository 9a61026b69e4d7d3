/** The variable that says how many hosts on one PostgreSQL database stand for every host of a world; 1 unless it is set. */
export const REPLICAS_VARIABLE = "TRACKER_TEST_REPLICAS";

/** Returns how many hosts stand for one. */
export function replicaCount(): number {
  return Number(Deno.env.get(REPLICAS_VARIABLE) ?? "1");
}

/** Whether several hosts stand for every host of a world. */
export function hasReplicas(): boolean {
  return replicaCount() > 1;
}

/**
 * Registers a test that is about one host by its nature: its directory of data, with its files and its key, or how one
 * process ends. It is left out where several hosts stand for one.
 */
export function testOfOneHost(name: string, test: () => Promise<void>): void {
  Deno.test({ name, ignore: hasReplicas(), fn: test });
}
