/** Texts of a real form at a fake Jira: what was not edited is never sent, and stays where something else was. */
import assert from "node:assert/strict";
import type { AdfDocument, AdfNode } from "../../../src/providers/jira/adf/document.ts";
import { markdownOf } from "../../../src/providers/jira/adf/shown.ts";
import { DOCUMENT_TEXTS } from "../../../src/providers/jira/document_texts.ts";
import { jiraRemote } from "../../../src/providers/jira/remote.ts";
import fc from "../../support/properties.ts";
import { DOCUMENTS } from "./documents.ts";
import { atJira, CLOUD, refusalOf } from "./support.ts";

const REMOTE = jiraRemote(() => ({ ...CLOUD, texts: DOCUMENT_TEXTS }));

Deno.test("a description that was not edited is not sent, and an edit leaves the rest of it as it is", () =>
  atJira(async ({ jira, project, access, place }) => {
    await fc.assert(
      fc.asyncProperty(DOCUMENTS, async (description) => {
        const issue = jira.add(project, { summary: "Rich", description });
        const read = await REMOTE.get(access, place, issue.id);
        assert.ok(read !== null);
        const shown = markdownOf(description);
        assert.equal(read.body, shown === "" ? null : shown);
        const writes = jira.writes.length;
        await REMOTE.change(access, place, read, { body: read.body });
        assert.equal(jira.writes.length, writes);
        await REMOTE.change(access, place, read, { body: `${shown}\n\nAn edit.` });
        assert.equal(jira.writes.length, writes + 1);
        const added: AdfNode = {
          type: "paragraph",
          content: [{ type: "text", text: "An edit." }],
        };
        const kept = (description.content ?? []).filter((node) => markdownOf(doc(node)) !== "");
        const stored = withoutSilent(issue.description);
        assert.deepEqual(stored, [...kept, added]);
        const again = await REMOTE.get(access, place, issue.id);
        assert.ok(again !== null);
        await REMOTE.change(access, place, again, { body: again.body });
        assert.equal(jira.writes.length, writes + 1);
      }),
      { numRuns: 100 },
    );
  }));

Deno.test("a description that Jira cannot hold is refused by name, and nothing is sent", () =>
  atJira(async ({ jira, project, access, place }) => {
    const issue = jira.add(project, { summary: "Plain" });
    const read = await REMOTE.get(access, place, issue.id);
    assert.ok(read !== null);
    const refusal = await refusalOf(
      REMOTE.change(access, place, read, { body: "- a\n\n  | b |\n  |---|\n  | c |" }),
    );
    assert.equal(refusal.code, "body_not_supported");
    assert.deepEqual(jira.writes, []);
  }));

function doc(...content: readonly AdfNode[]): AdfDocument {
  return { type: "doc", version: 1, content };
}

/** The blocks of what is stored, but for those that say nothing. */
function withoutSilent(stored: unknown): readonly AdfNode[] {
  assert.ok(isDoc(stored));
  return (stored.content ?? []).filter((node) => markdownOf(doc(node)) !== "");
}

function isDoc(value: unknown): value is AdfDocument {
  return typeof value === "object" && value !== null && "type" in value && value.type === "doc";
}
