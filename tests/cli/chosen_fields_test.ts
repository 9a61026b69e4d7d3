/** Every list takes `--fields`, and tells which fields there are. */
import assert from "node:assert/strict";
import type { Command } from "../../src/cli/command/command.ts";
import { commandJson } from "../../src/cli/help/json.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { CONFLICT_FIELDS, conflictJson } from "../../src/cli/commands/sync/json.ts";
import { meta, packageFile, plant } from "../missions/packages/support.ts";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

const lists = async (): Promise<readonly Command[]> =>
  (await catalogue(true)).filter(({ path, summary }) =>
    / list$/.test(path) || /^(List|Search) /.test(summary)
  );

Deno.test("every list takes `--fields`, and what is called a list says that it lists", async () => {
  const without: string[] = [];
  for (const command of await lists()) {
    const names = commandJson(command, true).options.flatMap((option) => option.names);
    if (!names.includes("--fields")) without.push(`${command.path} takes no --fields`);
    if (!/^(List|Search) /.test(command.summary)) without.push(`${command.path} does not say List`);
  }
  assert.deepEqual(without, []);
});

/** Lists, and where their items stand in the document. */
const LINES: Readonly<Record<string, (printed: Printed) => readonly object[] | undefined>> = {
  "config list": ({ settings }) => settings,
  "providers": ({ providers }) => providers,
  "discover": ({ resources }) => resources,
  "issue list": ({ issues }) => issues,
  "issue search": ({ candidates }) => candidates,
  "map list": ({ mappings }) => mappings,
  "state list": ({ states }) => states,
  "sync conflicts": ({ conflicts }) => conflicts,
  "mission list": ({ missions }) => missions,
  "wp list": ({ missions }) =>
    missions?.flatMap((mission) => "work_packages" in mission ? mission.work_packages ?? [] : []),
  "events list": ({ events }) => events,
  "host user list": ({ users }) => users,
  "host session list": ({ sessions }) => sessions,
  "host token list": ({ tokens }) => tokens,
  "host audit": ({ entries }) => entries,
  "host mapping list": ({ mappings }) => mappings,
  "host connection list": ({ connections }) => connections,
};

type Printed = Readonly<Record<string, readonly Item[] | undefined>>;
type Item = object & { readonly work_packages?: readonly object[] };

/** What a list needs besides its name. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  "discover": ["-p", "linear"],
  "issue search": ["workspace"],
};

/** Lists that can be empty here; what their items have is held below, and beside the tests of their commands. */
const CAN_BE_EMPTY = [
  "sync conflicts",
  "events list",
  "host session list",
  "host mapping list",
  "host connection list",
];

/** Members that only some items of a list have. */
const ONLY_SOME = [
  "is_new",
  "pending",
  "held",
  "refused",
  "skipped_fields",
  "key",
  "id",
  "url",
  "mission",
];

async function withLists(test: (world: World, data: readonly string[]) => Promise<void>) {
  await withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    await plant(world.project, {
      "kitty-specs/001-login/meta.json": meta("login", null, {}),
      "kitty-specs/001-login/tasks/WP01-form.md": packageFile("WP01", "Form"),
    });
    const data = ["--data", `${world.project}/data`];
    const password = { stdin: "long enough for all\n" };
    await ends(world, 0, ["host", "user", "add", "a@example.com", ...data], password);
    await ends(world, 0, [
      ...["host", "token", "create", "--name", "ci", "--user", "a@example.com"],
      ...data,
    ]);
    await test(world, data);
  });
}

Deno.test("every list refuses a field that is not, with those there are, and writes those asked for", () =>
  withLists(async (world, data) => {
    const held = Object.keys(LINES).sort();
    assert.deepEqual(held, (await lists()).map(({ path }) => path).sort());
    for (const [path, itemsOf] of Object.entries(LINES)) {
      const line = [
        ...path.split(" "),
        ...MORE[path] ?? [],
        ...path.startsWith("host ") ? data : [],
      ];
      const error = await failure(world, 2, [...line, "--fields", "colour"]);
      assert.equal(error.message, 'Unknown field "colour"', path);
      const names = String(error.next_action).replace(/^There are: |\.$/g, "").split(", ");
      const whole = await document(world, ...line);
      assert.equal(whole.schema, 1, path);
      const items = itemsOf(whole) ?? assert.fail(`${path} has no items`);
      assert.ok(items.length > 0 || CAN_BE_EMPTY.includes(path), `${path} is empty`);
      const had = items.flatMap((item) => Object.keys(item));
      assert.deepEqual(had.filter((name) => !names.includes(name)), [], path);
      if (items.length > 0) {
        const never = names.filter((name) => !had.includes(name) && !ONLY_SOME.includes(name));
        assert.deepEqual(never, [], path);
      }
      const [first = "", second = ""] = names;
      const chosen = await document(world, ...line, "--fields", `${second}, ${first}`);
      assert.deepEqual(Object.keys(chosen), Object.keys(whole), path);
      for (const item of itemsOf(chosen) ?? []) {
        assert.deepEqual(Object.keys(item), [second, first], path);
      }
      const plain = await ends(world, 2, [...line, "--fields", first]);
      assert.match(plain.stderr, /`--fields` chooses what `--json` writes/, path);
    }
  }));

Deno.test("fields are not for a line that settles a conflict", () =>
  withBoundWorld(async (world) => {
    const line = ["sync", "conflicts", "--resolve", "1", "--take", "ours", "--fields", "id"];
    const error = await failure(world, 2, line);
    assert.equal(error.message, "`--fields` is for the list, and `--resolve` writes none");
  }));

Deno.test("the fields of a conflict are those of its document", () => {
  const conflict = {
    ...{ id: 1, issueId: "1", field: "title", reason: "both_changed", taken: null } as const,
    ...{ base: "a", ours: "b", theirs: "c", detectedAt: 0, resolvedAt: null },
    times: { ours: null, theirs: null, seen: null },
  };
  assert.deepEqual(Object.keys(conflictJson(conflict, "ENG-1")), CONFLICT_FIELDS);
});
