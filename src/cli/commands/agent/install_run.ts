import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { type Agent, installGuide } from "../../../project/agent_files.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { guideMarkdown } from "./guide_text.ts";

/** Writes the guide into the file that an agent reads. */
export async function run(
  { platform, globals, output }: Context,
  { agent = "generic" }: { readonly agent: Agent | undefined },
): Promise<number> {
  const root = await requireProjectRoot(platform, globals.repo ?? null);
  const guide = await guideMarkdown(isHostedSyncEnabled(platform.env));
  const found = await installGuide({ files: platform.files, root }, agent, guide);
  if (globals.json) output.json({ agent, ...found });
  else if (found.outcome === "kept") output.result(text`${DONE} ${found.file} has the guide.`);
  else output.result(text`${DONE} The guide is in ${found.file}, between two marks.`);
  return 0;
}
