import assert from "node:assert/strict";
import { withStage } from "../../scripts/permission_stage.ts";
import { programUnderTest, type World } from "../support/world.ts";

const DECODER = new TextDecoder();

/** What each shell offers or types after Tab. */
type Complete = (world: World, line: string, wanted?: string) => Promise<string>;

Deno.test("bash completes words, options, settings, cached keys and missions", () =>
  inShell("bash", async (world, line) => {
    const words = line.split(" ");
    const quoted = words.map((word) => `'${word}'`).join(" ");
    return await script(world, "bash", ["--norc", "--noprofile"], [
      `source <(tracker completion bash)`,
      `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}`,
      `COMP_LINE='${line}'; COMP_POINT=${line.length}`,
      `complete -p tracker >/dev/null && _tracker`,
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
  }));

Deno.test("fish completes words, options, settings, cached keys and missions", () =>
  inShell("fish", async (world, line) =>
    await script(world, "fish", ["--no-config"], [
      `tracker completion fish | source`,
      `complete -C '${line}'`,
    ])));

Deno.test("zsh completes words, options, settings, cached keys and missions", () =>
  inShell("zsh", async (world, line, wanted) =>
    await script(world, "zsh", ["-f"], [
      `zmodload zsh/zpty`,
      `zpty shell zsh -f -i`,
      `zpty -w shell 'PS1="ready> "; unsetopt beep; LISTMAX=0; autoload -Uz compinit; compinit -D -u'`,
      `zpty -w shell 'eval "$(tracker completion zsh)"; compdef _tracker tracker; echo set"-"up'`,
      `zpty -r -m shell seen '*set-up*'`,
      `zpty -n -w shell $'${line}\\t'`,
      // It is over when what is wanted has come, or when nothing has come for a second.
      `repeat 1300; do sleep 0.1; zpty -r -t shell part || { (( ++still > ${
        patience(wanted)
      } )) && break; continue; }`,
      `still=0; all+=$part; [[ $all = *'${wanted ?? "\\0"}'* ]] && break; done`,
      `print -r -- "$all"`,
      `zpty -d shell`,
    ])));

Deno.test("nu completes words, options, settings, cached keys and missions", () =>
  inShell("nu", async (world, line) => {
    const file = `${world.home}/tracker.nu`;
    await Deno.writeTextFile(file, await world.ok("completion", "nu"));
    const words = line.split(" ").map((word) => `"${word}"`).join(" ");
    return await script(world, "nu", ["--no-config-file"], [
      `source "${file}"`,
      `do $env.config.completions.external.completer [${words}] | to json`,
    ]);
  }));

/** Tenths of a second without an answer. */
function patience(wanted: string | undefined): number {
  return wanted === undefined ? 9 : 1_200;
}

/** The same questions to each shell; a shell that is not on this machine is not asked. */
async function inShell(shell: string, complete: Complete): Promise<void> {
  if (!await isThere(shell)) {
    console.log(`skipped: there is no ${shell} on this machine`);
    return;
  }
  await withStage("local", async ({ world }) => {
    await installProgram(world);
    await world.ok("issue", "create", "--title", "Retry the upload");
    await world.ok("mission", "create", "first-steps", "--no-commit");
    const { issues: [issue] } = await world.json("issue", "list");
    const key: string = issue.ref.key ?? issue.ref.id;
    const before = await filesBelow(world.home);
    const questions: readonly (readonly [line: string, offered: string])[] = [
      ["tracker unb", "unbind"],
      ["tracker issue sh", "show"],
      ["tracker sync pull --dr", "--dry-run"],
      ["tracker bind -p be", "beads"],
      ["tracker config set tracker.doctrine.st", "tracker.doctrine.strategy"],
      [`tracker issue show ${key.slice(0, 3)}`, key],
    ];
    for (const [line, offered] of questions) {
      const answer = await complete(world, line, offered);
      assert.ok(answer.includes(offered), `${shell}, "${line}": ${JSON.stringify(answer)}`);
      assert.doesNotMatch(answer, /linear|jira/, "nothing hosted while the gate is off");
    }
    assert.deepEqual(await filesBelow(world.home), before, "completing must change nothing");

    world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"] = "1";
    const hosted = await complete(world, "tracker mission bind-origin 001", "001-first-steps");
    assert.ok(hosted.includes("001-first-steps"), hosted);

    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    await world.writeConfig("tracker: [broken\n");
    const silent = await complete(world, "tracker issue show ");
    assert.doesNotMatch(silent, /broken|config|[✗]/, "a broken project is not the shell's affair");
  });
}

async function isThere(shell: string): Promise<boolean> {
  try {
    const args = ["--version"];
    return (await new Deno.Command(shell, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Puts the program under test on the path as `tracker`. */
async function installProgram(world: World): Promise<void> {
  const bin = await Deno.makeTempDir({ dir: world.home, prefix: "bin-" });
  const words = programUnderTest().map((word) => `"${word}"`).join(" ");
  await Deno.writeTextFile(`${bin}/tracker`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  world.env["PATH"] = `${bin}:${world.env["PATH"] ?? ""}`;
}

async function script(
  world: World,
  shell: string,
  options: readonly string[],
  lines: readonly string[],
): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: [...options, "-c", lines.join("\n")],
    cwd: world.project,
    clearEnv: true,
    env: { ...world.env, TERM: "xterm", XDG_CONFIG_HOME: world.home, XDG_DATA_HOME: world.home },
    stdin: "null",
  }).output();
  assert.equal(DECODER.decode(stderr), "", `${shell} wrote to standard error`);
  return DECODER.decode(stdout);
}

/** Every file of the user's directory, with the time of its last change. */
async function filesBelow(home: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (directory: string): Promise<void> => {
    for await (const entry of Deno.readDir(directory)) {
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else found.push(`${path} ${(await Deno.stat(path)).mtime?.getTime()}`);
    }
  };
  await walk(`${home}/.spec-kitty`);
  return found.sort();
}
