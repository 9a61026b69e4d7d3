import { dirname, join } from "../src/platform/paths.ts";
import { withWorld, type World } from "../tests/support/world.ts";

/** The kind of project a command is run in. */
export type Scene = "hosted" | "local";

/**
 * One run of a command, by which its permissions are measured. A command has several where one does not
 * show all that it may touch.
 */
export interface PermissionRun {
  /** The command, as the help has it. */
  readonly command: string;
  readonly scene: Scene;
  readonly args: readonly string[];
  readonly stdin?: string;
  /**
   * It serves until it is told to stop, which it is when it has written to standard output and then this,
   * which gets what it wrote, is done.
   */
  readonly serves?: (stage: Stage, written: string) => Promise<void>;
  /** It ends with exit code 1, for what it is asked for is not there; it touches all the same. */
  readonly fails?: boolean;
  /** What it prints where it lacks a permission that it can do without. */
  readonly lacking?: RegExp;
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
  hosted("auth token", [], { before: expired(bound) }),
  ...both("config list", []),
  ...both("config get", ["sync.server_url"]),
  ...both("config get", ["project.repo_slug"]),
  ...both("config set", ["project.repo_slug", "acme/web"], { before: bound }),
  ...both("config set", ["sync.max_queue_size", "5000"]),
  ...both("config unset", ["project.repo_slug"], { before: withRepositoryName }),
  ...both("config unset", ["sync.max_queue_size"], { before: withQueueSize }),
  // Of the local tools only the one that the project is bound to matters.
  hosted("doctor", [], {
    before: expired(withDaemon),
    lacking: /^(?!. (?:bd|fp) ).*not examined/m,
  }),
  local("doctor", [], { lacking: /^(?!. fp ).*not examined/m }),
  ...both("providers", []),
  hosted("discover", ["-p", "jira"], { before: expired(bound) }),
  hosted("bind", ["-p", "jira", "--select", "1"], { before: expired(unbound) }),
  hosted("bind", ["-p", "jira", "--select", "1"], { before: newProject }),
  local("bind", ["-p", "beads", "--workspace", "my-project"], { before: unbound }),
  local("bind", ["-p", "beads", "--workspace", "my-project", "--credential", "command=bd"], {
    before: newProject,
  }),
  hosted("unbind", ["--yes"], { before: bound }),
  local("unbind", ["--yes"], { before: bound }),
  hosted("status", [], { before: expired(bound) }),
  hosted("status", ["--all"], { before: expired(bound) }),
  local("status", [], { before: bound }),
  hosted("issue search", ["login"], { before: expired(bound) }),
  hosted("map list", [], { before: expired(bound) }),
  local("map list", []),
  local("map add", ["--wp-id", "WP01", "--external-id", "bd-1"]),
  hosted("sync pull", [], { before: expired(withoutCache) }),
  local("sync pull", []),
  ...both("issue list", []),
  hosted("issue show", ["WEB-1"]),
  local("issue create", ["--title", "Retry the upload"]),
  local("issue show", ["KEY"]),
  local("issue edit", ["KEY", "--status", "in_progress"]),
  local("issue discard", ["KEY"]),
  hosted("sync push", ["--items-json", "items.json"], { before: expired(bound) }),
  local("sync push", [], { before: changed }),
  // What a run has fetched the next one does not fetch again, so no trial would show the write.
  hosted("sync run", [], { before: queued, keeps: "$HOME/.spec-kitty" }),
  local("sync run", []),
  local("sync conflicts", []),
  local("sync conflicts", ["--resolve", "1", "--take", "ours"], { fails: true }),
  hosted("sync publish", [], { before: expired(boundLocally) }),
  hosted("sync wait", ["0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11"], {
    before: expired(bound),
    fails: true,
  }),
  hosted("mission create", ["first-steps"], { before: repository }),
  local("mission create", ["first-steps"], { before: repository }),
  local("mission create", ["first-steps"], { before: newProject }),
  ...both("mission list", []),
  hosted("mission start", ["--ticket", "WEB-1", "--yes"], { before: expired(repository) }),
  hosted("mission bind-origin", ["first-steps", "--ticket", "WEB-1", "--yes"], {
    before: expired(mission),
  }),
  hosted("daemon start", [], { before: withoutDaemon }),
  hosted("daemon status", [], { before: withDaemon }),
  hosted("daemon stop", [], { before: withDaemon }),
  hosted("daemon run", [], { serves: uploaded, before: queuedWithoutDaemon }),
  hosted("events list", [], { before: queued }),
  hosted("events flush", [], { before: queued }),
  hosted("events retry", [], { before: queued }),
  hosted("events export", [], { before: queued }),
  hosted("host serve", ["--listen", "127.0.0.1:0", "--data", "DATA"], { serves: used }),
  hosted("host user add", ["new@example.com", "--data", "DATA"], { stdin: "a secret of words\n" }),
  hosted("host user list", ["--data", "DATA"]),
  hosted("host user password", ["new@example.com", "--data", "DATA"], {
    stdin: "another secret\n",
  }),
  hosted("host user revoke", ["new@example.com", "--data", "DATA"]),
  hosted("host user remove", ["new@example.com", "--data", "DATA", "--yes"]),
  hosted("host import", ["issues.json", "--data", "DATA"]),
  hosted("host mapping list", ["--data", "DATA"]),
  hosted("host mapping disable", ["srm_01", "--data", "DATA"], { fails: true }),
  hosted("host mapping delete", ["srm_01", "--data", "DATA", "--yes"], { fails: true }),
  hosted("dashboard", [], { serves: read, before: queued }),
  local("dashboard", [], { serves: read }),
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

type Extra = Pick<PermissionRun, "stdin" | "serves" | "fails" | "lacking" | "keeps" | "before">;

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

/** The project's only mission; its number is above those that are committed already. */
async function mission(stage: Stage): Promise<void> {
  await repository(stage);
  await Deno.remove(`${stage.world.project}/kitty-specs`, { recursive: true }).catch(() => {});
  await stage.world.ok("mission", "create", "first-steps", "--form", "numbered", "--no-commit");
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

async function withQueueSize(stage: Stage): Promise<void> {
  await bound(stage);
  await stage.world.ok("config", "set", "sync.max_queue_size", "5000");
}

/** Nothing is cached, so that there is something to fetch. */
async function withoutCache(stage: Stage): Promise<void> {
  await bound(stage);
  const caches = join(stage.world.home, ".spec-kitty/tracker/trackers");
  await Deno.remove(caches, { recursive: true }).catch(() => {});
}

async function withDaemon(stage: Stage): Promise<void> {
  await bound(stage);
  await stage.world.ok("daemon", "start");
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

/** A project that nothing is known of. */
async function newProject(stage: Stage): Promise<void> {
  await repository(stage);
  await Deno.remove(join(stage.world.project, ".kittify/config.yaml"));
}

/** Wraps what a run needs: the session is about to expire, so that the run has to renew it. */
function expired(before: (stage: Stage) => Promise<void>): (stage: Stage) => Promise<void> {
  return async (stage) => {
    await before(stage);
    await expire(stage);
  };
}

async function expire({ world }: Stage): Promise<void> {
  const path = join(world.home, ".spec-kitty/credentials");
  const text = await Deno.readTextFile(path);
  const expiry = /^access_expires_at = .*$/m;
  if (!expiry.test(text)) throw new Error(`"${path}" does not say when the session expires`);
  await Deno.writeTextFile(path, text.replace(expiry, "access_expires_at = 2026-01-31T08:00:00Z"));
}

/** An event waits to be uploaded, and the session has to be renewed for it. */
async function queued(stage: Stage): Promise<void> {
  await mission(stage);
  await expire(stage);
}

async function queuedWithoutDaemon(stage: Stage): Promise<void> {
  await withoutDaemon(stage);
  await queued(stage);
  await stage.world.forgetRequests();
}

/** Waits until the daemon has uploaded what is queued. */
async function uploaded({ world }: Stage): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const requests = await world.requests();
    if (requests.some((line) => line.includes("/events/batch"))) return;
  }
}

const PATIENCE_MS = 8_000;

/** Asks a host whether it is well; one that lacks a permission has not come so far. */
async function used(_stage: Stage, written: string): Promise<void> {
  const url = /http:\S+/.exec(written)?.[0];
  if (url === undefined) return;
  await (await fetch(`${url}/api/v1/tracker/health/`)).body?.cancel();
}

/** Looks at all that the page shows; its button needs what `sync run` needs. */
async function read(_stage: Stage, written: string): Promise<void> {
  const address = /http:\S+/.exec(written)?.[0];
  if (address === undefined) return;
  const url = new URL(address);
  for (const path of ["state.json", "issues.json", "issue.json?id=1", "sync.json"]) {
    await (await fetch(new URL(path, url))).body?.cancel();
  }
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
  // The sets name `deno`, which is looked for on the path.
  world.env["PATH"] = `${bin}:${dirname(Deno.execPath())}:${world.env["PATH"] ?? ""}`;
}
