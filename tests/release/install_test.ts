import assert from "node:assert/strict";
import { executableName, TARGETS } from "../../scripts/compile.ts";
import { pack } from "../../scripts/pack.ts";
import { toFileUrl } from "../../scripts/file_urls.ts";

const SCRIPT = new URL("../../install.sh", import.meta.url);
const PROGRAM = "#!/bin/sh\necho tracker 9.9.9\n";

/** A server of one release, and a home to install into. */
interface Shelf {
  readonly home: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  install(env?: Readonly<Record<string, string>>): Promise<{ code: number; text: string }>;
}

posix(
  "install.sh puts the executable of the latest release in place",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const { code, text } = await shelf.install();
      assert.equal(code, 0, text);
      assert.match(text, /Installed .*\/\.local\/bin\/tracker\n/);
      assert.match(text, /Add (.*) to your PATH .*:\n {2}export PATH="\1:\$PATH"\nNext: `tracker/);
      assert.ok(shelf.asked.every((path) => path.startsWith("/latest/download/")), text);
      const { stdout } = await new Deno.Command(`${shelf.home}/.local/bin/tracker`).output();
      assert.equal(new TextDecoder().decode(stdout), "tracker 9.9.9\n");
      assert.deepEqual(await namesIn(`${shelf.home}/.local/bin`), ["tracker"]);
    }),
);

posix(
  "install.sh takes the version and the directory that are named",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const bin = `${shelf.home}/a place for programs`;
      const { code, text } = await shelf.install({
        TRACKER_VERSION: "v9.9.9",
        TRACKER_INSTALL_DIR: bin,
      });
      assert.equal(code, 0, text);
      assert.ok(shelf.asked.every((path) => path.startsWith("/download/v9.9.9/")));
      assert.deepEqual(await namesIn(bin), ["tracker"]);
    }),
);

posix(
  "install.sh takes a version without its v, too",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const { code, text } = await shelf.install({ TRACKER_VERSION: "9.9.9" });
      assert.equal(code, 0, text);
      assert.ok(shelf.asked.every((path) => path.startsWith("/download/v9.9.9/")));
    }),
);

posix(
  "install.sh keeps what was there when the new executable does not run here",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const bin = `${shelf.home}/.local/bin`;
      await Deno.mkdir(bin, { recursive: true });
      await Deno.writeTextFile(`${bin}/tracker`, "the old one");
      const { code, text } = await shelf.install();
      assert.equal(code, 1, text);
      assert.match(text, /does not run on this system .*: nothing was installed; with Deno: /);
      assert.equal(await Deno.readTextFile(`${bin}/tracker`), "the old one");
      assert.deepEqual(await namesIn(bin), ["tracker"]);
    }, "#!/bin/sh\nexit 127\n"),
);

posix(
  "install.sh installs nothing when the checksum differs, and keeps what was there",
  () =>
    withShelf((sums) => sums.replaceAll(/[0-9a-f]{64}/g, "0".repeat(64)), async (shelf) => {
      const bin = `${shelf.home}/.local/bin`;
      await Deno.mkdir(bin, { recursive: true });
      await Deno.writeTextFile(`${bin}/tracker`, "the old one");
      const { code, text } = await shelf.install();
      assert.equal(code, 1);
      assert.match(text, /The checksum of tracker-\S+\.gz is [0-9a-f]{64}, not 0{64}/);
      assert.equal(await Deno.readTextFile(`${bin}/tracker`), "the old one");
    }),
);

posix("install.sh installs nothing that has no checksum, or cannot be downloaded", async () => {
  await withShelf(() => "", async (shelf) => {
    const { code, text } = await shelf.install();
    assert.equal(code, 1);
    assert.match(text, /SHA256SUMS has no line for tracker-/);
  });
  await withShelf((sums) => sums, async (shelf) => {
    const { code, text } = await shelf.install({ TRACKER_VERSION: "v0.0.0" });
    assert.equal(code, 1);
    assert.match(text, /Cannot download .*\/download\/v0\.0\.0\//);
    assert.deepEqual(await namesIn(shelf.home), []);
  });
});

for (
  const base of [
    "http://tracker.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1:80@evil.example",
    "ftp://x",
    "file:///tmp",
  ]
) {
  posix(
    `install.sh downloads nothing from ${base}`,
    () =>
      withShelf((sums) => sums, async (shelf) => {
        const { code, text } = await shelf.install({ TRACKER_BASE_URL: base });
        assert.equal(code, 1);
        assert.match(text, /TRACKER_BASE_URL must be an https URL, not .*: nothing was installed/);
        assert.deepEqual(shelf.asked, []);
      }),
  );
}

/** A `gh` for `PATH`: signed in or not, and of an opinion on what it is to verify. */
async function fakeGh(home: string, signedIn: boolean, verifies: boolean): Promise<string> {
  const bin = `${home}/bin`;
  await Deno.mkdir(bin);
  await Deno.writeTextFile(
    `${bin}/gh`,
    `#!/bin/sh
case "$*" in
  *--help) exit 0 ;;
  "auth token") exit ${signedIn ? 0 : 1} ;;
