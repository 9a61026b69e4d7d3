import { join } from "../src/platform/paths.ts";
import { withWorld, type World } from "../tests/support/world.ts";

/** The kind of project a command is run in. */
export type Scene = "hosted" | "local";

/** One run of a command, by which its permissions are measured. */
export interface PermissionRun {
  /** The command, as the help has it. */
  readonly command: string;
  readonly scene: Scene;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** It serves until it is told to stop, which it is as soon as it has written to standard output. */
  readonly serves?: boolean;
  /** It ends with exit code 1, for what it is asked for is not there; it touches all the same. */
  readonly fails?: boolean;
  /** A place it writes to although running it once more does not show it. */
  readonly keeps?: string;
  /** Makes what the run needs, and what an earlier one has used up. */
  readonly before?: (stage: Stage) => Promise<void>;
}

/** A world with what the runs need in it. */
export interface Stage {
  readonly world: World;
  readonly scene: Scene;
  /** Data directory of a host. */
  readonly data: string;
  /** The binding reference of the hosted project. */
  readonly bindingRef: string;
}

/** Every run; a command that serves both classes of providers is run in both scenes. */
export const RUNS: readonly PermissionRun[] = [
  hosted("auth login", ["--username", "demo@example.com", "--password-stdin"], { stdin: "demo\n" }),
  hosted("auth logout", [], { before: signedIn }),
  hosted("auth status", [], { before: signedIn }),
  hosted("auth token", []),
  ...both("config list", []),
  ...both("config get", ["sync.server_url"]),
  ...both("config set", ["project.repo_slug", "acme/web"], { before: bound }),
  ...both("config unset", ["project.repo_slug"], { before: withRepositoryName }),
  ...both("doctor", []),
  ...both("providers", []),
  hosted("discover", ["-p", "jira"]),
  hosted("bind", ["-p", "jira", "--select", "1"], { before: unbound }),
  local("bind", ["-p", "beads", "--workspace", "my-project"], { before: unbound }),
  hosted("unbind", ["--yes"], { before: bound }),
  local("unbind", ["--yes"], { before: bound }),
  hosted("status", [], { before: bound }),
  local("status", [], { before: bound }),
  hosted("issue search", ["login"]),
  hosted("map list", []),
  local("map list", []),
  local("map add", ["--wp-id", "WP01", "--external-id", "bd-1"]),
  hosted("sync pull", [], { before: withoutCache }),
  local("sync pull", []),
  ...both("issue list", []),
  hosted("issue show", ["WEB-1"]),
  local("issue create", ["--title", "Retry the upload"]),
  local("issue show", ["KEY"]),
  local("issue edit", ["KEY", "--status", "in_progress"]),
  hosted("sync push", ["--items-json", "items.json"]),
  local("sync push", [], { before: changed }),
  // What a run has fetched the next one does not fetch again, so no trial would show the write.
  hosted("sync run", [], { keeps: "$HOME/.spec-kitty" }),
  local("sync run", []),
  local("sync conflicts", []),
  hosted("sync publish", [], { before: boundLocally }),
  hosted("sync wait", ["0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11"], { before: bound, fails: true }),
  local("mission create", ["first-steps"], { before: repository }),
  ...both("mission list", []),
  hosted("mission start", ["--ticket", "WEB-1", "--yes"], { before: repository }),
  hosted("mission bind-origin", ["001-first-steps", "--ticket", "WEB-1", "--yes"], {
    before: mission,
  }),
  hosted("daemon start", [], { before: withoutDaemon }),
  hosted("daemon status", [], { before: withDaemon }),
  hosted("daemon stop", [], { before: withDaemon }),
  hosted("daemon run", [], { serves: true, before: withoutDaemon }),
  hosted("events list", []),
  hosted("events flush", []),
  hosted("events retry", []),
  hosted("events export", []),
  hosted("host serve", ["--listen", "127.0.0.1:0", "--data", "DATA"], { serves: true }),
  hosted("host user add", ["new@example.com", "--data", "DATA"], { stdin: "secret word\n" }),
  hosted("host import", ["issues.json", "--data", "DATA"]),
  hosted("host mapping list", ["--data", "DATA"]),
  hosted("host mapping disable", ["srm_01", "--data", "DATA"], { fails: true }),
  hosted("host mapping delete", ["srm_01", "--data", "DATA", "--yes"], { fails: true }),
  hosted("dashboard", [], { serves: true }),
  local("dashboard", [], { serves: true }),
  ...both("completion", ["bash"]),
  ...both("man", []),
  ...both("help", ["status"]),
];

/** Calls for each scene in turn with a world in which its runs can be made. */
export async function withStage(
  scene: Scene,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  await withWorld(async (world) => {
    const base = join(world.home, "..");
    const stage = { world, scene, data: join(base, "data"), bindingRef: "" };
    await Deno.mkdir(stage.data);
    await Deno.writeTextFile(join(world.project, "items.json"), ITEMS);
    await Deno.writeTextFile(join(world.project, "issues.json"), ISSUES);
    await git(world, "init", "--quiet");
    await git(world, "config", "user.name", "Dana Demo");
    await git(world, "config", "user.email", "demo@example.com");
    await standIn(world, join(base, "bin"));
    if (scene === "hosted") {
      await world.signIn();
      await world.lever("mappings", {
        provider: "jira",
        resource: "WEB",
        project_slug: "my-project",
        project_uuid: PROJECT,
      });
      const { mappings } = await world.look("mappings");
      const ready = { ...stage, bindingRef: mappings[0].binding_ref };
      await bound(ready);
      await work(ready);
      return;
    }
    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    delete world.env["SPEC_KITTY_SAAS_URL"];
    await bound(stage);
    await created(world);
    await work(stage);
  });
}

