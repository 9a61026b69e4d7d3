import { logout } from "../../../client/logout.ts";
import type { Deps } from "../../command/context.ts";
import { hostConnection } from "../../services/host_connection.ts";

/** Ends the session at the current host, and forgets it here. */
export async function run(deps: Deps): Promise<number> {
  const connection = await hostConnection(deps);
  const { removed, hostSession } = await logout(connection);
  if (deps.globals.json) {
    const host = connection.baseUrl;
    deps.output.json({ host, signed_out: removed, host_session: hostSession });
  } else if (removed) {
    deps.output.line(`${deps.output.style.green("✓")} Signed out of ${connection.baseUrl}.`);
    if (hostSession === "kept") {
      deps.output.note("  The session could not be ended at the host: it stays until it expires.");
    }
  } else deps.output.line(`Nobody was signed in to ${connection.baseUrl}.`);
  return 0;
}
