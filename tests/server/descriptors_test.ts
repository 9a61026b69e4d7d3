import assert from "node:assert/strict";

const LIMIT = 200;
const CONNECTIONS = 300;

/** Starts a host that may have few descriptors; answers its address once it serves. */
async function startLimited(
  dataDir: string,
  flags: string,
): Promise<{ child: Deno.ChildProcess; port: number }> {
  const script = new URL("host_process.ts", import.meta.url).pathname;
  const line = `ulimit -n ${LIMIT}; exec "$0" run ${flags} --no-check --quiet "$1" "$2"`;
  const child = new Deno.Command("sh", {
    args: ["-c", line, Deno.execPath(), script, dataDir],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = (await reader.read()).value?.trim() ?? "";
  await reader.cancel();
  return { child, port: Number(new URL(url).port) };
}

async function health(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/tracker/health/`);
  await answer.body?.cancel();
  return answer.status;
}

/** With all permissions a host knows how many descriptors it may have, with fewer it does not. */
const PERMISSIONS = {
  "all permissions": "-A",
  "the permissions of an executable":
    "--no-prompt --allow-read --allow-write --allow-net --allow-env --allow-sys=hostname,uid,statfs",
};

for (const [words, flags] of Object.entries(PERMISSIONS)) {
  Deno.test({
    name: `a host with ${words} answers beside more half-open connections than descriptors`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
      const { child, port } = await startLimited(dataDir, flags);
      const half = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n");
      const sockets: Deno.TcpConn[] = [];
      try {
        for (let turn = 0; turn < CONNECTIONS; turn++) {
          const socket = await Deno.connect({ hostname: "127.0.0.1", port });
          sockets.push(socket);
          await socket.write(half).catch(() => {});
        }
        assert.equal(await health(port), 200);
        for (const socket of sockets.splice(0)) socket.close();
        assert.equal(await health(port), 200);
      } finally {
        for (const socket of sockets) socket.close();
        child.kill("SIGKILL");
        await child.status;
        await Deno.remove(dataDir, { recursive: true });
      }
    },
  });
}
