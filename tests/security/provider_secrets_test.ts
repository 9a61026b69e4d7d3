/** The credentials of connections: whatever a provider says, they come out nowhere. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { serve, terminate } from "../acceptance/host_setup.ts";
import { dataWithUser, signIn } from "../acceptance/host_setup.ts";
import { consoleBrowser } from "../server/console/browser.ts";
import { ends } from "../support/bound.ts";
import { freePort } from "../support/free_port.ts";
import { filesUnder } from "../support/leaks.ts";
import { processIn, programUnderTest, withWorld, type World } from "../support/world.ts";
import { untilSo } from "../support/until.ts";
import { PERMISSIONS } from "../standins/jira/state.ts";
import { uuid } from "../standins/linear/state.ts";
import { FAILINGS, type TalkativeProviders, talkativeProviders } from "./talkative_providers.ts";

const TOKEN = "github_pat_0123456789abcdefghij";
/** As little like a key as one can be, so that it is not known by its looks. */
const KEY = `k"e+y/=&%<0123456789>\\z`;
const OAUTH = "lin_oauth_0123456789abcdef";
const API_TOKEN = "ATATT3xFfGF0/0123456789+abcdefghij=";
const MAIL = "ada@acme.example";
const CLIENT_SECRET = "client+secret/0123456789&%=";
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const GITLAB = "glpat-0123456789abcdefghij";
const PEM = String(KEYS.privateKey.export({ type: "pkcs1", format: "pem" }));

/** Names of the connections, one for each kind of credential. */
const NAMES = ["web", "app", "eng", "ops", "own", "lab", "shop"] as const;

interface Heard {
  readonly where: string;
  readonly text: string;
}

interface Scene {
  readonly world: World;
  readonly providers: TalkativeProviders;
  readonly data: string;
  readonly heard: Heard[];
  /** Runs a command of the host, whatever becomes of it. */
  run(args: readonly string[], stdin?: string): Promise<number>;
}

async function withCredentials(test: (scene: Scene) => Promise<void>): Promise<void> {
  await using providers = await talkativeProviders();
  const { github, gitlab, jira, linear } = providers;
  gitlab.state.addIssue(gitlab.state.addProject("acme/web"), { title: "One" }, Date.now() - 60_000);
  gitlab.state.addToken(GITLAB, "ada");
  github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  for (const name of ["acme/web", "acme/app"]) {
    const repository = github.state.addRepository(name);
    github.state.addIssue(repository, { title: "One" }, Date.now() - 60_000);
  }
  const spki = new Uint8Array(KEYS.publicKey.export({ type: "spki", format: "der" }));
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  github.state.apps.push({
    appId: "17",
    installationId: "4",
    publicKey: await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]),
    permissions: { issues: "write", metadata: "read", repository_hooks: "write" },
    repositories: new Set([...github.state.repositories.keys()].slice(1)),
  });
  const person = {
    userId: uuid(1, 1),
    scopes: new Set(["read", "write", "admin"]),
    hiddenTeams: new Set<string>(),
  };
  linear.callers.set(KEY, person);
  linear.callers.set(`Bearer ${OAUTH}`, person);
  linear.apps.set("client", CLIENT_SECRET);
  linear.people.add({ teamId: uuid(2, 1), title: "One" });
  const ada = jira.state.addPerson("ada", "Ada Lovelace", MAIL);
  jira.add(jira.state.addProject("SHOP"), { summary: "One" });
  jira.allow(ada.accountId, MAIL, API_TOKEN, PERMISSIONS);
  const heard: Heard[] = [];
  await withWorld(async (world) => {
    const data = await dataWithUser(world);
    const run = async (args: readonly string[], stdin?: string) => {
      const options = stdin === undefined ? {} : { stdin };
      const { code, stdout, stderr } = await world.here([...args, "--data", data], options);
      heard.push({ where: args.join(" "), text: stdout + stderr });
      return code;
    };
    await test({ world, providers, data, heard, run });
  });
}

