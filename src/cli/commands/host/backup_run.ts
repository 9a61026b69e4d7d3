import { backUp, COMMAND_LINE } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { shareProgress } from "./share_progress.ts";

/** What to copy, and where to. */
export interface HostBackupOptions {
  readonly file: string;
  readonly data: HostPlace;
  readonly force: boolean;
}

/** Copies a host's data into one file. */
export async function run(context: Context, options: HostBackupOptions): Promise<number> {
  const { file, force } = options;
  const location = hostLocation(context, options.data);
  const progress = shareProgress(context);
  const { bytes, unrecorded } = await backUp(context.platform, COMMAND_LINE, location, {
    file,
    force,
    onProgress: (share) => progress.show("Copying", share),
  }).finally(() => progress.end());
  if (unrecorded !== null) {
    context.output.warning(
      `The copy is complete, but the audit log has no entry of it: ${unrecorded}.`,
    );
  }
  if (context.globals.json) context.output.json({ file, bytes });
  else context.output.result(text`${DONE} Copied the host's data to ${file}.`);
  return 0;
}
