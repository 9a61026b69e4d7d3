import type { HostedProvider } from "../../contract/providers.ts";
import { providerOf } from "../../providers/mod.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import { hostError } from "../model/host_error.ts";
import type { Installation, NewResource, Resource } from "../model/resource.ts";
import { findInstallation, insertInstallation, linkUser } from "../store/installations.ts";
import { insertResource } from "../store/resources.ts";
import { lockTeam } from "../store/locks.ts";
import { memberIds } from "../store/teams.ts";
import { placeUrl } from "./public_url.ts";

/**
 * Returns the team's connection to a provider.
 *
 * @throws {HostError} `no_installation`.
 */
export async function requireInstallation(
  context: HostContext,
  teamId: string,
  provider: HostedProvider,
): Promise<Installation> {
  const found = await findInstallation(context.store, teamId, provider);
  if (found !== null) return found;
  throw hostError(
    "no_installation",
    `The team has not connected ${provider}. Connect it in the dashboard.`,
    provider,
  );
}

/** Connects a provider for a team and links all its members; the existing connection when there is one. */
export async function ensureInstallation(
  context: HostContext,
  teamId: string,
  provider: HostedProvider,
): Promise<Installation> {
  return await inTransaction(context, async (context) => {
    const { store } = context;
    const known = await findInstallation(store, teamId, provider);
    if (known !== null) return known;
    // A member who is added meanwhile must be linked, too.
    await lockTeam(store, teamId);
    const found = await findInstallation(store, teamId, provider);
    if (found !== null) return found;
    const made: Installation = {
      id: context.newId("ins"),
      teamId,
      provider,
      providerAccountId: `${provider}-account-1`,
    };
    await insertInstallation(store, made);
    for (const userId of await memberIds(store, teamId)) {
      await linkUser(store, { id: context.newId("lnk"), installationId: made.id, userId });
    }
    return made;
  });
}

/** Adds a resource to an installation; `server` is where its provider answers, `null` when it is in this host alone. */
export async function addResource(
  context: HostContext,
  installation: Installation,
  resource: NewResource,
  server: string | null = null,
): Promise<Resource> {
  const id = context.newId("res");
  const made: Resource = {
    ...resource,
    id,
    url: await placeUrl(context, id, resource.url),
    installationId: installation.id,
    resourceType: providerOf(resource.provider).resourceType,
  };
  await inTransaction(context, ({ store }) => insertResource(store, made, server));
  return made;
}
