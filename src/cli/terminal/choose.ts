import type { TrackerError } from "../../platform/tracker_error.ts";
import { canPick, pick, type PickerContext } from "./picker.ts";
import { askNumber, type PromptContext } from "./prompts.ts";
import { alignedRows, cut } from "./table.ts";

/** What choosing takes. */
export type ChooseContext = PickerContext & PromptContext & {
  readonly output: { readonly promptWidth: number | null };
};

/** What is chosen from. */
export interface Choosing {
  readonly question: string;
  /** Cells of a row each; all of them are searched. */
  readonly rows: readonly (readonly string[])[];
  /** The failure where there is no person at a terminal to choose. */
  readonly unanswered: () => TrackerError;
}

/** How many rows are listed for an answer by number. */
const MOST_LISTED = 50;

/**
 * Has a person at a terminal choose one of many rows: with keys, and by number where the terminal cannot be drawn again.
 * Answers the place of the row from 0; `null` when they leave.
 *
 * @throws {TrackerError} `unanswered`, `invalid_answer`, `interrupted`.
 */
export async function choose(
  context: ChooseContext,
  { question, rows, unanswered }: Choosing,
): Promise<number | null> {
  const { globals, output, platform: { terminal } } = context;
  const { stdin, stdout, stderr } = terminal;
  const isThere = stdin.isTerminal && stdout.isTerminal && stderr.isTerminal;
  if (globals.json || globals.noInput || !isThere) throw unanswered();
  if (canPick(context)) return await pick(context, { question, rows });
  const listed = rows.slice(0, MOST_LISTED);
  const width = output.promptWidth ?? Infinity;
  const numbered = alignedRows(listed.map((row, place) => [String(place + 1), ...row]));
  const left = rows.length - listed.length;
  const number = await askNumber(context, {
    intro: [
      ...numbered.map((line) => cut(line.trimEnd(), width)),
      ...(left > 0 ? [`${left} more are not listed: name one by its key`] : []),
    ],
    question,
    highest: listed.length,
    instead: unanswered().nextAction ?? "",
    unanswered,
  });
  return number - 1;
}
