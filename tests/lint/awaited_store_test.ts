import assert from "node:assert/strict";
import plugin from "../../scripts/lint/host_store.ts";

const IMPORTS = `import { teamsOf } from "../store/users.ts";
import { text } from "../store/row.ts";
`;

/** The calls that the rule reports in a file of a service. */
function reported(source: string, filename = "src/server/accounts/example.ts"): string[] {
  const whole = IMPORTS + source;
  return Deno.lint.runPlugin(plugin, filename, whole).map((found) => whole.slice(...found.range));
}

const FAULTS: Readonly<Record<string, string>> = {
  "teamsOf(store, id);": "teamsOf(store, id)",
  "void teamsOf(store, id);": "teamsOf(store, id)",
  "wanted && teamsOf(store, id);": "teamsOf(store, id)",
  "sendJson(teamsOf(store, id));": "teamsOf(store, id)",
  "sendJson({ teams: teamsOf(store, id) });": "teamsOf(store, id)",
  "sendJson({ ...teamsOf(store, id) });": "teamsOf(store, id)",
  "const { length } = teamsOf(store, id);": "teamsOf(store, id)",
  "const teams = teamsOf(store, id); sendJson(teams);": "teamsOf(store, id)",
  "if (teamsOf(store, id) === null) stop();": "teamsOf(store, id)",
  "const shown = `${teamsOf(store, id)}`;": "teamsOf(store, id)",
  "const shown = teamsOf(store, id).length;": "teamsOf(store, id)",
  "for (const team of teamsOf(store, id)) show(team);": "teamsOf(store, id)",
  "ids.forEach((id) => teamsOf(store, id));": "teamsOf(store, id)",
  "teamsOf(store, id).catch(() => []);": "teamsOf(store, id)",
  "store.run(sql);": "store.run(sql)",
  "tx.run(sql);": "tx.run(sql)",
  "context.store.close();": "context.store.close()",
  "this.#store.transaction(work);": "this.#store.transaction(work)",
  "async function store() {} store();": "store()",
  "function store(): Promise<void> { return work; } store();": "store()",
  "const end = async () => {}; end();": "end()",
  "class A { async #end() {} stop() { this.#end(); } }": "this.#end()",
  'const { openHostData: open } = await import("../context/host_context.ts"); open(platform);':
    "open(platform)",
  'import type { Worker } from "../jobs/worker.ts"; worker.start();': "worker.start()",
  'import { addUser } from "../mod.ts"; addUser(context, user);': "addUser(context, user)",
};

for (const [source, call] of Object.entries(FAULTS)) {
  Deno.test(`A promise that is not awaited is reported: ${source}`, () => {
    assert.deepEqual(reported(source), [call]);
  });
}

const SOUND: readonly string[] = [
  "await teamsOf(store, id);",
  "const teams = await teamsOf(store, id);",
  "const { length } = await teamsOf(store, id);",
  "const teams = (await teamsOf(store, id)).map(slugOf);",
  "const teams = await Promise.all(ids.map((id) => teamsOf(store, id)));",
  "const [a, b] = await Promise.all([teamsOf(store, one), teamsOf(store, other)]);",
  "function read() { return teamsOf(store, id); }",
  "const read = () => teamsOf(store, id);",
  "const found = known ? await teamsOf(store, id) : null;",
  "function read() { return known ? none : teamsOf(store, id); }",
  "await teamsOf(store, id).catch(() => []);",
  "const work = teamsOf(store, id); await work;",
  "const failing = teamsOf(store, id); await assert.rejects(failing);",
  'import type { CheckQueue } from "../accounts/password_queue.ts"; checks.clear(id);',
  "text(row, name);",
  "await store.run(sql);",
  "listeners.all(wake);",
  "function end() {} end();",
];

for (const source of SOUND) {
  Deno.test(`A promise that is waited for is no fault: ${source}`, () => {
    assert.deepEqual(reported(source), []);
  });
}

Deno.test("Tests and scripts are held to it, and rooms that know no store are left alone", () => {
  const source = 'import { addUser } from "../../src/server/mod.ts"; addUser(context, user);';
  assert.deepEqual(reported(source, "tests/server/example_test.ts"), ["addUser(context, user)"]);
  const cache = Deno.lint.runPlugin(plugin, "src/local/example.ts", "store.transaction(work);");
  assert.deepEqual(cache, []);
});
