/** Prints the section of the changelog for a tag: `deno run -A scripts/release_notes.ts v0.1.0`. */
const ROOT = new URL("../", import.meta.url);

if (import.meta.main) {
  const tag = Deno.args[0] ?? "";
  const manifest: { version: string } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  const notes = releaseNotes(
    tag,
    manifest.version,
    await Deno.readTextFile(new URL("CHANGELOG.md", ROOT)),
  );
  if (notes.kind === "fault") {
    console.error(notes.message);
    Deno.exit(1);
  }
  console.log(notes.text);
}

/** The notes of a release, or why there are none. */
export type ReleaseNotes =
  | { readonly kind: "notes"; readonly text: string }
  | { readonly kind: "fault"; readonly message: string };

/** The changelog's section for a tag, which must be that of the package's version. */
export function releaseNotes(tag: string, version: string, changelog: string): ReleaseNotes {
  if (tag !== `v${version}`) {
    return { kind: "fault", message: `The tag "${tag}" is not that of version ${version}` };
  }
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  if (start < 0) {
    return { kind: "fault", message: `CHANGELOG.md has no section "## [${version}]"` };
  }
  const length = lines.slice(start + 1).findIndex((line) => /^## |^\[[^\]]+\]: /.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  const text = lines.slice(start + 1, end).join("\n").trim();
  return text === ""
    ? { kind: "fault", message: `The section "## [${version}]" of CHANGELOG.md is empty` }
    : { kind: "notes", text };
}
