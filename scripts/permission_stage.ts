/** The worlds in which commands are run to measure their permissions, and what each run needs in one. */
import { dirname, join } from "../src/platform/paths.ts";
import { withWorld, type World } from "../tests/support/world.ts";

/** Where runs look for the tracker that a host connects to: nothing answers there. */
export const NO_PROVIDER = "127.0.0.1:9";

/** The kind of project a command is run in. */
export type Scene = "hosted" | "local";

/** A world with what the runs need in it. */
export interface Stage {
  readonly world: World;
  readonly scene: Scene;
  /** Data directory of a host. */
  readonly data: string;
  /** The binding reference of the hosted project. */
  readonly bindingRef: string;
}

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

/** The project has an identity and no binding. */
export async function unbound({ world }: Stage): Promise<void> {
  await world.writeConfig(IDENTITY);
}

/** The project is bound as its scene says. */
export async function bound({ world, scene, bindingRef }: Stage): Promise<void> {
  const tracker = scene === "hosted"
    ? `tracker:\n  provider: jira\n  binding_ref: ${bindingRef}\n`
    : "tracker:\n  provider: beads\n  workspace: my-project\n";
  await world.writeConfig(`${IDENTITY}${tracker}`);
}

/** The project is bound to the local tool, with its issues pulled. */
export async function boundLocally(stage: Stage): Promise<void> {
  await bound({ ...stage, scene: "local" });
  await created(stage.world);
  await stage.world.ok("sync", "pull");
}

/** The project's only mission; its number is above those that are committed already. */
export async function mission(stage: Stage): Promise<void> {
  await repository(stage);
  await Deno.remove(`${stage.world.project}/kitty-specs`, { recursive: true }).catch(() => {});
  await stage.world.ok("mission", "create", "first-steps", "--form", "numbered", "--no-commit");
}

/** A mission with a work package that no look has seen yet. */
export async function packages(stage: Stage): Promise<void> {
  await bound(stage);
  const { project, home } = stage.world;
  await Deno.remove(join(home, ".spec-kitty", "tracker"), { recursive: true }).catch(() => {});
  const directory = join(project, "kitty-specs", "101-packages");
  await Deno.mkdir(join(directory, "tasks"), { recursive: true });
  await Deno.writeTextFile(join(directory, "meta.json"), '{"slug":"packages"}');
  await Deno.writeTextFile(join(directory, "tasks", "WP01.md"), "# WP01: Retry\n");
}

/** An issue waits to be pushed. */
export async function changed(stage: Stage): Promise<void> {
  const { world } = stage;
  await bound(stage);
  await world.ok("issue", "create", "--title", "Retry the download");
}

async function git(world: World, ...args: readonly string[]): Promise<void> {
  await new Deno.Command("git", {
    args: ["-C", world.project, ...args],
    clearEnv: true,
    env: world.env,
  }).output();
}

/** The name of the repository is set. */
export async function withRepositoryName(stage: Stage): Promise<void> {
  await bound(stage);
  await stage.world.ok("config", "set", "project.repo_slug", "acme/web");
}

/** The size of the queue is set. */
export async function withQueueSize(stage: Stage): Promise<void> {
  await bound(stage);
  await stage.world.ok("config", "set", "sync.max_queue_size", "5000");
}

/** Nothing is cached, so that there is something to fetch. */
export async function withoutCache(stage: Stage): Promise<void> {
  await bound(stage);
  const caches = join(stage.world.home, ".spec-kitty/tracker/trackers");
  await Deno.remove(caches, { recursive: true }).catch(() => {});
}

/** What was exported is gone. */
export async function withoutExport({ data }: Stage): Promise<void> {
  await Deno.remove(join(data, "state.json")).catch(() => {});
}

/** The data holds no key that was made before. */
export async function withoutKey({ data }: Stage): Promise<void> {
  await Deno.remove(join(data, "new.key")).catch(() => {});
}

/** The daemon runs. */
export async function withDaemon(stage: Stage): Promise<void> {
  await bound(stage);
  await stage.world.ok("daemon", "start");
}

/** The daemon is stopped. */
export async function withoutDaemon({ world }: Stage): Promise<void> {
  await world.run(["daemon", "stop"]);
}

/** The user is signed in. */
export async function signedIn({ world }: Stage): Promise<void> {
  await world.signIn();
}

/** The project is bound and has no mission. */
export async function repository(stage: Stage): Promise<void> {
  const { world } = stage;
  await bound(stage);
  await Deno.remove(join(world.project, "kitty-specs"), { recursive: true }).catch(() => {});
}

/** A project in a repository, with an issue that its tool has. */
export async function pushed(stage: Stage): Promise<void> {
  await repository(stage);
  await stage.world.ok("issue", "create", "--title", "Retry the start");
  await stage.world.ok("sync", "push");
}

/** A project that nothing is known of. */
export async function newProject(stage: Stage): Promise<void> {
  await repository(stage);
  await Deno.remove(join(stage.world.project, ".kittify/config.yaml"));
}

/** Wraps what a run needs: the session is about to expire, so that the run has to renew it. */
export function expired(before: (stage: Stage) => Promise<void>): (stage: Stage) => Promise<void> {
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
export async function queued(stage: Stage): Promise<void> {
  await mission(stage);
  await expire(stage);
}

/** Like {@link queued}, with an edit to push. */
export async function changedAndQueued(stage: Stage): Promise<void> {
  await changed(stage);
  await queued(stage);
}

/** Like {@link queued}, with the daemon stopped. */
export async function queuedWithoutDaemon(stage: Stage): Promise<void> {
  await withoutDaemon(stage);
  await queued(stage);
  await stage.world.forgetRequests();
}

/** Waits until the daemon has uploaded what is queued. */
export async function uploaded({ world }: Stage): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const requests = await world.requests();
    if (requests.some((line) => line.includes("/events/batch"))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Milliseconds that a daemon has for it, on a slow machine too. */
const PATIENCE_MS = 60_000;

/** Asks a host whether it is well; one that lacks a permission has not come so far. */
export async function used(_stage: Stage, written: string): Promise<void> {
  const url = /http:\S+/.exec(written)?.[0];
  if (url === undefined) return;
  await (await fetch(`${url}/api/v1/tracker/health/`)).body?.cancel();
}

/** Looks at all that the page shows; its button needs what `sync run` needs. */
export async function read(_stage: Stage, written: string): Promise<void> {
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
