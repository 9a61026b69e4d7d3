import assert from "node:assert/strict";
import { outdatedPages, referencePages } from "../../scripts/generate_reference.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";

Deno.test("The reference and the manual page are those of the grammar", async () => {
  assert.deepEqual(await outdatedPages(), [], "run `deno task reference`");
});

Deno.test("The reference has a heading for every command, and the manual page a section", async () => {
  const [[, reference] = ["", ""], [, manual] = ["", ""]] = await referencePages();
  for (const { path } of await catalogue(true)) {
    assert.ok(reference.includes(`\n### tracker ${path}\n`), path);
    assert.ok(manual.includes(`\n.SS tracker ${path.replaceAll("-", "\\-")}`), path);
  }
});

Deno.test("The manual page formats without a complaint", async () => {
  const [, [, manual] = ["", ""]] = await referencePages();
  const formatter = await formatted(manual);
  if (formatter === null) {
    console.log("skipped: there is neither mandoc nor groff on this machine");
    return;
  }
  assert.equal(formatter.complaints, "");
  // Bold letters are printed twice over, with a backspace between.
  assert.match(formatter.text.replaceAll(/.[\b]/g, ""), /EXIT STATUS/);
});

async function formatted(source: string): Promise<{ complaints: string; text: string } | null> {
  for (const [program, ...args] of [["mandoc", "-Wwarning"], ["groff", "-man", "-Tutf8", "-ww"]]) {
    if (program === undefined) continue;
    try {
      const child = new Deno.Command(program, {
        args,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(source));
      await writer.close();
      const { stdout, stderr } = await child.output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { complaints: decode(stderr), text: decode(stdout) };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}
