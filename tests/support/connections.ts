import type { StoredConnection } from "../../src/server/store/connections.ts";

/** What a connection belongs to. */
type Owned = Pick<StoredConnection, "id" | "teamId" | "installationId" | "credential">;

/** A connection to GitHub that works; `changes` are what the test is about. */
export function aConnection(
  owned: Owned,
  changes: Partial<StoredConnection> = {},
): StoredConnection {
  return {
    ...owned,
    provider: "github",
    name: "github",
    baseUrl: "https://api.github.com",
    site: null,
    credentialKind: "token",
    madeBy: null,
    madeAt: 1,
    state: "ok",
    stateDetail: null,
    stateAt: null,
    budgetLeft: null,
    budgetResetsAt: null,
    lastChangeAt: null,
    pausedAt: null,
    webhookState: null,
    webhookAt: null,
    statusWords: {},
    ...changes,
  };
}
