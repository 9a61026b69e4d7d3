import { logout } from "../../hosted/auth.ts";
import type { Deps } from "../deps.ts";
import { hostConnection } from "../session.ts";

/** Forgets the session at the current host. */
export async function run(deps: Deps): Promise<number> {
  const connection = await hostConnection(deps);
  const removed = await logout(connection);
  if (deps.globals.json) deps.output.json({ host: connection.baseUrl, signed_out: removed });
  else if (removed) {
    deps.output.line(`${deps.output.style.green("✓")} Signed out of ${connection.baseUrl}.`);
  } else deps.output.line(`Nobody was signed in to ${connection.baseUrl}.`);
  return 0;
}
