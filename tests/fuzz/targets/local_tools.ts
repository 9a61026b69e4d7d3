import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { BD_INSTALL_HINT, BD_NOT_SET_UP, bdConnector } from "../../../src/local/bd.ts";
import type { Connector } from "../../../src/local/connector.ts";
import { fieldsOf } from "../../../src/sync/fields.ts";
import { FP_INSTALL_HINT, FP_NOT_SET_UP, fpConnector } from "../../../src/local/fp.ts";
import { Tool } from "../../../src/local/tool.ts";
import { type FuzzMachine, fuzzMachine } from "../machine.ts";
import { mutated } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";

const BD_ISSUE = {
  id: "bd-1",
  title: "Title",
  description: "Body",
  status: "open",
  priority: 2,
  issue_type: "task",
  assignee: "ada",
  labels: ["a", "b,c"],
  metadata: { team: "core" },
  external_ref: "tracker:x",
  parent: "bd-0",
  dependencies: [{ issue_id: "bd-1", depends_on_id: "bd-2", type: "blocks" }],
  comments: [{ id: 1, author: "ada", text: "hi" }],
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-02T00:00:00.123456789Z",
};

const FP_ISSUE = {
  id: "fp-a1b2c3",
  shortId: "a1b2",
  title: "Title",
  description: "Body\n\n<!-- tracker:x -->",
  status: "in-progress",
  priority: "high",
  parent: "fp-0",
  dependencies: ["fp-2"],
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: 1_767_312_000_000,
  properties: { labels: "a,b", points: "3" },
};

const OUTPUTS: readonly string[] = [
  JSON.stringify([BD_ISSUE, { ...BD_ISSUE, id: "bd-2", status: "hooked", parent: undefined }]),
  JSON.stringify({ schema_version: 1, data: { issues: [BD_ISSUE] } }),
  `Warning: a new version\n${JSON.stringify(BD_ISSUE)}\n`,
  JSON.stringify({ issues: [FP_ISSUE, { ...FP_ISSUE, id: "fp-2", updatedAt: "yesterday" }] }),
  JSON.stringify({ ...FP_ISSUE, displayId: "fp-a1b2" }),
  `{"issues": [{"id": "fp-3", "title": "raw \u0007 control \n here", "status": "todo"}]}`,
  `{"error": "no issue found matching \\"bd-9\\""}`,
  "null",
  "Error: .fp directory not found\n",
];

interface Shared {
  readonly machine: FuzzMachine;
  readonly connectors: readonly Connector[];
  readonly process: { output: Uint8Array<ArrayBuffer>; code: number | null };
}

/** What `bd` and `fp` print. */
export const toolOutput: Target = target({
  name: "tool-output",
  input: fc.record({
    output: mutated(OUTPUTS),
    code: fc.constantFrom(0, 0, 0, 1, 2, null),
    fp: fc.boolean(),
  }),
  async open(): Promise<Shared> {
    const process: Shared["process"] = { output: new Uint8Array(), code: 0 };
    const machine = await fuzzMachine({
      process: () =>
        Promise.resolve({ code: process.code, stdout: process.output, stderr: process.output }),
    });
    const tool = (command: string, rest: {
      readonly installHint: string;
      readonly notSetUp: { readonly pattern: RegExp; readonly nextAction: string };
    }) =>
      new Tool({
        platform: machine,
        command,
        cwd: machine.home,
        lockPath: `${machine.home}/tool.lock`,
        ...rest,
      });
    const workspace = "web";
    const connectors = [
      bdConnector({
        tool: tool("bd", { installHint: BD_INSTALL_HINT, notSetUp: BD_NOT_SET_UP }),
        workspace,
      }),
      fpConnector({
        tool: tool("fp", { installHint: FP_INSTALL_HINT, notSetUp: FP_NOT_SET_UP }),
        workspace,
      }),
    ];
    return { machine, connectors, process };
  },
  close: ({ machine }) => machine.remove(),
  async attempt({ output, code, fp }, { connectors, process }) {
    process.output = new Uint8Array(output);
    process.code = code;
    const connector = connectors[fp ? 1 : 0];
    assert.ok(connector !== undefined);
    const listed = await onPurpose(() => all(connector));
    await onPurpose(() => connector.get(fp ? "fp-a1b2c3" : "bd-1"));
    const issue = listed.ok ? listed.value[0] : undefined;
    if (issue === undefined) return;
    assert.equal(issue.ref.id.startsWith("-"), false, "an id is never taken for an option");
    const fields = fieldsOf(issue);
    await onPurpose(() => connector.create(fields, "local-1"));
    await onPurpose(() => connector.update(issue, { ...fields, title: "-x", labels: ["-y"] }));
  },
});

async function all(connector: Connector) {
  const issues = [];
  for await (const page of connector.list({ updatedSince: "2026-01-01T00:00:00Z" })) {
    issues.push(...page.issues);
  }
  return issues;
}
