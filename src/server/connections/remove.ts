import { ProviderError } from "../../providers/mod.ts";
import type { HostContext } from "../context/host_context.ts";
import { webhookPath } from "../context/webhook_address.ts";
import type { Providers } from "../jobs/at_provider.ts";
import type { Actor } from "../model/actor.ts";
import type { ListedConnection } from "../store/connections.ts";
import { hostSetting } from "../store/settings.ts";
import { syncedResources } from "../store/sync_state.ts";
import {
  findConnection,
  type NamedConnection,
  removeConnection,
  type RemovedConnection,
} from "./admin.ts";

/** Milliseconds that a provider has to take the webhooks of a connection away. */
const ANSWER_WITHIN_MS = 10_000;

/** What the removal of a connection has left, also at the provider. */
export interface RemovedWhole extends RemovedConnection {
  readonly name: string;
  /** Where webhooks that are left at the provider lead; `null` when none is known to be. */
  readonly webhookLeft: string | null;
}

/**
 * Removes a connection as {@link removeConnection} does, once its webhooks are taken away at the provider, where the
 * credential allows that and the provider answers.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function removeWhole(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
  providers: Providers,
): Promise<RemovedWhole> {
  const found = await findConnection(context, actor, named);
  const { id, teamId, name } = found;
  const webhookLeft = await withdrawWebhooks(context, providers, found);
  const removed = await removeConnection(context, actor, { name: id, teamId });
  return { ...removed, name, webhookLeft };
}

async function withdrawWebhooks(
  context: HostContext,
  providers: Providers,
  connection: ListedConnection,
): Promise<string | null> {
  const { store, platform: { clock } } = context;
  const publicUrl = await hostSetting(store, "public_url");
  if (publicUrl === null || connection.webhookState === null) return null;
  const url = publicUrl + webhookPath(connection);
  const places = await syncedResources(store, connection.id);
  const deadline = clock.deadline(ANSWER_WITHIN_MS);
  try {
    const isRemoved = await providers.ask(
      context,
      connection.id,
      deadline.signal,
      async ({ remote: { webhooks }, access }) => {
        const resources = places.map(({ resource }) => resource);
        const together = await webhooks?.removeForAll?.(access, resources, url) ?? null;
        if (together !== null) return together;
        let isWhole = true;
        for (const resource of resources) {
          isWhole = await webhooks?.remove(access, resource, url) === true && isWhole;
        }
        return isWhole;
      },
    );
    return isRemoved === false ? url : null;
  } catch (error) {
    if (!deadline.signal.aborted && !(error instanceof ProviderError)) throw error;
    return url;
  } finally {
    deadline.clear();
  }
}
