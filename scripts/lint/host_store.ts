import { awaitedStore } from "./awaited_store.ts";
import { insideTransaction } from "./inside_transaction.ts";

/** The lint rules for the host's store: its promises are awaited, and a transaction uses nothing but its own handle. */
const plugin: Deno.lint.Plugin = {
  name: "host",
  rules: {
    "awaited-store": { create: awaitedStore },
    "inside-transaction": { create: insideTransaction },
  },
};
export default plugin;
