import { CredentialStore } from "../../../src/user/credentials.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { makeBundle } from "../../bundle.ts";
import { toFileUrl } from "../../file_urls.ts";
import { type Server, startProgram } from "./child.ts";
import { type HostProcess, seed, startHostProcess } from "./host_process.ts";
import { pageKey, type Recorded } from "./recorded_host.ts";

/** How many issues there are in one page, and in the large binding. */
export const FEW = 1_000;
export const MANY = 10_000;

/** A bare server with what our host has answered, and the bindings it knows. */
export interface RecordedHost extends Server {
  readonly url: string;
  readonly few: string;
  readonly many: string;
}

/** Records a status and the pages of two bindings of our host in `base`, and serves them without it. */
export async function recordedHost(base: string): Promise<RecordedHost> {
  const host = await startHostProcess(base);
  try {
    const [few, many] = [await host.bind("MOB"), await host.bind("ENG")];
    await seed(host, "MOB", FEW);
    await seed(host, "ENG", MANY);
    const pages: Record<string, string> = {};
    await record(host, many, pages, null);
    await record(host, few, pages, FEW);
    const answer = await fetch(
      `${host.url}/api/v1/tracker/status/?provider=linear&binding_ref=${many}`,
      { headers: host.headers },
    );
    const recorded: Recorded = { status: await answer.text(), pages };
    await Deno.writeTextFile(`${base}/recorded.json`, JSON.stringify(recorded));
    const server = await startProgram("recorded_host.ts", [`${base}/recorded.json`]);
    return { ...server, url: server.line, few, many };
  } finally {
    await host.stop();
  }
}

/** Keeps the pages of a binding; with `limit` the first one alone, as if it were all. */
async function record(
  host: HostProcess,
  ref: string,
  pages: Record<string, string>,
  limit: number | null,
): Promise<void> {
  let cursor: unknown = null;
  do {
    const page = await host.post("/api/v1/tracker/pull/", {
      provider: "linear",
      binding_ref: ref,
      limit: 1_000,
      ...(cursor === null ? {} : { cursor }),
    });
    const whole = limit === null ? page : { ...page, next_cursor: null, has_more: false };
    pages[pageKey(ref, cursor === null ? null : String(cursor))] = JSON.stringify(whole);
    cursor = whole["next_cursor"];
  } while (typeof cursor === "string");
}

/** The program as people have it: runs a bundle in a project of a user, as a process. */
export interface Bundled {
  /** Runs a command to its end; throws when it fails. */
  run(home: string, ...args: readonly string[]): Promise<void>;
  /** Runs another program of Deno in the same way. */
  bare(module: string, ...args: readonly string[]): Promise<void>;
}

/** Bundles the program into `base`, with a cache of compiled modules of its own. */
export async function bundled(base: string): Promise<Bundled> {
  const { main } = await makeBundle(toFileUrl("bundle/", base));
  const started = async (home: string, cwd: string, args: readonly string[]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-A", ...args],
      cwd,
      clearEnv: true,
      env: {
        HOME: home,
        USERPROFILE: home,
        PATH: Deno.env.get("PATH") ?? "",
        DENO_DIR: `${base}/cache`,
        SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (code !== 0) throw new Error(`${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  };
  return {
    run: (home, ...args) => started(home, `${home}/project`, [main, ...args]),
    bare: (module, ...args) => started(base, base, [module, ...args]),
  };
}

/** Makes a home whose user is signed in at a host, with a project bound to it. */
export async function hostedHome(home: string, url: string, ref: string): Promise<void> {
  await Deno.mkdir(`${home}/project/.kittify`, { recursive: true });
  await Deno.writeTextFile(
    `${home}/project/.kittify/config.yaml`,
    "project:\n  uuid: 550e8400-e29b-41d4-a716-446655440000\n  slug: bench\n" +
      "  node_id: a1b2c3d4e5f6\n" +
      `tracker:\n  provider: linear\n  binding_ref: ${ref}\n  display_label: "Engineering (ENG)"\n`,
  );
  await Deno.mkdir(`${home}/.spec-kitty`, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(
    `${home}/.spec-kitty/config.toml`,
    `[sync]\nserver_url = "${url}"\n`,
  );
  const platform = {
    ...systemPlatform(),
    env: { get: (name: string) => name === "HOME" ? home : undefined },
  };
  const later = Date.now() + 86_400_000;
  await new CredentialStore({ platform }).saveSession({
    host: url,
    access: "a".repeat(68),
    refresh: "r".repeat(68),
    accessExpiresAt: later,
    refreshExpiresAt: later,
    username: "ada",
    teamSlug: "acme",
  });
}
