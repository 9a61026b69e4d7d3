import type { NewPlace } from "../../providers/mod.ts";
import { addResource } from "../bindings/resources.ts";
import { requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { Connection } from "../model/connection.ts";
import { syncNow } from "../jobs/start_syncing.ts";
import {
  connectedPlaces,
  connectedResource,
  connectResource,
} from "../store/connected_resources.ts";
import { lockInstallation } from "../store/locks.ts";

/**
 * Returns which connection of the team brings each place at the provider of a connection: its name, by the provider's
 * own id of the place.
 */
export async function placesBrought(
  { store }: HostContext,
  { teamId, provider, baseUrl }: Connection,
): Promise<ReadonlyMap<string, string>> {
  return await connectedPlaces(store, { teamId, provider, baseUrl });
}

/**
 * Has a connection bring further places; returns how many are new to it. A place that an earlier connection has left
 * here is taken up again with its issues; one that another connection brings stays there.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function choosePlaces(
  context: HostContext,
  actor: Actor,
  connection: Connection,
  places: readonly NewPlace[],
): Promise<number> {
  const { id, teamId, installationId, provider, name, baseUrl } = connection;
  await requireAdmin(context, actor, teamId);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    await lockInstallation(store, installationId);
    const added: string[] = [];
    const installation = { id: installationId, teamId, provider, providerAccountId: "" };
    for (const place of places) {
      const known = await connectedResource(store, installationId, { ...place, server: baseUrl });
      if (known !== null && known.connectionId !== null) continue;
      const resourceId = known?.resourceId ??
        (await addResource(context, installation, { ...place, provider }, baseUrl)).id;
      await connectResource(store, resourceId, { connectionId: id, server: baseUrl });
      added.push(place.label);
    }
    if (added.length > 0) {
      await syncNow(context, id);
      const details = { places: added };
      await audit(context, { actor, teamId, action: "connection.choose", target: name, details });
    }
    return added.length;
  });
}
