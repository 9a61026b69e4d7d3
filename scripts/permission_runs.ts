import { agentLines } from "../tests/support/agent_lines.ts";
import {
  bound,
  boundLocally,
  changed,
  changedAndQueued,
  expired,
  mission,
  newProject,
  NO_PROVIDER,
  packages,
  pushed,
  queued,
  queuedWithoutDaemon,
  read,
  repository,
  type Scene,
  signedIn,
  type Stage,
  unbound,
  uploaded,
  used,
  withDaemon,
  withoutCache,
  withoutDaemon,
  withoutExport,
  withoutKey,
  withQueueSize,
  withRepositoryName,
} from "./permission_stage.ts";

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

/** What an agent calls, of each kind. */
const CALLS = [
  ["status", {}],
  ["list", {}],
  ["create", { title: "Retry it" }],
  ["sync", { action: "run" }],
] as const;

/** Every run; a command that serves both classes of providers is run in both scenes. */
export const RUNS: readonly PermissionRun[] = [
  hosted("auth login", ["--username", "demo@example.com", "--password-stdin"], { stdin: "demo\n" }),
  hosted("auth logout", [], { before: signedIn }),
  hosted("auth status", [], { before: signedIn }),
  hosted("auth switch", ["127.0.0.1"], { before: signedIn }),
  hosted("auth token", [], { before: expired(bound) }),
  hosted("api", ["GET", "/api/v1/me"], { before: expired(bound) }),
  hosted("api", ["POST", "/api/v1/tracker/pull/", "--input", "issues.json"], {
    before: expired(bound),
    fails: true,
  }),
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
  ...both("state list", []),
  ...both("state export", ["DATA/state.json"], { before: withoutExport }),
  ...both("state remove", ["0f3a", "--yes"], { fails: true, keeps: "$HOME/.spec-kitty" }),
  hosted("sync pull", [], { before: expired(withoutCache) }),
  local("sync pull", []),
  ...both("issue list", []),
  hosted("issue show", ["WEB-1"]),
  ...both("issue create", ["--title", "Retry the upload"]),
  local("issue show", ["KEY"]),
  ...both("issue edit", ["KEY", "--title", "Retry it"]),
  // An issue that was moved is there, so that no trial would show the write.
  ...both("issue move", ["KEY", "in_progress"], { keeps: "$HOME/.spec-kitty" }),
  ...both("issue close", ["KEY"], { keeps: "$HOME/.spec-kitty" }),
  ...both("issue reopen", ["KEY"], { keeps: "$HOME/.spec-kitty" }),
  hosted("issue comment", ["WEB-1", "Seen"], { before: expired(bound) }),
  // Nothing is left to name once it was discarded.
  ...both("issue branch", ["KEY"]),
  ...both("issue discard", ["KEY"]),
  hosted("sync push", ["--items-json", "items.json"], { before: expired(bound) }),
  hosted("sync push", [], { before: expired(changed) }),
  local("sync push", [], { before: changed }),
  // The tool has the issue by now.
  local("issue comment", ["KEY", "Seen"]),
  // What a run has fetched the next one does not fetch again, so no trial would show the write.
  hosted("sync run", [], { before: changedAndQueued, keeps: "$HOME/.spec-kitty" }),
  local("sync run", []),
  ...both("sync status", []),
  ...both("sync conflicts", []),
  ...both("sync conflicts", ["--resolve", "1", "--take", "ours"], { fails: true }),
  hosted("sync publish", [], { before: expired(boundLocally) }),
  hosted("sync wait", ["0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11"], {
    before: expired(bound),
    fails: true,
  }),
  hosted("mission create", ["first-steps"], { before: repository }),
  local("mission create", ["first-steps"], { before: repository }),
  local("mission create", ["first-steps"], { before: newProject }),
  ...both("mission list", []),
  hosted("wp list", [], { before: packages, keeps: "$HOME/.spec-kitty" }),
  local("wp list", []),
  hosted("wp push", ["--all"], { before: packages }),
  hosted("wp push", ["--all"], { before: expired(packages) }),
  local("wp push", ["--all"], { before: packages }),
  ...both("wp hook install", [], { before: repository }),
  ...both("wp hook remove", [], { before: repository }),
  hosted("mission start", ["--ticket", "WEB-1", "--yes"], { before: expired(repository) }),
  local("mission start", ["--ticket", "KEY", "--yes"], { before: pushed }),
  hosted("mission bind-origin", ["first-steps", "--ticket", "WEB-1", "--yes"], {
    before: expired(mission),
  }),
  ...both("agent guide", []),
  // What was written is there, so that no trial would show the write.
  ...both("agent install", [], { keeps: "." }),
  ...both("agent remove", [], { keeps: "." }),
  // A call that lacks a permission says so in its answer.
  hosted("mcp", ["--write"], {
    stdin: agentLines(...CALLS),
    before: expired(repository),
    lacking: /permission_needed/,
    keeps: "$HOME/.spec-kitty",
  }),
  hosted("mcp", ["--write"], {
    stdin: agentLines(["start_mission", { ticket: "WEB-1" }]),
    before: expired(repository),
    lacking: /permission_needed/,
    keeps: ".",
  }),
  local("mcp", ["--write"], {
    stdin: agentLines(...CALLS),
    before: repository,
    lacking: /permission_needed/,
    keeps: "$HOME/.spec-kitty",
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
  hosted("host user role", ["new@example.com", "admin", "--data", "DATA"]),
  hosted("host user password", ["new@example.com", "--data", "DATA"], {
    stdin: "another secret\n",
  }),
  hosted("host user revoke", ["new@example.com", "--data", "DATA"]),
  hosted("host session list", ["--data", "DATA"]),
  hosted("host token create", ["--user", "new@example.com", "--name", "ci", "--data", "DATA"]),
  hosted("host token list", ["--data", "DATA"]),
  hosted("host token revoke", ["mtk_01", "--data", "DATA"], { fails: true }),
  hosted("host audit", ["--data", "DATA"]),
  hosted("host issue remove", ["X-1", "--resource", "none", "--data", "DATA", "--yes"], {
    fails: true,
  }),
  hosted("host user remove", ["new@example.com", "--data", "DATA", "--yes"], { fails: true }),
  hosted("host import", ["issues.json", "--data", "DATA"]),
  hosted("host mapping list", ["--data", "DATA"]),
  hosted("host mapping disable", ["srm_01", "--data", "DATA"], { fails: true }),
  hosted("host mapping delete", ["srm_01", "--data", "DATA", "--yes"], { fails: true }),
  hosted("host connect github", [
    "--repository",
    "acme/web",
    "--api-url",
    `http://${NO_PROVIDER}`,
    "--data",
    "DATA",
  ], {
    stdin: "token\n",
    fails: true,
  }),
  hosted(
    "host connect gitlab",
    ["--project", "acme/web", "--api-url", `http://${NO_PROVIDER}`, "--data", "DATA"],
    { stdin: "token\n", fails: true },
  ),
  hosted("host connect jira", [
    "--site",
    `http://${NO_PROVIDER}`,
    "--email",
    "ada@acme.example",
    "--data",
    "DATA",
  ], {
    stdin: "token\n",
    fails: true,
  }),
  hosted("host connect linear", ["--api-url", `http://${NO_PROVIDER}`, "--data", "DATA"], {
    stdin: "lin_api_token\n",
    fails: true,
  }),
  hosted("host connection list", ["--data", "DATA"]),
  hosted("host connection show", ["github", "--data", "DATA"], { fails: true }),
  hosted("host connection test", ["github", "--data", "DATA"], { fails: true }),
  hosted("host connection webhook", ["github", "--data", "DATA"], { fails: true }),
  hosted("host sync", ["--data", "DATA"]),
  hosted("host connection map", ["github", "--status", "x=done", "--data", "DATA"], {
    fails: true,
  }),
  hosted("host connection pause", ["github", "--data", "DATA"], { fails: true }),
  hosted("host connection resume", ["github", "--data", "DATA"], { fails: true }),
  hosted("host connection rename", ["github", "--to", "ours", "--data", "DATA"], { fails: true }),
  hosted("host connection remove", ["github", "--data", "DATA", "--yes"], { fails: true }),
  hosted("host backup", ["DATA/copy.db", "--data", "DATA", "--force"]),
  hosted("host check", ["--data", "DATA"], { lacking: /is not granted/ }),
  hosted("host migrate", ["--data", "DATA"]),
  hosted("host key create", ["DATA/new.key"], { before: withoutKey }),
  hosted("host key rotate", ["--data", "DATA", "--new-key-file", "DATA/none.key"], { fails: true }),
  hosted("dashboard", [], { serves: read, before: queued }),
  local("dashboard", [], { serves: read }),
  ...both("completion", ["bash"]),
  ...both("man", []),
  ...both("help", ["status"]),
];

/** The arguments of a run on a stage: the words `DATA` and `KEY` stand for what is there. */
export async function argumentsOf(run: PermissionRun, stage: Stage): Promise<readonly string[]> {
  const words = [...run.command.split(" "), ...run.args];
  if (!words.includes("KEY")) return words.map((word) => word.replace(/^DATA(?=\/|$)/, stage.data));
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
