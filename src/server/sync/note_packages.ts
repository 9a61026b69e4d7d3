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
    // A change has the one issue follow by itself; a creation may find an issue that is there, and leaves it then.
    const isChange = item.action !== "create" && item.target_status != null;
    const follows = isChange && news.step !== null && news.step.at !== null;
    if (follows && !isElsewhere) await setDue(store, news, false);
    else isDue = true;
  }
  const steps = new Map(told.map(({ item, news }) => [item, news.step]));
  return {
    items: items.map((item) => {
      const known = item.work_package == null
        ? undefined
        : newest.get(packageName(item.work_package));
      return known === undefined ? item : following(item, steps.get(item) ?? null, known);
    }),
    due: isDue ? project : null,
  };
}

/**
 * Returns an item with the status of the newest step, where that is another one than its own. An item of no step, or of
 * one whose time nobody has said, keeps its status; a new issue of no step begins where the newest one is.
 */
function following(item: PushItem, own: LaneStep | null, newest: LaneStep): PushItem {
  const isKept = own === null
    ? item.action !== "create"
    : own.at === null || own.at === newest.at && own.id === newest.id;
  if (isKept || item.target_status == null) return item;
  const status = statusOfLane(newest.lane);
  if (status !== null) return { ...item, target_status: status };
  const { ref, patch, work_package } = item;
  return { ref, action: item.action === "create" ? "create" : "update", patch, work_package };
}
