import { blankIssue, type ExternalRef, type Status } from "../contract/issue.ts";
import { classifyProvider } from "../contract/providers.ts";
import type { Mapping } from "../contract/results.ts";
import { loadBinding } from "../project/config.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { fieldsOf } from "../sync/fields.ts";
import { nearestStatus } from "../sync/nearest_status.ts";
import { nameKey } from "../sync/package_tickets.ts";
import type { Side } from "../sync/side.ts";
import { type CachedTicket, NO_TICKETS, type TicketLookup } from "../sync/ticket_lookup.ts";
import type { ProjectContext } from "./backend.ts";
import { type CachePlace, locateCache } from "./cache.ts";

/**
 * Returns the tickets of a project's work packages as the cache has them: of a tool on this machine by the external
 * reference of its issues, else by what was pushed from here, else by the mappings. Needs no network, no session and no gate.
 *
 * @throws {TrackerError} `provider_removed`, `usage` for an unknown provider.
 */
export async function cachedTickets(
  project: Pick<ProjectContext, "platform" | "root">,
): Promise<TicketLookup> {
  const { provider } = await loadBinding(project.platform, project.root);
  if (provider === null) return NO_TICKETS;
  const place = await locateCache(project);
  using store = await place.open();
  return store === null ? NO_TICKETS : await ticketsIn(store, place);
}

/** Returns the tickets that are in a cache, of some work packages or of all; see {@link cachedTickets}. */
export async function ticketsIn(
  store: IssueStore,
  { binding, side }: Pick<CachePlace, "binding" | "side">,
  wpIds?: ReadonlySet<string>,
): Promise<TicketLookup> {
  const { provider } = binding;
  const isLocal = classifyProvider(provider).kind === "local";
  const referenced = isLocal ? await referencedTickets(store) : new Map<string, CachedTicket>();
  const pushed = pushedTickets(store);
  const mapped = mappedTickets(store, provider, wpIds);
  if (referenced.size + pushed.size + mapped.size === 0) return NO_TICKETS;
  const words = isLocal ? await side() : null;
  return {
    ticketOf(mission, wpId, isOnly) {
      const name = nameKey({ mission, wpId });
      const own = referenced.get(name) ?? pushed.get(name);
      return own ?? (isOnly ? mapped.get(wpId) : undefined) ?? null;
    },
    nearest: (status) => words === null ? status : nearestStatus(status, wordFor(words)),
  };
}

/** Of several issues with one reference, which other programs may have created, the oldest counts. */
async function referencedTickets(store: IssueStore): Promise<Map<string, CachedTicket>> {
  const { REFERENCE_PREFIX } = await import("../local/connector.ts");
  const found = new Map<string, CachedTicket>();
  for (const { id, rest } of store.issues.referenced(REFERENCE_PREFIX)) {
    const ticket = ticketOf(store, id);
    if (ticket !== null && !found.has(rest)) found.set(rest, ticket);
  }
  return found;
}

/** The tickets that were pushed from here, or found at the host, and are in the cache. */
function pushedTickets(store: IssueStore): Map<string, CachedTicket> {
  return new Map(
    store.packages.list().flatMap(({ mission, wpId, issueId }) => {
      const ticket = ticketOf(store, issueId);
      return ticket === null ? [] : [[nameKey({ mission, wpId }), ticket] as const];
    }),
  );
}

/** The mappings that name no mission, by package. */
function mappedTickets(
  store: IssueStore,
  system: string,
  wpIds?: ReadonlySet<string>,
): Map<string, CachedTicket> {
  const isAsked = (mapping: Mapping) =>
    mapping.system === system && (wpIds === undefined || wpIds.has(mapping.wp_id));
  return new Map(
    store.mappings.list().filter(isAsked).map((mapping) => {
      const { wp_id, workspace, external_id: id, external_key: key, external_url: url } = mapping;
      const ref: ExternalRef = {
        system,
        workspace,
        id,
        ...(key == null ? {} : { key }),
        ...(url == null ? {} : { url }),
      };
      return [wp_id, ticketOf(store, id) ?? { ref, status: null }] as const;
    }),
  );
}

/** The issue as the tracker has it; `null` for one that is not in the cache, or not at the tracker yet. */
function ticketOf(store: IssueStore, idOrKey: string): CachedTicket | null {
  const issue = store.issues.find(idOrKey)?.base ?? null;
  return issue === null ? null : { ref: issue.ref, status: issue.status };
}

/** Whether the tool has a word for a status. */
function wordFor(side: Side): (status: Status) => boolean {
  const blank = fieldsOf(
    blankIssue({ system: side.provider, workspace: side.workspace, id: "" }, ""),
  );
  return (status) => side.refusal("status", { ...blank, status }, null) === null;
}
