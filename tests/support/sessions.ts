import type { Session } from "../../src/user/credentials.ts";

/** A saved session of `ada` at the host; `changes` are what the test is about. */
export function aSession(host: string, changes: Partial<Session> = {}): Session {
  return {
    host,
    access: "access-1",
    refresh: "refresh-1",
    accessExpiresAt: null,
    refreshExpiresAt: null,
    username: "ada",
    teamSlug: "core",
    ...changes,
  };
}
