import {
  COMMAND_LINE,
  type HostContext,
  rehearse,
  removeIssueFromHost,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { confirm } from "../../terminal/prompts.ts";
import { DONE, text } from "../../terminal/text.ts";
import { withHostData } from "./data.ts";

/** Which issue to remove. */
export interface HostIssueRemoveOptions {
  readonly key: string;
  readonly resource: string;
  readonly data: HostPlace;
  readonly team: string | undefined;
}

/** Removes an issue that lives in this host, after a person has agreed. */
export async function run(context: Context, options: HostIssueRemoveOptions): Promise<number> {
  const { key, resource, team } = options;
  const remove = (data: HostContext) =>
    removeIssueFromHost(data, COMMAND_LINE, { key, resource, team });
  const gone = await withHostData(context, options, async (data) => {
    const found = await rehearse(data, remove);
    const question = `Remove the issue ${found.key} of ${found.resource} with its comments?`;
    const isAgreed = await confirm(context, { question, instead: "Agree with `--yes`." });
    return isAgreed ? await remove(data) : null;
  });
  if (gone === null) {
    if (context.globals.json) context.output.json({ removed: false, declined: true });
    else context.output.notice("Nothing changed.");
    return 0;
  }
  if (context.globals.json) context.output.json({ ...gone, removed: true });
  else context.output.result(text`${DONE} Removed ${gone.key} of ${gone.resource}.`);
  return 0;
}
