/** The licenses of the npm packages in a bundle, as a text that goes with it. */
import { toFileUrl } from "./file_urls.ts";

/**
 * The text: for each package its name, its version and the license file that it came with, or what its manifest says
 * where it came without one. Packages are named as `makeBundle` names them, such as `yaml/2.9.1`.
 */
export async function licensesOf(packages: readonly string[]): Promise<string> {
  const caches = await npmCaches();
  const parts = [
    "What is in the bundle besides the program's own code, and under which license.\n",
  ];
  for (const name of packages) parts.push(await licenseOf(name, await directoryOf(name, caches)));
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

async function licenseOf(name: string, directory: URL): Promise<string> {
  const heading = name.replace(/\/([^/]+)$/, " $1");
  for await (const entry of Deno.readDir(directory)) {
    if (!entry.isFile || !/^licen[cs]e/i.test(entry.name)) continue;
    return `${heading}\n\n${(await Deno.readTextFile(new URL(entry.name, directory))).trim()}\n`;
  }
  const { license, author } = JSON.parse(
    await Deno.readTextFile(new URL("package.json", directory)),
  );
  if (typeof license !== "string") throw new Error(`${heading} names no license`);
  const by = typeof author === "string" ? author : author?.name;
  return `${heading}\n\n${license} license${by === undefined ? "" : `, by ${by}`}\n`;
}

/** Where Deno keeps the packages of each registry. */
async function npmCaches(): Promise<readonly URL[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const cache = toFileUrl(`${JSON.parse(new TextDecoder().decode(stdout)).npmCache}/`, "/");
  const registries: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(cache)) {
    if (isDirectory) registries.push(new URL(`${name}/`, cache));
  }
  return registries;
}

/** The directory of a package in the registry that has it. */
async function directoryOf(name: string, caches: readonly URL[]): Promise<URL> {
  for (const cache of caches) {
    const directory = new URL(`${name}/`, cache);
    if (await Deno.stat(directory).then(() => true, () => false)) return directory;
  }
  throw new Error(`Deno does not keep ${name}: run \`deno install\` first`);
}
