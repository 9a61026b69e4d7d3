import { createKeyFile } from "../../../server/mod.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";

/** Makes a file with a new key; one that is there is never replaced. */
export async function run(
  context: Context,
  { file }: { readonly file: string },
): Promise<number> {
  if (!await createKeyFile(context.platform, file)) throw keyExists(file);
  if (context.globals.json) context.output.json({ key_file: file });
  else {
    context.output.result(text`${DONE} Made a key in ${file}.`);
    context.output.notice(
      "Keep a copy in a safe place: without it the credentials of the host's connections are lost.",
    );
  }
  return 0;
}

function keyExists(path: string): TrackerError {
  return new TrackerError({
    code: "host_key_exists",
    message: `"${path}" exists, and a key that is lost cannot be made again`,
    nextAction: "Choose another name.",
    details: { path },
  });
}
