/**
 * Every file below a directory, with its content, mode and time of change: equal trees are untouched
 * ones. With `passing`, files may have come and gone meanwhile, as SQLite's do beside a database that
 * is read.
 */
export async function treeOf(
  directory: string,
  passing: boolean = false,
): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    const { mode, mtime } = await Deno.stat(path);
    const facts = `${mode?.toString(8)} ${mtime?.getTime()}`;
    if (entry.isDirectory) {
      // The time of a directory changes when something in it came or went.
      tree[`${path}/`] = passing ? String(mode?.toString(8)) : facts;
      Object.assign(tree, await treeOf(path, passing));
    } else {
      const bytes = await Deno.readFile(path);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      tree[path] = `${facts} ${digest.toHex()}`;
    }
  }
  return tree;
}
