import assert from "node:assert/strict";
import type { ProcessOptions, ProcessResult } from "../../src/platform/processes.ts";
import { BD_INSTALL_HINT, BD_NOT_SET_UP, bdConnector } from "../../src/local/bd.ts";
import type { Connector } from "../../src/local/connector.ts";
import { fieldsOf } from "../../src/sync/fields.ts";
import { Tool } from "../../src/local/tool.ts";
import { withPlatform } from "../support/platform.ts";

const ANSWERS = new URL("../fixtures/bd/", import.meta.url);

/** A connector whose every call is answered as the real tool once answered. */
async function answered(
  answer: string,
  test: (connector: Connector, calls: ProcessOptions[]) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const calls: ProcessOptions[] = [];
    const processes = {
      ...platform.processes,
      run(options: ProcessOptions): Promise<ProcessResult> {
        calls.push(options);
        const stdout = recorded(`${answer}.stdout`);
        // Of a failing call there is an answer on the stream of errors or one that is an error.
        const failed = recorded(`${answer}.stderr`).length > 0 ||
          new TextDecoder().decode(stdout).includes('"error"');
        return Promise.resolve({
          code: failed ? 1 : 0,
          stdout,
          stderr: recorded(`${answer}.stderr`),
        });
      },
    };
    const tool = new Tool({
      platform: { ...platform, processes },
      command: "bd",
      cwd: platform.home,
      lockPath: `${platform.home}/lock`,
      installHint: BD_INSTALL_HINT,
      notSetUp: BD_NOT_SET_UP,
    });
    await test(bdConnector({ tool, workspace: "w" }), calls);
  });
}

function recorded(name: string): Uint8Array<ArrayBuffer> {
  try {
    return Deno.readFileSync(new URL(name, ANSWERS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

async function listed(connector: Connector) {
  const pages = [];
  for await (const page of connector.list({ updatedSince: null })) pages.push(page);
  return pages.flatMap(({ issues }) => issues);
}

Deno.test("a recorded list is read in full", () =>
  answered("list", async (connector, calls) => {
    const issues = await listed(connector);
    assert.deepEqual(calls[0]?.args, ["list", "--all", "--limit", "0", "--json"]);
    assert.deepEqual(issues.map(({ title }) => title).sort(), [
      "A part of it!",
      "Build the thing",
      "Needed first",
    ]);
    const part = issues.find(({ title }) => title === "A part of it!");
    assert.deepEqual(part === undefined ? {} : fieldsOf(part), {
      title: "A part of it!",
      body: null,
      status: "in_progress",
      issue_type: "task",
      priority: 3,
      assignees: ["ann"],
      labels: [],
      parent: { system: "beads", workspace: "w", id: "demo-ps6" },
      links: [
        { type: "blocked_by", ref: { system: "beads", workspace: "w", id: "demo-7pw" } },
      ],
      custom_fields: {},
    });
    const whole = issues.find(({ title }) => title === "Build the thing");
    assert.equal(whole?.body, 'First line\nsecond "line"\ttab\n');
    assert.deepEqual(whole?.labels, ["core", "ui"]);
  }));

// The last of them by version 1.3, the others by version 1.0.
for (
  const [list, show, id] of [
    ["list", "show", "demo-ps6.1"],
    ["list_epic", "show_epic", "demo-e3h"],
    ["list_1_3", "show_1_3", "demo-ndp"],
  ] as const
) {
  Deno.test(`the recorded single issue of ${show} is the same as in the list`, () =>
    answered(list, async (fromList) => {
      const inList = (await listed(fromList)).find(({ ref }) => ref.id === id);
      assert.ok(inList !== undefined);
      await answered(show, async (connector) => {
        assert.deepEqual(await connector.get(id), inList);
      });
    }));
}

for (const answer of ["show_missing", "show_missing_1_3"]) {
  Deno.test(`the recorded missing issue of ${answer} is none`, () =>
    answered(answer, async (connector) => {
      assert.equal(await connector.get("demo-none"), null);
    }));
}

Deno.test("an issue that is only meant by a part of its id is another one", () =>
  answered("show", async (connector) => {
    assert.equal(await connector.get("demo-ps6"), null);
  }));

Deno.test("an id that would be taken for an option is asked for nowhere", () =>
  answered("show", async (connector, calls) => {
    for (const id of ["", "--all", "-x", "a\0b"]) assert.equal(await connector.get(id), null);
    assert.deepEqual(calls, []);
  }));

Deno.test("a recorded creation names its id", () =>
  answered("create", async (connector, calls) => {
    const [issue] = await new Promise<Awaited<ReturnType<typeof listed>>>((resolve) =>
      answered("list", async (other) => resolve(await listed(other)))
    );
    assert.ok(issue !== undefined);
    const id = await connector.create({ ...fieldsOf(issue), body: "Text" }, "local-7");
    assert.equal(id, "demo-ps6");
    assert.equal(calls[0]?.stdin, "Text");
    assert.ok(calls[0]?.args.includes("--external-ref=tracker:local-7"));
  }));

for (
  const [answer, message] of [
    ["close_blocked", /blocked by open issues \[demo-7pw\]/],
    ["update_bad_status", /invalid status "nonsense"/],
    ["update_missing", /no issue found matching "demo-none"/],
    [
      "update_failed_1_3",
      /list" failed with exit code 1: cannot reassign demo-ndp\.1: held by "ann"/,
    ],
    ["create_no_title", /title required/],
    ["list_bad_status", /invalid status "nonsense" \(valid: open/],
  ] as const
) {
  Deno.test(`the recorded error of ${answer} is told in the tool's words`, () =>
    answered(answer, async (connector) => {
      await assert.rejects(listed(connector), { code: "tool_failed", message });
    }));
}

Deno.test("the recorded answer without a database says what to do", () =>
  answered("list_no_database", async (connector) => {
    await assert.rejects(listed(connector), { code: "tool_not_set_up", nextAction: /bd init/ });
  }));

Deno.test("times are handed over to the second, never later than they are", () =>
  answered("list", async (connector, calls) => {
    for await (const _ of connector.list({ updatedSince: "2026-03-01T12:00:00.999+01:00" }));
    assert.deepEqual(calls[0]?.args.slice(4, 6), ["--updated-after", "2026-03-01T11:00:00Z"]);
  }));
