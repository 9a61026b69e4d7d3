import { parseWith } from "../../contract/parse.ts";
import { ReceivedEventSchema, validateReceived } from "../../contract/received_events.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import { inTransaction } from "../context/host_context.ts";
import { setNoted, type UnnotedEvent, unnotedEvents } from "../store/unnoted_events.ts";
import { dueProjects, type PackageNews } from "../store/work_packages.ts";
import { newsOfEvent } from "../sync/package_news.ts";
import { moveIssues } from "./noted_items.ts";
import { noteAll } from "./store_events.ts";

/** Events that are looked into in one transaction, before others get their turn. */
const AT_ONCE = 200;

/** Projects whose issues are moved at a time. */
const PROJECTS_AT_ONCE = 100;

/**
 * Takes down what events tell of work packages that a process of the version before has stored; returns whether there may
 * be more.
 */
export async function noteStored({ store, now }: TransactionContext): Promise<boolean> {
  const events = await unnotedEvents(store, AT_ONCE);
  const told = events.flatMap((event) => newsOf(event, now()) ?? []);
  await noteAll(store, told);
  for (const teamId of new Set(events.map((event) => event.teamId))) {
    const ids = events.filter((event) => event.teamId === teamId).map(({ eventId }) => eventId);
    await setNoted(store, teamId, ids);
  }
  return events.length === AT_ONCE;
}

function newsOf({ teamId, userId, json }: UnnotedEvent, at: number): PackageNews | null {
  const parsed = json === null ? null : parseWith(ReceivedEventSchema, JSON.parse(json));
  if (parsed === null || !parsed.ok) return null;
  const checked = validateReceived(parsed.value);
  return checked.ok ? newsOfEvent(parsed.value, checked.payload, { teamId, userId, at }) : null;
}

/** Has issues follow their packages whose process has ended before it said so. */
export async function moveDue(context: HostContext): Promise<void> {
  for (const project of await dueProjects(context.store, PROJECTS_AT_ONCE)) {
    await inTransaction(context, (context) => moveIssues(context, project));
  }
}