esac
echo "$@" >>"${home}/gh-was-asked"
echo "no attestation fits" >&2
exit ${verifies ? 0 : 1}
`,
    { mode: 0o755 },
  );
  return `${bin}:${Deno.env.get("PATH") ?? ""}`;
}

posix(
  "install.sh verifies who built the executable where gh is signed in",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const PATH = await fakeGh(shelf.home, true, true);
      const { code, text } = await shelf.install({ PATH });
      assert.equal(code, 0, text);
      assert.match(text, /Verified that spec-kitty\/tracker built tracker-\S+\.gz\n/);
      const asked = await Deno.readTextFile(`${shelf.home}/gh-was-asked`);
      assert.match(asked, /^attestation verify \/\S+\.gz --repo spec-kitty\/tracker\n$/);
    }),
);

posix(
  "install.sh installs nothing whose attestation does not fit, unless it is told to",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const PATH = await fakeGh(shelf.home, true, false);
      const { code, text } = await shelf.install({ PATH });
      assert.equal(code, 1, text);
      assert.match(
        text,
        /no attestation fits\nThe attestation of .* could not be verified: nothing was installed/,
      );
      assert.equal((await shelf.install({ PATH, TRACKER_ATTESTATION: "skip" })).code, 0);
    }),
);

posix(
  "install.sh says how to verify who built the executable where it cannot, or stops there when told to",
  () =>
    withShelf((sums) => sums, async (shelf) => {
      const PATH = await fakeGh(shelf.home, false, false);
      const { code, text } = await shelf.install({ PATH });
      assert.equal(code, 0, text);
      assert.match(
        text,
        /Not verified who built it, for `gh` is not signed in; .*: gh attestation verify \S+\.gz --repo /,
      );
      const required = await shelf.install({ PATH, TRACKER_ATTESTATION: "require" });
      assert.equal(required.code, 1);
      assert.match(
        required.text,
        /could not be verified, for `gh` is not signed in: nothing was installed/,
      );
      assert.equal((await shelf.install({ PATH, TRACKER_ATTESTATION: "yes" })).code, 1);
    }),
);

function posix(name: string, test: () => Promise<void>): void {
  Deno.test(name, async () => {
    if (Deno.build.os === "windows") return console.log("skipped: install.sh is not for Windows");
    await test();
  });
}

async function withShelf(
  change: (sums: string) => string,
  test: (shelf: Shelf) => Promise<void>,
  program = PROGRAM,
): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "tracker-install-" });
  const home = `${base}/home`;
  const assets = `${base}/assets`;
  await Deno.mkdir(home);
  await Deno.mkdir(assets);
  let sums = "";
  for (const target of TARGETS) {
    const name = executableName(target);
    await Deno.writeTextFile(`${base}/${name}`, program);
    await pack(toFileUrl(name, base), toFileUrl("assets/", base));
    const bytes = await Deno.readFile(`${assets}/${name}.gz`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    sums += `${digest.toHex()}  ${name}.gz\n`;
  }
  await Deno.writeTextFile(`${assets}/SHA256SUMS`, change(sums));
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const found = /^\/(?:latest\/download|download\/v9\.9\.9)\/([\w.-]+)$/.exec(pathname)?.[1];
    const bytes = found === undefined ? null : await Deno.readFile(`${assets}/${found}`);
    return bytes === null ? new Response("no", { status: 404 }) : new Response(bytes);
  });
  try {
    await test({
      home,
      asked,
      async install(env = {}) {
        const { code, stdout, stderr } = await new Deno.Command("sh", {
          args: [SCRIPT.pathname],
          clearEnv: true,
          env: {
            HOME: home,
            PATH: Deno.env.get("PATH") ?? "",
            TRACKER_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
            ...env,
          },
        }).output();
        const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        return { code, text: decode(stdout) + decode(stderr) };
      },
    });
  } finally {
    await server.shutdown();
    await Deno.remove(base, { recursive: true });
  }
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(directory)) names.push(entry.name);
  return names.sort();
}
