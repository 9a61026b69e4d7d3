import { removeGuides } from "../../../project/agent_files.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";

/** Takes the guide out of every file that agents read. */
export async function run({ platform, globals, output }: Context): Promise<number> {
  const root = await requireProjectRoot(platform, globals.repo ?? null);
  const files = await removeGuides({ files: platform.files, root });
  if (globals.json) output.json({ files });
  else if (files.length === 0) output.result("No file has the guide.");
  else output.result(text`${DONE} The guide is taken out of ${files.join(", ")}.`);
  return 0;
}
