import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import type { Context } from "../../command/context.ts";
import { multiline } from "../../terminal/text.ts";
import type { GUIDE_FORMATS } from "./guide.ts";
import { guideJson, guideMarkdown } from "./guide_text.ts";

/** Prints the guide for coding agents. */
export async function run(
  { output, platform, globals }: Context,
  { format }: { readonly format: typeof GUIDE_FORMATS[number] | undefined },
): Promise<number> {
  const hosted = isHostedSyncEnabled(platform.env);
  if (globals.json || format === "json") output.json(await guideJson(hosted));
  else output.result(multiline((await guideMarkdown(hosted)).trimEnd()));
  return 0;
}
