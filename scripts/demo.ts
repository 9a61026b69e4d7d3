/**
 * The main job from an empty machine, shown: an isolated home and project, the embedded host as a
 * process of its own, and the commands as a person would type them, each echoed before its output.
 *
 * `deno task demo [--import FILE]`; FILE holds issues as JSON, JSON Lines or an export of `bd`.
 */
const ROOT = new URL("../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;
const PROGRAM = ["run", "-A", "--no-prompt", "--quiet", MAIN];

if (import.meta.main) Deno.exit(await main(Deno.args));

interface Stage {
  readonly home: string;
  readonly project: string;
  readonly env: Record<string, string>;
}

async function main(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const base = await Deno.makeTempDir({ prefix: "tracker-demo-" });
  const stage: Stage = {
    home: `${base}/home`,
    project: `${base}/web-app`,
    env: {
      HOME: `${base}/home`,
      USERPROFILE: `${base}/home`,
      DENO_DIR: await denoDirectory(),
      SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
      TMPDIR: base,
      TEMP: base,
    },
  };
  await Deno.mkdir(stage.home);
  await Deno.mkdir(`${stage.project}/.kittify`, { recursive: true });
  let host: Host | null = null;
  const stopDaemon = () => tracker(stage, ["daemon", "stop"], undefined, 0);
  try {
    heading("An empty project, and a control-plane host on this machine");
    host = await startHost(stage, importFile(args));
    await play(stage, host.url, importFile(args));
    heading("Clean up");
    await stopDaemon();
    await host.stop();
    host = null;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`The host has stopped and the temporary files are gone. Done in ${seconds} s.`);
    return 0;
  } catch (error) {
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
    await stopDaemon().catch(() => {});
    return 1;
  } finally {
    await host?.stop();
    await Deno.remove(base, { recursive: true });
  }
}

async function play(stage: Stage, url: string, imported: string | null): Promise<void> {
  const run = (line: string, stdin?: string, expected = 0) =>
    tracker(stage, line.split(" "), stdin, expected);

  heading("Sign in, look around, bind");
  await run(
    `auth login --host ${url} --username demo@example.com --password-stdin`,
    "demo\n",
  );
  await run("discover -p linear");
  if (imported === null) await run("bind -p linear", "1\n");
  else await run(`bind -p linear --select ${await importedRow(stage)}`);
  await run("status");

  heading("Pull the issues and read them without a network");
  await run("sync pull --all");
  await run("issue list --status in_progress --limit 6");

  heading("Edit issues: no network and no session needed");
  const issue = await firstIssue(stage);
  const key = issue.ref.key ?? issue.ref.id;
  await tracker(
    stage,
    ["issue", "edit", key, "--title", `${issue.title} (reviewed)`],
    undefined,
    0,
  );
  await run(`issue move ${key} done`);
  await run("sync status");

  heading("Push them: what would be sent, then sending it");
  await run("sync push --dry-run");
  await run("sync push");

  heading("A full sync; the host takes its time and answers 202 first");
  await lever(url, "levers", { accept_above: 0, operation_delay_ms: 1500 });
  await run("sync run");
  await lever(url, "levers", { accept_above: null });

  heading("What it looks like now");
  await run("sync pull");
  await run(`issue show ${key}`);
  await run("map list");
  await run("status");
  await run("status --all");
}

interface Host {
  readonly url: string;
  stop(): Promise<void>;
}

async function startHost(stage: Stage, imported: string | null): Promise<Host> {
  const args = ["host", "serve", "--dev", "--listen", "127.0.0.1:0"];
  if (imported !== null) args.push("--import", imported);
  echo(args);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...PROGRAM, ...args],
    cwd: stage.project,
    env: stage.env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let url: string | undefined;
  // Its last line is waited for, so that none is shown below the next command.
  while (url === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The host ended before it served:\n${text}`);
    text += value;
    url = /^Sign in with `tracker auth login --host (\S+) .*\n/m.exec(text)?.[1];
  }
  console.log(text.trimEnd());
  // The rest of its output is read, so that it never waits for us.
  const drained = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      console.log(next.value.trimEnd());
    }
  })();
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await drained;
      const { code } = await child.status;
      if (code !== 0) throw new Error(`The host ended with exit code ${code}`);
    },
  };
}

async function tracker(
  stage: Stage,
  args: readonly string[],
  stdin: string | undefined,
  expected: number,
): Promise<void> {
  echo(args, stdin);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...PROGRAM, ...args],
    cwd: stage.project,
    env: stage.env,
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { code } = await child.status;
  if (code !== expected) throw new Error(`\`tracker ${args.join(" ")}\` ended with ${code}`);
}

async function firstIssue(stage: Stage): Promise<Issue> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...PROGRAM, "issue", "list", "--limit", "1", "--json"],
    cwd: stage.project,
    env: stage.env,
  }).output();
  const [issue] = JSON.parse(new TextDecoder().decode(stdout)).issues;
  return issue;
}

/** The row that the imported issues have among the candidates: no demo resource is named in lower case. */
async function importedRow(stage: Stage): Promise<number> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...PROGRAM, "bind", "-p", "linear", "--no-input", "--json"],
    cwd: stage.project,
    env: stage.env,
  }).output();
  const candidates: readonly Candidate[] =
    JSON.parse(new TextDecoder().decode(stderr)).error.details.candidates;
  const found = candidates.find(({ display_label: label }) => label === label.toLowerCase());
  if (found === undefined) throw new Error("The imported resource is not among the candidates");
  return found.select;
}

interface Candidate {
  readonly select: number;
  readonly display_label: string;
}

interface Issue {
  readonly ref: { readonly id: string; readonly key?: string };
  readonly title: string;
  readonly labels: readonly string[];
}

async function lever(url: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${url}/dev/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The lever "${path}" answered ${answer.status}`);
  await answer.body?.cancel();
}

function importFile(args: readonly string[]): string | null {
  const at = args.indexOf("--import");
  const file = at < 0 ? undefined : args[at + 1];
  return file === undefined ? null : Deno.realPathSync(file);
}

async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

function heading(words: string): void {
  console.log(`\n── ${words} ${"─".repeat(Math.max(2, 74 - words.length))}`);
}

function echo(args: readonly string[], stdin?: string): void {
  const input = stdin === undefined ? "" : ` <<< ${stdin.trim()}`;
  const words = args.map((arg) => arg.includes(" ") ? `"${arg}"` : arg);
  console.log(`\n$ tracker ${words.join(" ")}${input}`);
}
