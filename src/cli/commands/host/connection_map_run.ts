import { STATUSES } from "../../../contract/issue.ts";
import { COMMAND_LINE, mapWords, type WordChange } from "../../../server/mod.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";

/** Which words mean what. */
export interface HostConnectionMapOptions {
  readonly name: string;
  readonly words: readonly string[];
  readonly data: HostPlace;
}

/** Changes what words of the provider mean. */
export async function run(
  context: Context,
  { name, words, data: place }: HostConnectionMapOptions,
): Promise<number> {
  if (words.length === 0) throw usageError("Name at least one word with `--status WORD=STATUS`");
  const changes = words.map(readChange);
  return await withHostData(context, { data: place }, async (data) => {
    const { statusWords } = await mapWords(
      data,
      COMMAND_LINE,
      { name, teamId: null },
      changes,
    );
    if (context.globals.json) context.output.json({ name, status_words: statusWords });
    else {
      context.output.result(text`${DONE} The words of ${name}:`);
      for (const [status, known] of Object.entries(statusWords)) {
        context.output.result(`  ${status.padEnd(12)} ${known.join(", ")}`);
      }
    }
    return 0;
  });
}

function readChange(given: string): WordChange {
  const at = given.lastIndexOf("=");
  const word = given.slice(0, Math.max(at, 0)).trim();
  const meaning = given.slice(at + 1).trim().toLowerCase();
  if (word === "") throw usageError(`\`--status\` takes WORD=STATUS, not "${given}"`);
  if (meaning === "") return { word, status: null };
  const status = STATUSES.find((one) => one === meaning);
  if (status === undefined) {
    throw usageError(`Unknown status "${meaning}"`, `Choose one of: ${STATUSES.join(", ")}.`);
  }
  return { word, status };
}
