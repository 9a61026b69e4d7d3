import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";

const SHELLS = ["bash", "zsh", "fish", "pwsh", "nu"] as const;

/** What may come next, as the words of the shell's own format. */
async function suggestions(
  shell: string,
  words: readonly string[],
  hosted: boolean,
): Promise<string[]> {
  let found: string[] = [];
  await withPlatform({ env: hosted ? GATE_ON : {} }, async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "completion", shell, ...words);
    assert.equal(code, 0, stderr);
    found = stdout.split(/[\n\0\t:]/).map((word) => word.trim()).filter((word) => word !== "");
  });
  return found;
}

for (const shell of SHELLS) {
  Deno.test(`${shell}: the script calls back, and suggestions fit the words before`, async () => {
    await withPlatform({ env: GATE_ON }, async (platform) => {
      const { code, stdout } = await tracker(platform, "completion", shell);
      assert.equal(code, 0);
      assert.ok(stdout.length > 200);
      assert.match(stdout, /completion/);
      assert.ok(stdout.includes(shell === "nu" ? "tracker" : shell === "pwsh" ? "pwsh" : shell));
    });
    const commands = await suggestions(shell, ["sync", ""], true);
    for (const word of ["pull", "push", "run", "wait", "publish", "conflicts"]) {
      assert.ok(commands.some((one) => one.includes(word)), `${shell}: ${word} in ${commands}`);
    }
    const providers = (await suggestions(shell, ["bind", "--provider", ""], true)).join(" ");
    for (const name of ["linear", "jira", "github", "gitlab", "beads", "fp"]) {
      assert.ok(providers.includes(name), `${shell}: ${name}`);
    }
    const options = (await suggestions(shell, ["sync", "pull", "--"], true)).join(" ");
    for (const name of ["--limit", "--all", "--since", "--json"]) {
      assert.ok(options.includes(name), `${shell}: ${name}`);
    }
  });
}

Deno.test("with the gate off nothing hosted is suggested", async () => {
  const all = (await suggestions("fish", [""], false)).join(" ");
  assert.match(all, /\bbind\b/);
  assert.doesNotMatch(all, /\b(auth|discover|daemon|events|host)\b/);
  const providers = (await suggestions("fish", ["bind", "-p", ""], false)).join(" ");
  assert.match(providers, /beads/);
  assert.doesNotMatch(providers, /linear|jira/);
});

Deno.test("an unknown shell is refused by name", () =>
  withPlatform({}, async (platform) => {
    const { code, stderr } = await tracker(platform, "completion", "tcsh");
    assert.equal(code, 2);
    assert.match(stderr, /"tcsh"/);
  }));

Deno.test("the manual page holds every command, the exit codes, and no line that roff would eat", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const { code, stdout } = await tracker(platform, "man");
    assert.equal(code, 0);
    assert.match(stdout, /^\.TH TRACKER 1 /);
    const plain = stdout.replaceAll("\\-", "-");
    for (const { path, summary } of await catalogue(true)) {
      assert.ok(plain.includes(`tracker ${path}`), path);
      assert.ok(plain.includes(summary.replaceAll("\\", "\\e")), summary);
    }
    assert.match(
      plain,
      /\.SH EXIT STATUS\n\.TP\n\\fB0\\fR[\s\S]*\\fB1\\fR[\s\S]*\\fB2\\fR[\s\S]*\\fB130\\fR/,
    );
    const macros = /^\.(TH|SH|SS|B|TP|PP|nf|fi)\b/;
    for (const line of stdout.split("\n")) {
      if (line.startsWith(".")) assert.match(line, macros);
      assert.ok(!line.startsWith("'"), line);
    }
  }));

Deno.test("help of a command that does not exist, of a group, and of nothing", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const unknown = await tracker(platform, "help", "synk");
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Did you mean/);
    const group = await tracker(platform, "help", "sync");
    assert.equal(group.code, 0);
    assert.match(group.stdout, /sync pull/);
    assert.equal(
      (await tracker(platform, "help")).stdout,
      (await tracker(platform, "--help")).stdout,
    );
  }));
