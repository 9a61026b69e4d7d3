import type { PushItem } from "../../contract/push.ts";
import { statusOfLane } from "../../contract/work_packages.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { lockResource } from "../store/locks.ts";
import {
  findPackage,
  projectOfResource,
  setDue,
  type TeamProject,
} from "../store/work_packages.ts";
import { notePackages } from "../sync/note_packages.ts";
import { enqueue } from "./queue.ts";

/**
 * Returns the items of a push as they are to be applied to a resource: what they say of work packages is taken down. Runs
 * in the caller's transaction, which holds the resource from then on.
 */
export async function notedItems(
  context: TransactionContext,
  resourceId: string,
  userId: string,
  items: readonly PushItem[],
): Promise<readonly PushItem[]> {
  if (!items.some(({ work_package }) => work_package != null)) return items;
  await lockResource(context.store, resourceId);
  const { items: noted, due } = await notePackages(context, resourceId, userId, items);
  if (due !== null) await moveIssues(context, due);
  return noted;
}

/** Has the issues of a project's packages follow their lanes, in `afterMs`; at once unless given. */
export async function moveIssues(
  context: TransactionContext,
  { teamId, projectUuid }: TeamProject,
  afterMs: number = 0,
): Promise<void> {
  await enqueue(context, { kind: "packages", key: `${teamId}/${projectUuid}`, teamId, afterMs });
}

/** Returns the project whose packages a job moves. */
export function projectOfKey(key: string): TeamProject {
  const at = key.indexOf("/");
  return { teamId: key.slice(0, at), projectUuid: key.slice(at + 1) };
}

/**
 * Has the issue that was created for an item follow its package, where that has come to another lane since the item was
 * accepted. Runs in the caller's transaction.
 */
export async function followSince(
  context: TransactionContext,
  resourceId: string,
  { work_package: of, target_status: asked }: PushItem,
): Promise<void> {
  const { store } = context;
  if (of == null) return;
  const project = await projectOfResource(store, resourceId);
  const known = project === null ? null : await findPackage(store, { ...project, ...of });
  const status = known?.step == null ? null : statusOfLane(known.step.lane);
  if (project === null || status === null || status === asked) return;
  await setDue(store, { ...project, mission: of.mission, wp_id: of.wp_id }, true);
  await moveIssues(context, project);
}
