import type { Transaction } from "./store.ts";

/** Who renews the credential of a connection. */
export interface Renewal {
  readonly connectionId: string;
  /** Names one attempt of one process. */
  readonly by: string;
}

/** Takes the renewal of a credential, unless another process has it; `until` is when others may. */
export async function takeRenewal(
  tx: Transaction,
  { connectionId, by }: Renewal,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<boolean> {
  return await tx.run(
    `UPDATE connections SET renewal_by = ?, renewal_until = ?
     WHERE id = ? AND (renewal_until IS NULL OR renewal_until <= ?)`,
    by,
    until,
    connectionId,
    now,
  ) > 0;
}

/** Leaves the renewal to others, if this attempt still has it. */
export async function leaveRenewal(tx: Transaction, { connectionId, by }: Renewal): Promise<void> {
  await tx.run(
    "UPDATE connections SET renewal_by = NULL, renewal_until = NULL WHERE id = ? AND renewal_by = ?",
    connectionId,
    by,
  );
}
