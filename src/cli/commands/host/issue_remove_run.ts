import { COMMAND_LINE, removeIssueFromHost } from "../../../server/mod.ts";
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
  const question = `Remove the issue ${key} of ${resource} with its comments?`;
  if (!(await confirm(context, { question, instead: "Agree with `--yes`." }))) {
    if (context.globals.json) context.output.json({ removed: false, declined: true });
    else context.output.notice("Nothing changed.");
    return 0;
  }
  const gone = await withHostData(
    context,
    options,
    (data) => removeIssueFromHost(data, COMMAND_LINE, { key, resource, team }),
  );
  if (context.globals.json) context.output.json({ ...gone, removed: true });
  else context.output.result(text`${DONE} Removed ${gone.key} of ${gone.resource}.`);
  return 0;
}
