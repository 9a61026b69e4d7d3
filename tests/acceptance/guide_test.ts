import assert from "node:assert/strict";
import { programUnderTest, withWorld, type World } from "../support/world.ts";

const GUIDE = new URL("../../docs/start-from-a-ticket.md", import.meta.url);

/** What a person types into commands that ask. */
const ANSWERS: Readonly<Record<string, string>> = { "tracker mission start refund page": "1\n" };

interface Fence {
  readonly language: string;
  readonly lines: readonly string[];
}

function fencesOf(text: string): Fence[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = "", body = ""]) => ({
    language,
    lines: body.split("\n").filter((line) => line !== ""),
  }));
}

/** Runs one line of the guide in a shell, with the host of the world in place of the guide's. */
async function typed(world: World, line: string): Promise<string> {
  const program = programUnderTest().map((word) => `'${word}'`).join(" ");
  const script = `set -o pipefail\ntracker() { ${program} "$@"; }\n${
    line.replaceAll("http://127.0.0.1:8787", world.hostUrl)
  }`;
  const child = new Deno.Command("bash", {
    args: ["-c", script],
    cwd: world.project,
    clearEnv: true,
    env: world.env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const answer = ANSWERS[line];
  await writer.write(new TextEncoder().encode(answer ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, `${line}: ${decode(stderr)}`);
  return decode(stdout) + decode(stderr);
}

/** Text without what differs from run to run: commit ids, dates, widths and typed answers. */
function settled(text: string): string {
  return text.replace(/\b[0-9a-f]{10}\b/g, "COMMIT").replace(/\b\d{1,2} [A-Z][a-z]{2}\b/g, "DAY")
    .replace(/(\(1-\d\)) 1$/gm, "$1").replace(/ +/g, " ").replace(/ $/gm, "");
}

Deno.test("The commands of the guide run as they stand, and print what it shows", async () => {
  const fences = fencesOf(await Deno.readTextFile(GUIDE));
  await withWorld(async (world) => {
    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    for (
      const args of [
        ["init", "--quiet", "--initial-branch=main"],
        ["config", "user.name", "Dana Demo"],
        ["config", "user.email", "demo@example.com"],
      ]
    ) {
      const { success } = await new Deno.Command("git", { args, cwd: world.project }).output();
      assert.ok(success);
    }
    let printed = "";
    let commands = 0;
    let shown = 0;
    for (const { language, lines } of fences) {
      if (language === "sh") {
        printed = "";
        for (const line of lines) {
          const exported = /^export (\w+)=(\S+)$/.exec(line);
          // The host is the world's.
          if (line.startsWith("tracker host serve")) continue;
          if (exported !== null) world.env[exported[1] ?? ""] = exported[2] ?? "";
          else printed += await typed(world, line);
          commands++;
        }
      } else {
        assert.equal(language, "text");
        for (const line of lines) {
          assert.ok(settled(printed).includes(settled(line)), `"${line}" is not in:\n${printed}`);
          shown++;
        }
      }
    }
    assert.ok(commands >= 12 && shown >= 10);
  });
});
