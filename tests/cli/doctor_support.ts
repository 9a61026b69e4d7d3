import assert from "node:assert/strict";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import type { CommandResult } from "../support/cli.ts";
import type { HereOptions } from "../support/here.ts";
import { withWorld, type World } from "../support/world.ts";

/** A line of the report under `--json`. */
export interface Line {
  readonly check: string;
  readonly status: "ok" | "warning" | "failed" | "info";
  readonly message: string;
  readonly next_action: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The report of one examination. */
export interface Report {
  readonly code: number;
  readonly lines: readonly Line[];
  /** The lines that want something done. */
  readonly alarms: readonly Line[];
}

/** Runs a test in a world where everything is in order: signed in, bound, pulled. */
export function withHealthyWorld(test: (world: World) => Promise<void>): Promise<void> {
  return withWorld(async (world) => {
    await world.signIn();
    const bound = await world.here(["bind", "-p", "linear", "--select", "1"]);
    assert.equal(bound.code, 0, bound.stderr);
    const pulled = await world.here(["sync", "pull"]);
    assert.equal(pulled.code, 0, pulled.stderr);
    await test(world);
  });
}

/** Runs `doctor --json` inside this process. */
export async function doctor(world: World, options?: Partial<HereOptions>): Promise<Report> {
  return reportOf(await world.here(["doctor", "--json"], options));
}

/** Runs `doctor --json` as a process of its own, which sees the tools that `PATH` in `env` names. */
export async function doctorProcess(
  world: World,
  env: Readonly<Record<string, string>>,
): Promise<Report> {
  return reportOf(await world.run(["doctor", "--json"], { env }));
}

/** The one line that wants something done. */
export function onlyAlarm(report: Report, check: string, status: "failed" | "warning"): Line {
  const found = report.alarms.map((line) => [line.check, line.status]);
  assert.deepEqual(found, [[check, status]], JSON.stringify(report.alarms));
  assert.equal(report.code, status === "failed" ? 1 : 0);
  const [alarm] = report.alarms;
  assert.ok(alarm?.next_action, "a step");
  return alarm;
}

/** Fails when anything wants something done. */
export function assertGreen(report: Report): void {
  assert.deepEqual(report.alarms, []);
  assert.equal(report.code, 0);
}

/** Does what a step says: runs each command in backquotes that this user could type. */
export async function follow(
  world: World,
  alarm: Line,
  extra: readonly string[] = [],
  options: Partial<HereOptions> = {},
): Promise<void> {
  const commands = [...(alarm.next_action ?? "").matchAll(/`([^`]+)`/g)].map((found) =>
    found[1] ?? ""
  );
  assert.ok(commands.length > 0, `a command in "${alarm.next_action}"`);
  for (const command of commands) {
    if (command.startsWith("tracker ")) {
      const { code, stderr } = await world.here(
        [...command.split(" ").slice(1), ...extra],
        options,
      );
      assert.equal(code, 0, `${command}: ${stderr}`);
    } else {
      const { code } = await new Deno.Command("sh", { args: ["-c", command], env: world.env })
        .output();
      assert.equal(code, 0, command);
    }
  }
}

/** The machine of the world's user, for putting something on it past the command line. */
export function machineOf(world: World, now?: () => number): Platform {
  const real = systemPlatform();
  return {
    ...real,
    clock: now === undefined ? real.clock : { ...real.clock, now },
    env: { get: (name) => world.env[name] },
    system: { ...real.system, cwd: () => world.project },
  };
}

function reportOf({ code, stdout, stderr }: CommandResult): Report {
  assert.equal(stderr, "");
  const document = JSON.parse(stdout);
  const lines: readonly Line[] = document.checks;
  const alarms = lines.filter(({ status }) => status === "failed" || status === "warning");
  assert.equal(document.ok, code === 0);
  assert.equal(document.problems + document.warnings, alarms.length);
  return { code, lines, alarms };
}
