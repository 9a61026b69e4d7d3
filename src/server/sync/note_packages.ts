import type { PushItem } from "../../contract/push.ts";
import { type LaneStep, packageName, statusOfLane } from "../../contract/work_packages.ts";
import type { TransactionContext } from "../context/host_context.ts";
import {
  byPackage,
  notePackage,
  placesOfProject,
  projectOfResource,
  setDue,
  type TeamProject,
} from "../store/work_packages.ts";
import { newsOfItem } from "./package_news.ts";

/** Items of a push, as they are applied. */
export interface NotedItems {
  readonly items: readonly PushItem[];
  /** The project whose issues elsewhere have yet to follow; `null` for none. */
  readonly due: TeamProject | null;
}

/**
 * Takes down what the items of a push say of work packages, and has each leave the status as the newest step has it where
 * its own is older: another clone knows more. Runs in the caller's transaction, which holds the resource.
 */
export async function notePackages(
  { store, now }: TransactionContext,
  resourceId: string,
  userId: string,
  items: readonly PushItem[],
): Promise<NotedItems> {
  const project = await projectOfResource(store, resourceId);
  if (project === null) return { items, due: null };
  const teller = { teamId: project.teamId, userId, at: now() };
  const told = items.flatMap((item) => {
    const news = newsOfItem(item, project, teller);
    return news === null ? [] : [{ item, news }];
  });
  const isElsewhere = (await placesOfProject(store, project)).length > 1;
  const newest = new Map<string, LaneStep>();
  let isDue = false;
  for (const { item, news } of told.toSorted((a, b) => byPackage(a.news, b.news))) {
    const known = await notePackage(store, news);
    if (known.step !== null) newest.set(packageName(news), known.step);
    if (!known.isDue) continue;
    // The item itself has the one issue follow.
    const follows = item.target_status != null && news.step !== null && news.step.at !== null;
    if (follows && !isElsewhere) await setDue(store, news, false);
    else isDue = true;
  }
  const steps = new Map(told.map(({ item, news }) => [item, news.step]));
  return {
    items: items.map((item) => {
      const step = steps.get(item) ?? null;
      const known = item.work_package == null
        ? undefined
        : newest.get(packageName(item.work_package));
      return step === null || known === undefined ? item : following(item, step, known);
    }),
    due: isDue ? project : null,
  };
}

/** Returns an item with the status of the newest step, where that is another one than its own. */
function following(item: PushItem, own: LaneStep, newest: LaneStep): PushItem {
  const isNewest = own.at === null || own.at === newest.at && own.id === newest.id;
  if (isNewest || item.target_status == null) return item;
  const status = statusOfLane(newest.lane);
  if (status !== null) return { ...item, target_status: status };
  const { ref, patch, work_package } = item;
  return { ref, action: item.action === "create" ? "create" : "update", patch, work_package };
}
