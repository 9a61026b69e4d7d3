import assert from "node:assert/strict";
import type { CommandResult } from "../support/cli.ts";
import type { HereOptions } from "../support/here.ts";
import { filesUnder } from "../support/leaks.ts";
import type { RunCommandOptions, World } from "../support/world.ts";

/** Runs commands, learns every secret on the way, and tells where one has come out. */
export interface Sweep {
  /** Runs a command inside this process; the secrets of its requests and answers are learnt. */
  here(args: readonly string[], options?: Partial<HereOptions>): Promise<CommandResult>;
  /** Runs a command as a process. */
  run(args: readonly string[], options?: RunCommandOptions): Promise<CommandResult>;
  /** Text that has come out elsewhere, such as a host's log. */
  hear(label: string, text: string): void;
  /** A secret that nothing tells of by itself. */
  secret(...values: readonly string[]): void;
  /** Secrets that were learnt. */
  readonly secrets: ReadonlySet<string>;
  /** Fails when a secret stands in what was said or in a file of the user, of the project or of `more`. */
  nothingCameOut(more?: readonly string[]): Promise<void>;
}

/** Keys of what must never come out, in requests and answers. */
const SECRET_KEYS: readonly string[] = [
  "access",
  "refresh",
  "access_token",
  "refresh_token",
  "device_code",
  "password",
  "candidate_token",
];

/** Where secrets may be: the one file made for them, and what the user wrote by hand. */
const KEEPERS: readonly string[] = ["/.spec-kitty/credentials", "/.git/config"];

/** Starts a sweep in a world. */
export function sweepOf(world: World): Sweep {
  const secrets = new Set<string>();
  const said: { label: string; text: string }[] = [];
  const learn = (text: string) => {
    for (const [token] of text.matchAll(/tk[ar]_[0-9a-zA-Z]{16,}/g)) secrets.add(token);
  };
  const hear = (label: string, text: string) => said.push({ label, text });
  const heard = async (args: readonly string[], result: CommandResult) => {
    hear(`${args.join(" ")} (standard output)`, result.stdout);
    hear(`${args.join(" ")} (standard error)`, result.stderr);
    learn(await world.credentials() ?? "");
    return result;
  };
  return {
    secrets,
    hear,
    secret: (...values) => values.forEach((value) => secrets.add(value)),
    here: async (args, options) =>
      await heard(
        args,
        await world.here(args, {
          fetch: (real) => async (request) => {
            const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
            if (bearer !== undefined) secrets.add(bearer);
            const sent = request.body === null ? "" : await request.clone().text();
            learnJson(sent, secrets);
            const response = await real(request);
            learnJson(await response.clone().text(), secrets);
            return response;
          },
          ...options,
        }),
      ),
    run: async (args, options) => await heard(args, await world.run(args, options)),
    async nothingCameOut(more = []) {
      const files: { label: string; text: string }[] = [];
      for (const root of [world.home, world.project, ...more]) {
        for (const path of await filesUnder(root)) {
          if (KEEPERS.some((keeper) => path.endsWith(keeper))) continue;
          const bytes = await Deno.readFile(path).catch(() => null);
          if (bytes !== null) {
            files.push({ label: path, text: new TextDecoder("latin1").decode(bytes) });
          }
        }
      }
      assert.ok(files.length > 0 && said.length > 0);
      for (const secret of secrets) {
        // A candidate token is of no use without the session; it may be shown, but is never stored.
        const places = secret.startsWith("cand_") ? files : [...said, ...files];
        const leaks = places.filter(({ text }) => text.includes(secret))
          .map(({ label }) => label);
        assert.deepEqual(leaks, [], `"${secret.slice(0, 12)}…" has come out`);
      }
      for (const { label, text } of said) {
        assert.doesNotMatch(text, /Bearer [^\s[`"']{8,}|authorization:/i, label);
      }
    },
  };
}

function learnJson(text: string, secrets: Set<string>): void {
  try {
    learnValue(JSON.parse(text), secrets);
  } catch {
    const form = new URLSearchParams(text);
    for (const key of SECRET_KEYS) {
      const value = form.get(key);
      if (value !== null && value.length >= 8) secrets.add(value);
    }
  }
}

function learnValue(value: unknown, secrets: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (SECRET_KEYS.includes(key) && typeof item === "string" && item.length >= 8) {
      secrets.add(item);
    } else learnValue(item, secrets);
  }
}