/** The arguments of a run on a stage: the words `DATA` and `KEY` stand for what is there. */
export async function argumentsOf(run: PermissionRun, stage: Stage): Promise<readonly string[]> {
  const words = [...run.command.split(" "), ...run.args];
  if (!words.includes("KEY")) return words.map((word) => word === "DATA" ? stage.data : word);
  const { issues: [issue] } = await stage.world.json("issue", "list");
  return words.map((word) => word === "KEY" ? issue.ref.key ?? issue.ref.id : word);
}

type Extra = Pick<PermissionRun, "stdin" | "serves" | "fails" | "keeps" | "before">;

function hosted(command: string, args: readonly string[], extra: Extra = {}): PermissionRun {
  return { command, scene: "hosted", args, before: bound, ...extra };
}

function local(command: string, args: readonly string[], extra: Extra = {}): PermissionRun {
  return { command, scene: "local", args, before: bound, ...extra };
}

function both(command: string, args: readonly string[], extra: Extra = {}): PermissionRun[] {
  return [hosted(command, args, extra), local(command, args, extra)];
}

const ITEMS = JSON.stringify([{
  ref: {
    system: "jira",
    workspace: "acme.atlassian.example",
    id: "local-1",
    key: "LOCAL-1",
    url: "https://tracker.example.com/LOCAL-1",
  },
  action: "create",
  patch: { title: "Retry the upload" },
}]);

const ISSUES = JSON.stringify([{
  id: "bd-1",
  title: "Retry the upload",
  status: "open",
  created_at: "2026-01-31T08:00:00Z",
  updated_at: "2026-01-31T08:00:00Z",
}]);

const PROJECT = "550e8400-e29b-41d4-a716-446655440000";

const IDENTITY = [
  "project:",
  `  uuid: ${PROJECT}`,
  "  slug: my-project",
  "  node_id: a1b2c3d4e5f6",
  "  build_id: 6fa459ea-ee8a-4ca4-894e-db77e160355e",
  "",
].join("\n");

async function unbound({ world }: Stage): Promise<void> {
  await world.writeConfig(IDENTITY);
}

async function bound({ world, scene, bindingRef }: Stage): Promise<void> {
  const tracker = scene === "hosted"
    ? `tracker:\n  provider: jira\n  binding_ref: ${bindingRef}\n`
    : "tracker:\n  provider: beads\n  workspace: my-project\n";
  await world.writeConfig(`${IDENTITY}${tracker}`);
}

async function boundLocally(stage: Stage): Promise<void> {
  await bound({ ...stage, scene: "local" });
  await created(stage.world);
  await stage.world.ok("sync", "pull");
}

async function mission(stage: Stage): Promise<void> {
  await repository(stage);
  await stage.world.ok("mission", "create", "first-steps", "--no-commit");
}

async function changed({ world }: Stage): Promise<void> {
  await world.ok("issue", "create", "--title", "Retry the download");
}

async function git(world: World, ...args: readonly string[]): Promise<void> {
  await new Deno.Command("git", {
    args: ["-C", world.project, ...args],
    clearEnv: true,
    env: world.env,
  }).output();
}

async function withRepositoryName(stage: Stage): Promise<void> {
  await bound(stage);
  await stage.world.ok("config", "set", "project.repo_slug", "acme/web");
}

/** Nothing is cached, so that there is something to fetch. */
async function withoutCache(stage: Stage): Promise<void> {
  await bound(stage);
  const caches = join(stage.world.home, ".spec-kitty/trackers");
  await Deno.remove(caches, { recursive: true }).catch(() => {});
}

async function withDaemon({ world }: Stage): Promise<void> {
  await world.ok("daemon", "start");
}

async function withoutDaemon({ world }: Stage): Promise<void> {
  await world.run(["daemon", "stop"]);
}

async function signedIn({ world }: Stage): Promise<void> {
  await world.signIn();
}

async function repository(stage: Stage): Promise<void> {
  const { world } = stage;
  await bound(stage);
  await Deno.remove(join(world.project, "kitty-specs"), { recursive: true }).catch(() => {});
}

/** Makes what `bd` keeps in a project. */
async function created(world: World): Promise<void> {
  await new Deno.Command("bd", {
    args: ["init"],
    cwd: world.project,
    clearEnv: true,
    env: world.env,
  }).output();
}

/** Puts a stand-in for `bd` on the path. */
async function standIn(world: World, bin: string): Promise<void> {
  const tool = new URL("../tests/standins/bd.ts", import.meta.url).pathname;
  await Deno.mkdir(bin);
  await Deno.writeTextFile(
    join(bin, "bd"),
    `#!/bin/sh\nunset DENO_AUDIT_PERMISSIONS\nexec "${Deno.execPath()}" run -A --no-check --no-config --quiet "${tool}" "$@"\n`,
    { mode: 0o755 },
  );
  world.env["PATH"] = `${bin}:${world.env["PATH"] ?? ""}`;
}
