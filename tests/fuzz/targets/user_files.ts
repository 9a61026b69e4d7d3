import assert from "node:assert/strict";
import { CredentialStore } from "../../../src/user/credentials.ts";
import {
  daemonPolicy,
  listSettings,
  resolveHostUrl,
  setSetting,
  unsetSetting,
} from "../../../src/user/settings.ts";
import { parseToml } from "../../../src/user/toml_file.ts";
import { bytesOf, fuzzMachine } from "../machine.ts";
import { mutated } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";

const SETTINGS_SEEDS: readonly string[] = [
  `# mine\n[sync]\nserver_url = "https://tracker.example" # here\nmax_queue_size = 100_000\nbackground_daemon = 'auto'\n`,
  `sync = { server_url = "https://tracker.example", max_queue_size = 5 }\n\n[other."a.b"]\nlist = [1, 2, [3]]\n`,
  `sync.background_daemon = "manual"\nwhen = 1979-05-27T07:32:00Z\n[[people]]\nname = "x"\n[[people]]\nname = """y\nz"""\n`,
];

const TOKEN = "tka_SECRETMARKER0123456789";
const CREDENTIAL_SEEDS: readonly string[] = [
  `[tokens]\naccess = "${TOKEN}"\nrefresh = "${TOKEN}"\naccess_expires_at = "2026-01-01T00:00:00Z"\n\n[user]\nusername = "ada"\nteam_slug = "core"\n\n[server]\nurl = "https://tracker.example"\n`,
  `[tokens]\naccess = '${TOKEN}'\naccess_expires_at = 1979-05-27T07:32:00Z\n[server]\nurl = "https://a.example"\n[hosts."https://b.example".tokens]\naccess = "${TOKEN}"\nrefresh_expires_at = 17000000\n`,
  `[tracker.providers.beads]\ncommand = "bd"\ncwd = "/tmp" # dir\n[tracker.providers.fp]\nx = { y = 1 }\nprojects = { "/app" = { cwd = "/x" } }\n`,
];

/** The user's settings: read, written, taken out. */
export const userSettings: Target = target({
  name: "user-settings",
  input: mutated(SETTINGS_SEEDS),
  open: () => fuzzMachine(),
  close: (machine) => machine.remove(),
  async attempt(bytes, machine) {
    const path = `${machine.home}/.spec-kitty/config.toml`;
    await Deno.mkdir(`${machine.home}/.spec-kitty`, { recursive: true });
    await Deno.writeFile(path, bytes);
    await onPurpose(() => listSettings(machine, true));
    await onPurpose(() => daemonPolicy(machine));
    await onPurpose(() => resolveHostUrl(machine));
    await editing(path, bytes, ["sync"], () => setSetting(machine, "sync.max_queue_size", "7"));
    await editing(path, bytes, ["sync"], () => unsetSetting(machine, "sync.server_url"));
  },
});

/** The credentials: read, signed in, signed out; and never a word of a token in a message. */
export const credentials: Target = target({
  name: "credentials",
  input: mutated(CREDENTIAL_SEEDS),
  open: () => fuzzMachine(),
  close: (machine) => machine.remove(),
  async attempt(bytes, machine) {
    const path = `${machine.home}/.spec-kitty/credentials`;
    await Deno.mkdir(`${machine.home}/.spec-kitty`, { recursive: true });
    await Deno.writeFile(path, bytes, { mode: 0o600 });
    const store = new CredentialStore({ platform: machine });
    const session = {
      host: "https://new.example",
      access: 'a"\\b',
      refresh: null,
      accessExpiresAt: 1_700_000_000_000,
      refreshExpiresAt: null,
      username: "grace\u00e9 'x'",
      teamSlug: null,
    };
    const host = "https://tracker.example";
    const known = ["tokens", "user", "server", "hosts", "tracker"];
    const reads: readonly (() => Promise<unknown>)[] = [
      () => store.sessions(),
      () => store.session(host),
      () => store.currentHost(),
      () => store.providerCredentials("beads", "/app"),
    ];
    for (const read of reads) withoutToken(await onPurpose(read));
    withoutToken(await editing(path, bytes, known, () => store.clearSession(host)));
    withoutToken(
      await editing(
        path,
        bytes,
        known,
        () => store.saveProjectCredentials("fp", 'C:\\a "b"', { command: "fp" }),
      ),
    );
    const saved = await editing(path, bytes, known, () => store.saveSession(session));
    withoutToken(saved);
    if (saved.ok) assert.deepEqual(await store.session(session.host), session);
  },
});

/** Edits a file that was written fresh: what cannot be parsed stays, what was not named stays. */
async function editing<T>(
  path: string,
  bytes: Uint8Array,
  named: readonly string[],
  edit: () => Promise<T>,
): ReturnType<typeof onPurpose<T>> {
  await Deno.writeFile(path, bytes);
  const decode = async () =>
    parseToml(
      path,
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await Deno.readFile(path)),
    );
  let before: Awaited<ReturnType<typeof decode>> | null = null;
  try {
    before = await decode();
  } catch {
    // Not TOML: it must not be touched.
  }
  const edited = await onPurpose(edit);
  if (before === null || !edited.ok) {
    assert.deepEqual(await bytesOf(path), bytes, "a file that cannot be used is left alone");
    if (before === null) assert.equal(edited.ok, false, "an edit of it fails");
    return edited;
  }
  const after = await decode();
  for (const key of Object.keys(before)) {
    if (!named.includes(key)) assert.deepEqual(after[key], before[key], `\`${key}\` was not named`);
  }
  return edited;
}

function withoutToken(outcome: Awaited<ReturnType<typeof onPurpose<unknown>>>): void {
  if (outcome.ok) return;
  const said = JSON.stringify([outcome.error.message, outcome.error.details]);
  assert.equal(said.includes("SECRETMARKER"), false, "a message holds a token");
}