/** Connects with each kind of credential but the app of Linear, which the console connects. */
async function connectAll({ world, providers, run }: Scene): Promise<void> {
  const { githubUrl, gitlabUrl, jiraUrl, linearUrl } = providers;
  const key = `${world.home}/app.pem`;
  await Deno.writeTextFile(key, PEM);
  const app = ["--app-id", "17", "--installation", "4", "--private-key-file", key];
  const site = ["--site", jiraUrl, "--email", MAIL];
  const lines: readonly (readonly [readonly string[], string])[] = [
    [["github", "--repository", "acme/web", "--name", "web", "--api-url", githubUrl], TOKEN],
    [["github", ...app, "--name", "app", "--api-url", githubUrl], ""],
    [["jira", ...site, "--project", "SHOP", "--name", "shop"], API_TOKEN],
    [["linear", "--team-key", "ENG", "--name", "eng", "--api-url", linearUrl], KEY],
    [["linear", "--team-key", "WEB", "--name", "own", "--api-url", linearUrl], OAUTH],
    [["gitlab", "--project", "acme/web", "--name", "lab", "--api-url", gitlabUrl], GITLAB],
  ];
  for (const [line, stdin] of lines) {
    assert.equal(await run(["host", "connect", ...line], stdin), 0, line.join(" "));
  }
  await Deno.remove(key);
}

/** How a token stands in a header. */
function basicOf(mail: string, token: string): string {
  return new TextEncoder().encode(`${mail}:${token}`).toBase64();
}

/** What stands in the forms in which a secret can be written, and in the middle of it. */
function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const lines = secret.split("\n").filter((line) => line.length > 30);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice("secret=".length),
    bytes.toBase64({ omitPadding: true }),
    bytes.toBase64({ alphabet: "base64url", omitPadding: true }),
    ...lines,
  ];
}

function leaksIn(places: readonly Heard[], secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => formsOf(secret));
  return places.flatMap(({ where, text }) => {
    const found = forms.find((form) => text.includes(form));
    return found === undefined ? [] : [`${where}: ${found.slice(0, 16)}`];
  });
}

/** Bytes of files, as texts. */
async function textsOf(paths: readonly string[]): Promise<Heard[]> {
  return await Promise.all(paths.map(async (path) => ({
    where: path,
    text: new TextDecoder("latin1").decode(await Deno.readFile(path)),
  })));
}

