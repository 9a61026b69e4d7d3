import assert from "node:assert/strict";
import { systemFetch } from "../../src/platform/network.ts";

const PROGRAM = new URL("./programs/ask.ts", import.meta.url).pathname;

function serving(handler: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
}

Deno.test("a request to this machine goes past every proxy", async () => {
  const proxied: string[] = [];
  const proxy = serving((request) => {
    proxied.push(request.headers.get("authorization") ?? "");
    return new Response("proxy");
  });
  const server = serving(() => new Response("direct"));
  const { port } = server.addr;
  try {
    const proxyUrl = `http://127.0.0.1:${proxy.addr.port}`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", `--allow-net=127.0.0.1:${port}`, PROGRAM].concat(
        `http://127.0.0.1:${port}/`,
      ),
      env: { HTTP_PROXY: proxyUrl, http_proxy: proxyUrl, ALL_PROXY: proxyUrl, NO_PROXY: "" },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "direct", new TextDecoder().decode(stderr));
    assert.deepEqual(proxied, []);
  } finally {
    await proxy.shutdown();
    await server.shutdown();
  }
});

Deno.test("requests to this machine use a connection again", async () => {
  const connections = new Set<number>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (_request, { remoteAddr }) => {
      connections.add(remoteAddr.port);
      return new Response("direct");
    },
  );
  const ask = systemFetch();
  try {
    for (let i = 0; i < 5; i++) {
      const response = await ask(new Request(`http://127.0.0.1:${server.addr.port}/`));
      assert.equal(await response.text(), "direct");
    }
    assert.equal(connections.size, 1);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a long answer of this machine is read to its end, at any of its names", async () => {
  const chunk = new Uint8Array(64 * 1024);
  const server = serving(() => {
    let left = 64;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(chunk);
          else controller.close();
        },
      }),
    );
  });
  try {
    for (const name of ["127.0.0.1", "localhost"]) {
      const response = await systemFetch()(new Request(`http://${name}:${server.addr.port}/`));
      assert.equal((await response.arrayBuffer()).byteLength, 64 * chunk.length);
    }
  } finally {
    await server.shutdown();
  }
});

Deno.test("a request to this machine is given up when its signal says so", async () => {
  const server = serving(() => new Response(new ReadableStream({})));
  const giveUp = new AbortController();
  try {
    const { signal } = giveUp;
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const response = await systemFetch()(new Request(url, { signal }));
    const reading = assert.rejects(response.text(), { name: "AbortError" });
    giveUp.abort();
    await reading;
  } finally {
    await server.shutdown();
  }
});
