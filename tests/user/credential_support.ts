import { CredentialStore, type Session } from "../../src/user/credentials.ts";
import { userPaths } from "../../src/user/paths.ts";
import { TEST_START } from "../support/clock.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";

/** A session at one host. */
export const A: Session = {
  host: "https://a.example",
  access: "access-a",
  refresh: "refresh-a",
  accessExpiresAt: TEST_START + 900_000,
  refreshExpiresAt: TEST_START + 604_800_000,
  username: "ada@example.org",
  teamSlug: "core",
};

/** A session at another. */
export const B: Session = {
  ...A,
  host: "https://b.example/base",
  access: "access-b",
  refresh: null,
  accessExpiresAt: null,
  refreshExpiresAt: null,
  teamSlug: null,
};

/** What a test of the credentials gets. */
export interface Machine {
  readonly platform: TestPlatform;
  readonly store: CredentialStore;
  readonly path: string;
  /** The file's text; empty when there is none. */
  text(): Promise<string>;
}

/** Runs a test with the credentials of a machine of its own. */
export async function withStore(
  test: (machine: Machine) => Promise<void>,
  options: TestPlatformOptions & { readonly file?: string } = {},
): Promise<void> {
  await withPlatform(options, async (platform) => {
    const path = userPaths(platform).credentials;
    if (options.file !== undefined) {
      await platform.files.writeAtomic(path, options.file, { mode: 0o600 });
    }
    await test({
      platform,
      path,
      store: new CredentialStore({ platform }),
      text: async () => await platform.files.readText(path) ?? "",
    });
  });
}
