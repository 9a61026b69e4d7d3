/** A host that mirrors a place once it is told to. Prints an address at which the first request makes it do so. */
import { connectedHost, mirrored } from "./connected_host.ts";
import { serveRuns } from "./runs.ts";

if (import.meta.main) {
  const host = await connectedHost();
  serveRuns(async () => await mirrored(host.context, await host.connect()));
}
