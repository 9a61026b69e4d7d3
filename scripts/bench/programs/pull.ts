import { VERSION } from "../../../src/cli/version.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { TrackerService } from "../../../src/tracker/service.ts";

/** A pull of everything a binding has. */
export interface PullOnce {
  /** A directory of its own: home and project. */
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly ref: string;
}

/** Pulls everything once into a fresh cache; answers the resident size in bytes. */
export async function pullOnce(options: PullOnce): Promise<number> {
  await Deno.mkdir(`${options.home}/.kittify`, { recursive: true });
  await Deno.writeTextFile(
    `${options.home}/.kittify/config.yaml`,
    `tracker:\n  provider: linear\n  binding_ref: ${options.ref}\n`,
  );
  const env: Readonly<Record<string, string>> = {
    HOME: options.home,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: options.url,
    TRACKER_TOKEN: options.token,
    TRACKER_TEAM: "acme",
  };
  const platform = { ...systemPlatform(), env: { get: (name: string) => env[name] } };
  const service = new TrackerService({ platform, root: options.home, version: VERSION });
  await service.pull({ hosted: { limit: "all" } });
  return platform.system.memory();
}

/** Run by itself, prints the largest resident size it had, in kB, where the system tells. */
if (import.meta.main) {
  const [home = "", url = "", token = "", ref = ""] = Deno.args;
  const resident = await pullOnce({ home, url, token, ref });
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  console.log(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Math.round(resident / 1024));
}
