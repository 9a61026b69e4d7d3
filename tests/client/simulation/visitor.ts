import { fieldsOf, type SyncField } from "../../../src/sync/fields.ts";
import type { PushItem } from "../../../src/contract/push.ts";
import type { Chance } from "../../support/chance.ts";
import type { Ledger } from "./ledger.ts";
import { AT_HOST } from "./people.ts";
import type { SharedResource } from "./resource.ts";
import { allWords, pushOf, somePatch } from "./words.ts";

/** What the person at the host works with. */
export interface VisitorOptions {
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly resource: SharedResource;
  readonly fields: readonly SyncField[];
}

/** The person at the host does something: looks at the issues and edits, creates, deletes or moves out one. */
export async function visit(options: VisitorOptions): Promise<void> {
  const { chance, ledger, resource } = options;
  ledger.next();
  const issues = [...(await resource.issues()).values()];
  const dice = chance.below(16);
  if (issues.length < 2 || (dice === 0 && issues.length < 5)) await create(options);
  else if (dice === 1 && issues.length > 2) {
    const issue = chance.pick(issues);
    const { id } = issue.ref;
    ledger.tell(`${AT_HOST} deletes ${id}`);
    ledger.givenUp(allWords(issue));
    await (chance.once(3) ? resource.moveOut(id) : resource.remove(id));
  } else await edit(options);
  ledger.look(AT_HOST, await resource.issues());
}

async function create({ chance, ledger, resource, fields }: VisitorOptions): Promise<void> {
  const issues = [...(await resource.issues()).values()];
  const [first] = issues;
  if (first === undefined) return;
  const seen = { ...fieldsOf(first), body: null, labels: [], assignees: [], links: [] };
  const others = issues.map(({ ref }) => ref);
  const id = ledger.word();
  const pen = { chance, word: ledger.word, others, fields };
  const patch = { ...somePatch(pen, { ...seen, custom_fields: {} }), title: ledger.word() };
  const { ref: { system, workspace } } = first;
  ledger.tell(`${AT_HOST} creates ${patch.title}: ${JSON.stringify(patch)}`);
  const { items, item_errors } = await resource.push({
    ref: { system, workspace, id },
    action: "create",
    patch: pushOf(patch, { ...seen, custom_fields: {} }),
  });
  const made = items[0]?.remote_ref?.id;
  if (made === undefined) throw new Error(`Not created: ${JSON.stringify(item_errors)}`);
  ledger.tell(`${AT_HOST} has created ${made}`);
  ledger.origins.add(made);
  const { status: _, ...set } = patch;
  ledger.changed(made, [], set);
}

async function edit({ chance, ledger, resource, fields }: VisitorOptions): Promise<void> {
  const issues = [...(await resource.issues()).values()];
  const issue = chance.hot(issues);
  const { id } = issue.ref;
  const others = issues.map(({ ref }) => ref).filter((ref) => ref.id !== id);
  const seen = fieldsOf(issue);
  const patch = somePatch({ chance, word: ledger.word, others, fields }, seen);
  const { system, workspace } = issue.ref;
  const rest = { ref: { system, workspace, id }, patch: pushOf(patch, seen) };
  const item: PushItem = patch.status === undefined
    ? { ...rest, action: "update" }
    : { ...rest, action: "transition", target_status: patch.status };
  const { items } = await resource.push(item);
  const outcome = items[0]?.outcome;
  ledger.tell(`${AT_HOST} edits ${id} (${outcome}): ${JSON.stringify(patch)}`);
  // A parent may be refused, and everything with it.
  if (outcome !== "failed") ledger.changed(id, [seen], patch);
}
