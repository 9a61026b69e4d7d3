import type { HostStore } from "../../src/server/store/store.ts";
import type { TestPlatform } from "../support/platform.ts";

/** Lets time pass for a host and for its jobs, whose times are the database's own on PostgreSQL. */
export async function letJobsPass(
  { platform, store }: { readonly platform: TestPlatform; readonly store: HostStore },
  ms: number,
): Promise<void> {
  if (store.dialect === "postgres") {
    await store.run("UPDATE jobs SET run_at = run_at - ?, lease_until = lease_until - ?", ms, ms);
  }
  platform.clock.advance(ms);
}
