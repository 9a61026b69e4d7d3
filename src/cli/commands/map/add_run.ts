import { requireAdded } from "../../../store/mappings.ts";
import { openLocalBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { knownIssue, nothingChosen } from "../../services/named_issue.ts";
import { projectContext } from "../../services/tracker.ts";

/** Which work package belongs to which issue. */
export interface MapAddOptions {
  readonly wpId: string;
  readonly externalId: string;
  readonly externalKey: string | undefined;
  readonly externalUrl: string | undefined;
}

/** Connects a work package with an issue of a local tracker. */
export async function run(context: Context, options: MapAddOptions): Promise<number> {
  const project = await projectContext(context);
  const { service } = await openLocalBackend(project, "`map add`");
  const known = await knownIssue(context, project, options.externalId);
  if (known === null) return nothingChosen(context);
  const mapping = requireAdded(await service.mapAdd({ ...options, externalId: known.id }));
  if (context.globals.json) context.output.json(mapping);
  else {
    const issue = mapping.external_key ?? mapping.external_id;
    context.output.result(text`${DONE} ${mapping.wp_id} is ${issue}.`);
  }
  return 0;
}
