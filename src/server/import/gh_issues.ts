import type { HostedProvider } from "../../contract/providers.ts";
import { readListedByGh } from "../../providers/mod.ts";
import { readNormalized } from "./normalized.ts";
import type { RecordForm } from "./records.ts";

/** Returns the form of what `gh issue list --json …` prints: issues of GitHub. */
export function ghForm(provider: HostedProvider | undefined): RecordForm {
  return {
    isClosed: false,
    read(value) {
      const read = readListedByGh(value);
      return read.ok
        ? readNormalized(read.value, provider)
        : { kind: "invalid", reason: `"${read.path}" ${read.message}` };
    },
  };
}
