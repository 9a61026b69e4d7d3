/** What a pull shows of an issue changes only with a change number: pages that a host keeps rely on it. */
import assert from "node:assert/strict";
import { lockResource } from "../../src/server/store/locks.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { text } from "../../src/server/store/row.ts";
import { anIssue } from "../support/issues.ts";
import { guardChanges, SHOWN } from "./change_guard.ts";
import { withHost } from "./support.ts";

const SERVER = new URL("../../src/server/", import.meta.url);

/** A statement that writes issues, as it stands in the source. */
interface Statement {
  readonly file: string;
  /** What it sets. */
  readonly set: string;
}

/** Returns the statements of a source that change rows of the table `issues`, up to what they are chosen by. */
function writesIn(file: string, source: string): Statement[] {
  const updates = source.matchAll(
    /\bUPDATE\s+issues\b(?:\s+\w+)?\s+SET\s+([^]*?)(?:\bWHERE\b|`|";?\n)/gi,
  );
  const replaced = source.matchAll(
    /ON CONFLICT \(resource_id, external_id\) DO UPDATE SET ([^"`]*)/g,
  );
  return [...updates, ...replaced].map(([, set = ""]) => ({ file, set }));
}

/** Returns the column that a statement changes without a change number; `null` where it takes one. */
function unnumbered({ set }: Statement): string | null {
  // Columns that are named by a list of the program have the change among them.
  if (/\bchange\s*=/.test(set) || set.includes("${columns.map(")) return null;
  return SHOWN.find((column) => new RegExp(`\\b${column}\\s*=`).test(set)) ??
    (set.includes("${") ? "what the program names" : null);
}

async function* sources(directory: URL): AsyncGenerator<{ name: string; source: string }> {
  for await (const entry of Deno.readDir(directory)) {
    const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, directory);
    // What migrations change is read by no process before.
    if (entry.isDirectory && entry.name !== "migrations") yield* sources(url);
    if (entry.isFile && /\.tsx?$/.test(entry.name)) {
      yield { name: entry.name, source: await Deno.readTextFile(url) };
    }
  }
}

Deno.test("no statement of the host changes what is shown of an issue without a change number", async () => {
  const found: Statement[] = [];
  for await (const { name, source } of sources(SERVER)) found.push(...writesIn(name, source));
  const repairs = new URL("store/migrations/repairs.ts", SERVER);
  found.push(...writesIn("repairs.ts", await Deno.readTextFile(repairs)));
  const files = [...new Set(found.map(({ file }) => file))].sort();
  assert.deepEqual(files, ["issues.ts", "open_changes.ts", "repairs.ts"]);
  for (const statement of found) {
    assert.equal(unnumbered(statement), null, `${statement.file}: ${statement.set}`);
  }
});

Deno.test("a statement that does is found", () => {
  const of = (source: string) => writesIn("a.ts", source).map(unnumbered);
  assert.deepEqual(of('"UPDATE issues SET json = ? WHERE id = ?"'), ["json"]);
  assert.deepEqual(of("`UPDATE issues i\n SET status = 'done', search = ? WHERE id = ?`"), [
    "status",
  ]);
  assert.deepEqual(of("`UPDATE issues SET ${names} WHERE id = ?`"), ["what the program names"]);
  assert.deepEqual(of('"UPDATE issues SET json = ?, change = ? WHERE id = ?"'), [null]);
  assert.deepEqual(of('"UPDATE issues SET undelivered = 0 WHERE id = ?"'), [null]);
});

Deno.test("a guarded database refuses a statement that does, and takes what the host writes", () =>
  withHost(async ({ store }) => {
    await guardChanges(store);
    const row = await store.one("SELECT id FROM resources WHERE label = 'Mobile (MOB)'");
    const id = text(row ?? {}, "id");
    const stored = (title: string) =>
      store.transaction(async (tx) => {
        await lockResource(tx, id);
        return await storeIssue(tx, id, anIssue("one", { title }), true);
      });
    assert.equal(await stored("First"), "created");
    assert.equal(await stored("Second"), "updated");
    for (const set of ["json = json || ' '", "version = version + 1", "status = 'blocked'"]) {
      const write = store.run(`UPDATE issues SET ${set} WHERE external_id = 'one'`);
      await assert.rejects(write, /without a change number/);
    }
    await store.run("UPDATE issues SET undelivered = 0 WHERE external_id = 'one'");
  }));
