import { requireAdded } from "../../../store/mappings.ts";
import { openLocalBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
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
  const { service } = await openLocalBackend(await projectContext(context), "`map add`");
  const mapping = requireAdded(await service.mapAdd(options));
  if (context.globals.json) context.output.json(mapping);
  else {
    const issue = mapping.external_key ?? mapping.external_id;
    context.output.result(text`${DONE} ${mapping.wp_id} is ${issue}.`);
  }
  return 0;
}
