/**
 * Packs the executable of a target for a release, as `dist/packed/<name>.gz`:
 * `deno run -A scripts/pack.ts TARGET`.
 */
import { executableName, TARGETS } from "./compile.ts";

const DIST = new URL("../dist/", import.meta.url);

if (import.meta.main) {
  const target = TARGETS.find((one) => one === Deno.args[0]);
  if (target === undefined) {
    console.error(`Name the target: ${TARGETS.join(", ")}`);
    Deno.exit(2);
  }
  const name = executableName(target);
  console.log(`${name}.gz ${await pack(new URL(name, DIST), new URL("packed/", DIST))} bytes`);
}

/** Compresses a file into a directory under its own name and `.gz`; answers the size in bytes. */
export async function pack(file: URL, outdir: URL): Promise<number> {
  await Deno.mkdir(outdir, { recursive: true });
  const packed = new URL(`${file.pathname.split("/").at(-1)}.gz`, outdir);
  using source = await Deno.open(file);
  using target = await Deno.open(packed, { write: true, create: true, truncate: true });
  await source.readable.pipeThrough(new CompressionStream("gzip")).pipeTo(target.writable);
  return (await Deno.stat(packed)).size;
}
