import assert from "node:assert/strict";
import { parse } from "yaml";
import { PROBE_PATHS } from "../../src/server/api/probes.ts";
import { KEY_VARIABLE } from "../../src/server/context/key_source.ts";
import { commandNamed } from "../support/cli.ts";

const EXAMPLES = new URL("../../docs/examples/", import.meta.url);
const text = (name: string) => Deno.readTextFile(new URL(name, EXAMPLES));

/** What systemd and its environment file put into a line, for one instance. */
async function filledIn(line: string): Promise<string> {
  const env = new Map(
    [...(await text("host.env")).matchAll(/^([A-Z_]+)=(.*)$/gm)].map((
      [, name = "", value = ""],
    ) => [name, value]),
  );
  return line.replaceAll("%i", "8787").replaceAll("%d", "/run/credentials").replaceAll(
    /\$\{([A-Z_]+)\}/g,
    (_, name: string) => {
      const value = env.get(name);
      assert.ok(value !== undefined, `host.env has no ${name}`);
      return value;
    },
  );
}

/** The `host …` command lines of an example. */
async function hostLines(name: string): Promise<string[]> {
  const content = await text(name);
  const lines = name === "compose.yaml"
    ? Object.entries(parse(content).services).flatMap(([, service]) => commandOf(service))
    : [...content.matchAll(/^ExecStart=\/usr\/local\/bin\/tracker (.*)$/gm)]
      .map(([, line = ""]) => line);
  const inComments = [...content.matchAll(/^# .*\b(host (?:user|key) .*)$/gm)].map((
    [, line = ""],
  ) => line.replace(/`.*$/, ""));
  return await Promise.all([...lines, ...inComments].map(filledIn));
}

function commandOf(service: unknown): string[] {
  return service instanceof Object && "command" in service ? [String(service.command)] : [];
}

/** The value of an option in a line, such as that of `--listen`. */
function valueOf(line: string, option: string): string {
  const words = line.trim().split(/\s+/);
  return words[words.indexOf(option) + 1] ?? "";
}

const FILES = ["tracker-host.service", "tracker-host@.service", "compose.yaml"];

Deno.test("every command line of the examples is one that the program takes", async () => {
  for (const file of FILES) {
    const lines = await hostLines(file);
    assert.ok(lines.some((line) => line.startsWith("host serve ")), file);
    for (const line of lines) {
      const words = line.trim().split(/\s+/);
      const length = words[1] === "serve" ? 2 : 3;
      const command = await commandNamed(words.slice(0, length).join(" "));
      const outcome = await command.parse(words.slice(length), true);
      assert.equal(outcome.kind, "parsed", `${file}: ${line}: ${JSON.stringify(outcome)}`);
    }
  }
});

Deno.test("the proxies send requests to the addresses that the hosts listen on", async () => {
  const [one = ""] = await hostLines("tracker-host.service");
  assert.match(
    await text("Caddyfile"),
    new RegExp(`reverse_proxy ${valueOf(one, "--listen")}$`, "m"),
  );
  assert.ok((await text("nginx.conf")).includes(`proxy_pass http://${valueOf(one, "--listen")};`));

  const [replica = ""] = await hostLines("tracker-host@.service");
  const replicas = await text("Caddyfile.replicas");
  assert.ok(replicas.includes(` ${valueOf(replica, "--listen")} `));

  const { services } = parse(await text("compose.yaml"));
  const [composed = ""] = await hostLines("compose.yaml");
  const [, port] = valueOf(composed, "--listen").split(":");
  const names = Object.keys(services).filter((name) => name.startsWith("replica-"));
  assert.equal(names.length, 3);
  const targets = names.map((name) => `${name}:${port}`).join(" ");
  assert.ok((await text("Caddyfile.compose")).includes(`reverse_proxy ${targets} {`));
});

Deno.test("the balancers ask for readiness more often than a stopping replica answers on", async () => {
  for (
    const [caddy, file] of [["Caddyfile.replicas", "tracker-host@.service"], [
      "Caddyfile.compose",
      "compose.yaml",
    ]] as const
  ) {
    const balancer = await text(caddy);
    assert.ok(balancer.includes(`health_uri ${PROBE_PATHS.ready}\n`), caddy);
    const interval = Number(/health_interval (\d+)s/.exec(balancer)?.[1]);
    const [line = ""] = await hostLines(file);
    const drain = Number(valueOf(line, "--drain-seconds"));
    assert.ok(interval > 0 && interval < drain, `${caddy}: ${interval}, ${drain}`);
    // Ten seconds for the requests under way come after it.
    const stop = /^TimeoutStopSec=(\d+)$|stop_grace_period: (\d+)s/m.exec(await text(file));
    assert.ok(Number(stop?.[1] ?? stop?.[2]) > drain + 10, file);
  }
});

Deno.test("what the examples name exists in them: secrets, names and addresses of the host", async () => {
  const unit = await text("tracker-host@.service");
  for (const [, name = ""] of unit.matchAll(/%d\/(\S+)/g)) {
    assert.ok(unit.includes(`LoadCredential=${name}:/etc/tracker/`), name);
  }
  const { secrets, services } = parse(await text("compose.yaml"));
  const [line = ""] = await hostLines("compose.yaml");
  for (const [, name = ""] of line.matchAll(/\/run\/secrets\/(\S+)/g)) {
    assert.ok(name in secrets && services["replica-1"].secrets.includes(name), name);
  }
  // The key and the password come from files, not from the environment.
  for (const file of [...FILES, "host.env"]) {
    const content = await text(file);
    assert.ok(!content.includes(KEY_VARIABLE) && !content.includes("DATABASE_PASSWORD="), file);
  }
  for (const file of FILES) {
    const [first = ""] = await hostLines(file);
    assert.equal(valueOf(first, "--public-url"), "https://tracker.example.com");
  }
  for (const caddy of ["Caddyfile", "Caddyfile.replicas", "Caddyfile.compose"]) {
    assert.match(await text(caddy), /^tracker\.example\.com \{$/m, caddy);
  }
});

Deno.test("Prometheus scrapes the figures of the host on one machine", async () => {
  const [line = ""] = await hostLines("tracker-host.service");
  const { scrape_configs } = parse(await text("prometheus.yml"));
  assert.deepEqual(scrape_configs[0].static_configs[0].targets, [
    valueOf(line, "--metrics-listen"),
  ]);
});
