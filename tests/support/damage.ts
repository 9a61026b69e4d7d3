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
