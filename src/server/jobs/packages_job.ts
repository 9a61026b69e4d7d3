import type { PushItem } from "../../contract/push.ts";
import { packageName, statusOfLane } from "../../contract/work_packages.ts";
import type { TransactionContext } from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import { lockResources } from "../store/locks.ts";
import { connectionOf } from "../store/outbox.ts";
import { issueIdOfPackage } from "../store/packages.ts";
import { resourceById } from "../store/resources.ts";
import { findIssue } from "../store/issues.ts";
import {
  type BoundPlace,
  duePackages,
  type KnownPackage,
  placesOfProject,
  setDue,
  type TeamProject,
  waitingItems,
} from "../store/work_packages.ts";
import { applyPush } from "../sync/apply_push.ts";
import { storedItem } from "../sync/stored_item.ts";
import { acceptPush } from "./accept_push.ts";
import { DONE, type JobKind } from "./job_kind.ts";
import { projectOfKey } from "./noted_items.ts";
import { FAILED_WORK_MS } from "./run_job.ts";

/** Packages whose issues are moved in one transaction, before others get their turn. */
const AT_ONCE = 50;

/**
 * Moves the issues of a project's work packages to the status of their lanes, by the way of a pushed transition. Of the
 * steps that were told meanwhile, the newest counts.
 */
export function packagesJob(): JobKind {
  return {
    atOnce: 2,
    retryMs: FAILED_WORK_MS,
    async run(run) {
      const project = projectOfKey(run.job.key);
      while (await run.slice((context) => moveSome(context, project)));
      return DONE;
    },
  };
}

/** Moves some issues; returns whether there may be more. */
async function moveSome(context: TransactionContext, project: TeamProject): Promise<boolean> {
  const { store } = context;
  const places = await placesOfProject(store, project);
  await lockResources(store, places.map(({ resourceId }) => resourceId));
  const due = await duePackages(store, project, AT_ONCE);
  for (const place of places) {
    const resource = await resourceById(store, place.resourceId);
    const moves: Move[] = [];
    for (const known of due) {
      const item = await moveOf(context, resource, known);
      if (item !== null) moves.push({ item, userId: known.userId });
    }
    for (const userId of new Set(moves.map(({ userId }) => userId))) {
      const items = moves.filter((move) => move.userId === userId).map(({ item }) => item);
      await move(context, { project, place, resource, userId, items });
    }
  }
  for (const known of due) await setDue(store, { ...project, ...known }, false);
  return due.length === AT_ONCE;
}

/** A transition, and who has told of the step that it follows. */
interface Move {
  readonly item: PushItem;
  readonly userId: string;
}

/** Returns the transition of a package's issue; `null` where there is none, or it is there or under way already. */
async function moveOf(
  { store }: TransactionContext,
  resource: Resource,
  { mission, wp_id, step }: KnownPackage,
): Promise<PushItem | null> {
  const status = step === null ? null : statusOfLane(step.lane);
  if (status === null) return null;
  const name = packageName({ mission, wp_id });
  const issueId = await issueIdOfPackage(store, resource.id, name);
  const found = issueId === null ? null : await findIssue(store, resource.id, issueId);
  if (found === null) return null;
  const { ref } = found.issue;
  const waiting = await waitingItems(store, resource.id, [ref.id, name]);
  const asked = waiting.flatMap((item) => storedItem(item)?.target_status ?? []);
  if ((asked.at(-1) ?? found.issue.status) === status) return null;
  return { ref, action: "transition", target_status: status, work_package: { mission, wp_id } };
}

/** Stores transitions for their delivery, or makes them at once where the issues live in this host. */
async function move(
  context: TransactionContext,
  { project: { teamId }, place, resource, userId, items }: {
    readonly project: TeamProject;
    readonly place: BoundPlace;
    readonly resource: Resource;
    readonly userId: string;
    readonly items: readonly PushItem[];
  },
): Promise<void> {
  const { bindingRef } = place;
  if (await connectionOf(context.store, resource.id) !== null) {
    const caller = { user: { id: userId }, team: { id: teamId } };
    await acceptPush(context, caller, { resource, bindingRef, items });
    return;
  }
  const result = await applyPush(context, resource, items);
  for (const { ref, message } of result?.item_errors ?? []) {
    context.platform.terminal.stderr.write(
      `"${ref.key ?? ref.id}" of "${resource.label}" did not follow its work package: ${message}\n`,
    );
  }
}
