import type { SyncField } from "../../../sync/fields.ts";
import { openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { inWords } from "../../services/field_words.ts";
import { discardJson } from "./json.ts";
import type { DiscardResult } from "../../../sync/discard.ts";
import { withIssue } from "../../services/named_issue.ts";

/** What to drop. */
export interface IssueDiscardOptions {
  readonly key: string;
  /** All edits when empty. */
  readonly fields: readonly SyncField[];
}

/** Drops edits that wait in the cache. */
export async function run(context: Context, options: IssueDiscardOptions): Promise<number> {
  return await withIssue(context, options.key, async ({ id }, project) => {
    const { service } = await openBackend(project);
    return report(context, await service.issueDiscard(id, options.fields));
  });
}

function report(context: Context, result: DiscardResult): number {
  const { output, globals } = context;
  if (globals.json) {
    output.json(discardJson(result));
    return 0;
  }
  const { ref, title } = result.issue;
  const name = `${ref.key ?? ref.id}  ${title}`;
  if (result.removed) {
    output.result(text`${DONE} Discarded ${name}: it was only here`);
    return 0;
  }
  if (result.changes.length === 0) {
    output.result(`No edits to discard: ${name}`);
    return 0;
  }
  output.result(text`${DONE} Discarded edits of ${name}`);
  for (const change of result.changes) output.result(`  ${inWords(change)}`);
  return 0;
}
