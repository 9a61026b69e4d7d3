import { commandWord } from "../../platform/command_word.ts";
import type { RefusedEdit } from "../../store/edits.ts";
import { GONE } from "../../sync/sync_report.ts";

/** What a person can do about the refused edits of an issue. No push helps an issue that is gone. */
export function refusedAdvice(key: string, refused: readonly Pick<RefusedEdit, "code">[]): string {
  const word = commandWord(key);
  const other = refused.some(({ code }) => code === GONE.code)
    ? `\`tracker issue create --from ${word}\` creates it again`
    : "`tracker sync push --retry` repeats them";
  return `\`tracker issue discard ${word}\` drops the edits, ${other}`;
}
