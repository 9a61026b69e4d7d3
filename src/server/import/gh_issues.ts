import type { HostedProvider } from "../../contract/providers.ts";
import type { Pause } from "../../platform/pauses.ts";
import { readListedByGh } from "../../providers/mod.ts";
import { normalizedIssues } from "./normalized.ts";
import type { ImportRecord, LeftOut, ReadIssues } from "./records.ts";

/** Reads what `gh issue list --json …` prints, as issues of GitHub. */
export async function ghIssues(
  records: readonly ImportRecord[],
  provider: HostedProvider | undefined,
  pause: Pause,
): Promise<ReadIssues> {
  const normalized: ImportRecord[] = [];
  const skipped: LeftOut[] = [];
  for (const { line, value } of records) {
    await pause();
    const read = readListedByGh(value);
    if (read.ok) normalized.push({ line, value: read.value });
    else skipped.push({ line, reason: `"${read.path}" ${read.message}` });
  }
  const read = await normalizedIssues(normalized, provider, pause);
  return { ...read, skipped: [...skipped, ...read.skipped] };
}