Deno.test("no provider that says again what it was sent has a credential shown or stored in clear", () =>
  withCredentials(async (scene) => {
    const { world, providers, data, heard, run } = scene;
    const port = String(freePort());
    const url = `http://127.0.0.1:${port}`;
    await connectAll(scene);
    const host = await serve(world, ["--data", data, "--log", "json", "--public-url", url], port);
    const browser = consoleBrowser({
      raw: (request) => fetch(request, { redirect: "manual" }),
    }, { origin: url });
    const page = async (path: string) => {
      const { status, html } = await browser.open(path);
      heard.push({ where: path, text: html });
      return status;
    };
    const username = "ada@example.com";
    await browser.send("/sign-in", "/sign-in", { username, password: "correct horse battery" });
    const form = "/connections/new/linear?kind=app";
    const app = { kind: "app", client: "client", places: "OPS", url: providers.linearUrl };
    const named = { ...app, name: "ops", secret: CLIENT_SECRET };
    providers.failing = FAILINGS[0] ?? null;
    const refused = await browser.send(form, "/connections/new/linear", named);
    heard.push({ where: "a form that is refused", text: refused.html });
    assert.equal(refused.status, 422);
    providers.failing = null;
    const sent = await browser.send(form, "/connections/new/linear", named);
    assert.equal(sent.status, 303, sent.html);
    const choose = sent.location;
    const place = { place: uuid(2, 2) };
    assert.equal((await browser.send(choose, choose, place)).status, 303);
    const renamed = ["host", "connection", "rename", "linear", "--to", "ops"];
    assert.equal(await run(renamed), 0, String(heard.at(-1)?.text));
    await signIn(world, url);

    const everywhere = async () => {
      for (const name of NAMES) {
        await run(["host", "connection", "test", name, "--verbose"]);
      }
      await run(["host", "sync", "--json"]);
      await run(["host", "connection", "list", "--json"]);
      for (const name of NAMES) await run(["host", "connection", "show", name]);
      await run(["host", "check", "--json"]);
      for (const path of ["/connections", "/activity", "/audit"]) await page(path);
    };
    // A job that had failed before may say so after a test that works.
    const heal = async () => {
      providers.failing = null;
      for (let tries = 0; tries < 30; tries++) {
        for (const name of NAMES) {
          const code = await run(["host", "connection", "test", name]);
          assert.equal(code, 0, String(heard.at(-1)?.text));
        }
        if (await run(["host", "sync"]) === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      assert.fail(String(heard.at(-1)?.text));
    };
    await heal();
    providers.failures = 0;
    const ofWebhooks = FAILINGS.filter(({ name }) => /^(503|422|403 for)/.test(name));
    for (
      const [failings, fails] of [
        [FAILINGS, () => true],
        [
          ofWebhooks,
          ({ body }: { readonly body: string }) => /"(?:secret|signing_token)":/.test(body),
        ],
      ] as const
    ) {
      for (const failing of failings) {
        providers.failing = failing;
        providers.fails = fails;
        const before = providers.failures;
        await everywhere();
        await untilSo(() => providers.failures > before);
        await heal();
      }
    }
    const bound = await ends(world, 0, ["bind", "-p", "github", "--select", "1"]);
    heard.push({ where: "bind", text: bound.stdout });
    providers.failing = FAILINGS[0] ?? null;
    providers.fails = () => true;
    await page(choose);
    await heal();
    await run(["host", "backup", `${world.home}/copy.db`]);
    await run(["host", "audit", "--json"]);
    for (const line of [["status", "--json"], ["doctor", "--json"], ["sync", "pull", "--json"]]) {
      const { stdout, stderr } = await world.here(line);
      heard.push({ where: line.join(" "), text: stdout + stderr });
    }
    for (const path of ["/readyz", "/", "/projects", "/issues"]) await page(path);
    const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
    for (const path of ["/metrics", "/api/v1/tracker/resources/?provider=github"]) {
      const answer = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${token}`, "x-team-slug": "red" },
      });
      assert.equal(answer.status, 200, path);
      heard.push({ where: path, text: await answer.text() });
    }
    heard.push({ where: "the log", text: await terminate(host) });
    const { secrets } = providers;
    assert.ok(
      [TOKEN, KEY, OAUTH, GITLAB, CLIENT_SECRET, basicOf(MAIL, API_TOKEN)].every((one) =>
        secrets.has(one)
      ),
    );
    // The token of an installation, its signed name, tokens of the app, and secrets of webhooks.
    assert.ok(secrets.size >= 10, [...secrets].join("\n"));
    const files = (await filesUnder(data)).filter((path) => !path.endsWith("/host.key"));
    assert.ok(files.length > 0);
    const stored = await textsOf([...files, `${world.home}/copy.db`]);
    assert.deepEqual(leaksIn([...heard, ...stored], [PEM, API_TOKEN, ...secrets]), []);
  }));

/** What the system tells of a process and of those it has started: their words, and their environments. */
async function processesOf(pid: number): Promise<Heard[]> {
  const told: Heard[] = [];
  for (const name of ["cmdline", "environ"]) {
    const bytes = await Deno.readFile(`/proc/${pid}/${name}`);
    told.push({ where: `${name} of ${pid}`, text: new TextDecoder().decode(bytes) });
  }
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  for (const child of children.split(" ").filter((one) => one !== "")) {
    told.push(...await processesOf(Number(child)));
  }
  return told;
}

Deno.test({
  name: "no list of processes shows a credential while it is used",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withCredentials(async ({ world, providers, data }) => {
      const { githubUrl, gitlabUrl, jiraUrl, linearUrl } = providers;
      const key = `${world.home}/app.pem`;
      await Deno.writeTextFile(key, PEM);
      const app = ["--app-id", "17", "--installation", "4", "--private-key-file", key];
      const host = await serve(world, ["--data", data]);
      const seen: Heard[] = [];
      for (
        const [line, stdin] of [
          [["github", "--repository", "acme/web", "--api-url", githubUrl], TOKEN],
          [["github", ...app, "--api-url", githubUrl], ""],
          [["jira", "--site", jiraUrl, "--email", MAIL], API_TOKEN],
          [["linear", "--api-url", linearUrl], KEY],
          [["gitlab", "--project", "acme/web", "--api-url", gitlabUrl], GITLAB],
        ] as const
      ) {
        const words = [...programUnderTest(), "host", "connect", ...line, "--data", data];
        const child = processIn(world, words, { stdin: "piped" }).spawn();
        let calls = 0;
        providers.onCall = async () => {
          calls++;
          seen.push(...await processesOf(child.pid), ...await processesOf(host.child.pid));
        };
        const writer = child.stdin.getWriter();
        await writer.write(new TextEncoder().encode(stdin));
        await writer.close();
        const { code, stderr } = await child.output();
        providers.onCall = () => {};
        assert.equal(code, 0, new TextDecoder().decode(stderr));
        assert.ok(calls > 0);
      }
      await terminate(host);
      assert.ok(seen.some(({ text }) => text.includes("connect")));
      assert.deepEqual(leaksIn(seen, [PEM, API_TOKEN, ...providers.secrets]), []);
    }),
});
