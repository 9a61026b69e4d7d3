import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { importIssues } from "../../../src/server/mod.ts";
import { anIssue, aRef } from "../../contract/samples.ts";
import { openTestHost } from "../../server/support.ts";
import type { HostStore } from "../../../src/server/store/store.ts";
import { mutatedJson, mutatedText } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";

const NORMALIZED = [
  anIssue(),
  anIssue({ ref: aRef({ id: "2", key: "WEB-2" }), parent_ref: aRef() }),
];
const BEADS = [
  { _schema: 1 },
  { _type: "memory", key: "k" },
  {
    id: "bd-1",
    title: "T",
    description: "B",
    status: "hooked",
    priority: 1,
    issue_type: "epic",
    labels: ["a"],
    dependencies: [{ issue_id: "bd-1", depends_on_id: "bd-2", type: "parent-child" }],
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  },
];
const LINES = [NORMALIZED, BEADS].map((records) =>
  records.map((record) => JSON.stringify(record)).join("\n")
);
const TEXTS = [JSON.stringify(NORMALIZED), JSON.stringify({ issues: BEADS }), ...LINES];

/** The files that `host import` reads. */
export const hostImport: Target = target({
  name: "host-import",
  input: fc.oneof(
    mutatedText(TEXTS),
    mutatedJson([NORMALIZED, BEADS]).map(asText),
    mutatedJson([NORMALIZED, BEADS])
      .map((value) => Array.isArray(value) ? value.map(asText).join("\n") : asText(value)),
  ),
  open: () => openTestHost(),
  close: ({ host }) => host.close(),
  async attempt(content, { context, store }) {
    const before = await issuesIn(store);
    const done = await onPurpose(() => importIssues(context, content, { label: "fuzz" }));
    if (!done.ok) {
      return assert.equal(await issuesIn(store), before, "a refused file changes nothing");
    }
    const again = await importIssues(context, content, { label: "fuzz" });
    assert.equal(again.created, 0, "a repeat makes nothing new");
  },
});

async function issuesIn(store: HostStore): Promise<unknown> {
  return (await store.one("SELECT COUNT(*) AS count FROM issues"))?.["count"];
}

function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "[".repeat(50_000) + "]".repeat(50_000);
  }
}
