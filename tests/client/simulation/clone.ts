import { loginWithPassword } from "../../../src/client/auth.ts";
import { openHosted } from "../../../src/client/open_service.ts";
import { openHost } from "../../../src/client/open_host.ts";
import type { HostedTrackerService } from "../../../src/client/service.ts";
import { IssueCache } from "../../../src/client/sync_cache.ts";
import { systemFiles } from "../../../src/platform/files.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { loadBinding } from "../../../src/project/config.ts";
import { configPath } from "../../../src/project/config_file.ts";
import type { IssueStore } from "../../../src/store/issue_store.ts";
import { CredentialStore } from "../../../src/user/credentials.ts";
import { seededRandom } from "../../support/chance.ts";
import { testPlatform } from "../../support/platform.ts";
import type { Fuse } from "../../local/fused_database.ts";
import { lazilyFusedOpener } from "./fuse.ts";
import { Line, type LineOptions } from "./line.ts";
import { type CloneName, PASSWORD, usernameOf } from "./people.ts";
import type { WrongClock } from "./time.ts";

/** A clone of the project, on the machine of somebody who works there. */
export interface Clone {
  readonly name: CloneName;
  readonly clock: WrongClock;
  readonly fuse: Fuse;
  readonly line: Line;
  /** Signs its person in. */
  signIn(): Promise<void>;
  /** Opens the project as a new process does. */
  open(): Promise<HostedTrackerService>;
  /** Looks into the cache; `null` as long as there is none. */
  look<T>(work: (store: IssueStore) => T): Promise<T | null>;
}

/** What a clone is made of. */
export interface CloneOptions extends Omit<LineOptions, "fuse"> {
  readonly name: CloneName;
  readonly home: string;
  readonly seed: number;
  readonly clock: WrongClock;
  /** Text of the project's config. */
  readonly config: string;
}

/** Makes a clone in an empty directory, and signs its person in. */
export async function cloneOf(options: CloneOptions): Promise<Clone> {
  const { name, home, clock, config, resource } = options;
  const fuse: Fuse = { count: 0, at: Infinity };
  const line = new Line({ ...options, fuse });
  const random = seededRandom(options.seed);
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", SPEC_KITTY_SAAS_URL: resource.url, USER: name };
  const platform: Platform = {
    ...testPlatform(home, { env }),
    clock,
    random,
    files: systemFiles(clock, random),
    fetch: line.fetch,
    openDatabase: lazilyFusedOpener(fuse),
  };
  await Deno.mkdir(`${home}/.kittify`, { recursive: true });
  await Deno.writeTextFile(configPath(home), config);
  const credentials = new CredentialStore({ platform });
  const cache = new IssueCache({ platform, provider: "linear", baseUrl: resource.url });
  const clone: Clone = {
    name,
    clock,
    fuse,
    line,
    async signIn() {
      const host = await openHost({ platform, version: "1" });
      const username = usernameOf(name);
      await loginWithPassword({ ...host, credentials, username, password: PASSWORD });
    },
    open: async () =>
      await openHosted({
        platform,
        root: home,
        provider: "linear",
        binding: await loadBinding(platform, home),
        version: "1",
        warn: () => {},
      }),
    async look(work) {
      using store = await cache.openForReading(await loadBinding(platform, home));
      return store === null ? null : work(store);
    },
  };
  await clone.signIn();
  return clone;
}
