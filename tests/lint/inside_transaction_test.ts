import assert from "node:assert/strict";
import plugin from "../../scripts/lint/host_store.ts";

/** What the rule reports in a file of a service. */
function reported(source: string): string[] {
  return Deno.lint.runPlugin(plugin, "src/server/accounts/example.ts", source)
    .filter(({ id }) => id === "host/inside-transaction")
    .map((found) => source.slice(...found.range));
}

const FAULTS: Readonly<Record<string, string>> = {
  "inTransaction(context, async ({ store }) => { await tidy(context); });": "context",
  "inTransaction(context, async ({ now }) => { await context.store.run(sql); });": "context",
  "inTransaction(context, async (inside) => { const { store } = context; });": "context",
  "inTransaction(context, () => { ids.map(() => addUser(context, user)); });": "context",
  "inTransaction(host.context, async (inside) => { await tidy(host.context); });": "host.context",
  "inTransaction(this.#context, async (inside) => { await end(this.#context); });": "this.#context",
  "store.transaction(async (tx) => { await store.run(sql); });": "store",
  "store.transaction(async (tx) => { await teamsOf(store, id); });": "store",
  "context.store.transaction(async (tx) => { await teamsOf(context.store, id); });":
    "context.store",
};

for (const [source, name] of Object.entries(FAULTS)) {
  Deno.test(`What is outside of a transaction is not used inside: ${source}`, () => {
    assert.deepEqual(reported(source), [name]);
  });
}

const SOUND: readonly string[] = [
  "inTransaction(context, async (context) => { await tidy(context); });",
  "inTransaction(context, async ({ store }) => { await teamsOf(store, id); });",
  "inTransaction(context, async ({ store }) => { await revoke(store, context.now()); });",
  "inTransaction(context, async ({ store }) => { show({ context: 1 }); });",
  "store.transaction((store) => teamsOf(store, id));",
  "store.transaction((tx) => teamsOf(tx, id)); teamsOf(store, id);",
  "inTransaction(context, work); tidy(context);",
  "listen(context, () => tidy(context));",
];

for (const source of SOUND) {
  Deno.test(`What a transaction is handed is used inside: ${source}`, () => {
    assert.deepEqual(reported(source), []);
  });
}
