import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";
import { classifyProvider } from "../../contract/providers.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { providerOf } from "../../providers/mod.ts";
import { ensureTeam } from "../accounts/users.ts";
import { addResource, ensureInstallation } from "../bindings/resources.ts";
import type { TransactionContext } from "../context/host_context.ts";
import type { Slot } from "./record_index.ts";
import type { Resource } from "../model/resource.ts";
import { connectionById } from "../store/connections.ts";
import { lockInstallation } from "../store/locks.ts";
import { connectionOf } from "../store/outbox.ts";
import { listResources } from "../store/resources.ts";

/**
 * Finds or creates the resource of an issue: one for each provider and workspace. The first resource of a label
 * carries it plain.
 */
export async function resourceFor(
  context: TransactionContext,
  options: { readonly label: string; readonly team?: string },
  ref: Slot,
  made: Map<string, Resource>,
): Promise<Resource> {
  const { system } = ref;
  const workspace = ref.workspace.toWellFormed();
  const slot = slotOf(ref);
  const ready = made.get(slot);
  if (ready !== undefined) return ready;
  const found = classifyProvider(system);
  const provider = found.kind === "hosted" ? found.provider : "linear";
  const team = await ensureTeam(context, options.team);
  const installation = await ensureInstallation(context, team.id, provider);
  await lockInstallation(context.store, installation.id);
  const there = await listResources(context.store, installation.id);
  const place = providerOf(provider).importedPlace(options.label, workspace);
  const isFirst = made.size === 0 && !there.some(({ label }) => label === options.label);
  const known = there.find((one) => one.externalId === place.externalId);
  if (known !== undefined) await requireUnconnected(context, known);
  const resource = known ??
    await addResource(context, installation, {
      ...place,
      provider,
      label: isFirst ? place.label : `${place.label} (${workspace})`,
    });
  made.set(slot, resource);
  return resource;
}

/** Returns the name under which the resource of an issue is kept during an import. */
function slotOf({ system, workspace }: Slot): string {
  return `${system}\n${workspace.toWellFormed()}`;
}

/** Returns the resource that was found for an issue before. */
export function resourceOf(resources: ReadonlyMap<string, Resource>, ref: ExternalRef): Resource {
  const resource = resources.get(slotOf(ref));
  if (resource === undefined) throw new TypeError(`No resource for "${ref.id}"`);
  return resource;
}

/** Refuses a resource that mirrors a provider: what is imported there would never reach the provider. */
export async function requireUnconnected(
  { store }: TransactionContext,
  resource: Resource,
): Promise<void> {
  const connectionId = await connectionOf(store, resource.id);
  if (connectionId === null) return;
  const name = (await connectionById(store, connectionId))?.name ?? connectionId;
  throw new TrackerError({
    code: "import_connected",
    message: `Cannot import into "${resource.label}": its issues come by the connection "${name}"`,
    nextAction: "Change the issues at their provider, or remove the connection first: " +
      `\`tracker host connection remove ${name}\`.`,
    details: { resource: resource.label, connection: name },
  });
}

/** Adds the key and the address that an issue lacks: work on it starts with both. */
export function withKey(issue: NormalizedIssue, resource: Resource): NormalizedIssue {
  const { ref } = issue;
  const { url: place } = resource;
  const below = /\/issues\/[^/]+$/.test(place) ? place : `${place}/issues`;
  const url = ref.url ?? `${below}/${encodeURIComponent(ref.id.toWellFormed())}`;
  return { ...issue, ref: { ...ref, key: ref.key ?? ref.id, url } };
}

/** Returns the number in the key of an issue, where a new issue of the place could get the same key; else 0. */
export function numberOf({ ref }: NormalizedIssue, resource: Resource): number {
  const number = Number(/[1-9]\d{0,8}$/.exec(ref.key ?? "")?.[0] ?? 0);
  const { key } = providerOf(resource.provider).refOf(resource, number, ref.id);
  return key === ref.key ? number : 0;
}
