import type { Platform } from "../../src/platform/platform.ts";

/**
 * Damages the rows of a closed SQLite file as a broken disk does: some of its pages hold nothing of sense, the header
 * and the schema stay sound.
 */
export async function damagePages(path: string, from = 10): Promise<void> {
  const bytes = await Deno.readFile(path);
  const size = bytes[16] === 0 && bytes[17] === 1
    ? 65_536
    : (bytes[16] ?? 0) * 256 + (bytes[17] ?? 0);
  for (let page = from; page < bytes.length / size; page += 3) {
    bytes.fill(0xff, page * size, (page + 1) * size);
  }
  await Deno.writeFile(path, bytes);
}

/** Damages the root page of the index of keys in a closed cache: every row can still be read. */
export async function damageIndex(
  platform: Pick<Platform, "openDatabase">,
  path: string,
): Promise<void> {
  const database = await platform.openDatabase(path, { readOnly: true });
  const { page } = database.prepare(
    "SELECT rootpage AS page FROM sqlite_schema WHERE name = 'tracker_issues_by_key'",
  ).get() ?? {};
  const { page_size: size } = database.prepare("PRAGMA page_size").get() ?? {};
  database.close();
  const bytes = await Deno.readFile(path);
  bytes.fill(0xff, (Number(page) - 1) * Number(size), Number(page) * Number(size));
  await Deno.writeFile(path, bytes);
}
