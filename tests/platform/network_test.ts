import assert from "node:assert/strict";
import { systemFetch } from "../../src/platform/network.ts";
import { freePort } from "../support/free_port.ts";
import {
  AUTHORITY_FILE,
  HOST_TLS,
  kept,
  type RawReply,
  type RawServerOptions,
  withRawServer,
} from "../support/raw_server.ts";

const PROGRAM = new URL("./programs/ask.ts", import.meta.url).pathname;

/** Not a name of this machine's for the program, but one that leads here all the same. */
const ELSEWHERE = "0.0.0.0";

/** Every server that tests start here answers over plain HTTP and over TLS. */
const PROTOCOLS: readonly (readonly ["http" | "https", RawServerOptions])[] = [
  ["http", {}],
  ["https", { tls: HOST_TLS }],
];

/** Sends requests one after the other from a process of their own, and answers what came of each. */
async function asking(
  requests: readonly string[],
  { env = {}, net = [] }: { env?: Record<string, string>; net?: readonly string[] } = {},
): Promise<readonly string[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      `--allow-net=${net.join(",")}`,
      PROGRAM,
      ...requests,
    ],
    // Deno itself would ask for a newer version, through the proxy.
    env: { DENO_NO_UPDATE_CHECK: "1", DENO_CERT: AUTHORITY_FILE, ...env },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(text !== "", new TextDecoder().decode(stderr));
  return text.trimEnd().split("\n");
}

function proxied(url: string): Record<string, string> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  return {
    ...Object.fromEntries(names.flatMap((name) => [[name, url], [name.toLowerCase(), url]])),
    NO_PROXY: "",
    no_proxy: "",
  };
}

for (const [protocol, options] of PROTOCOLS) {
  Deno.test(`a request to this machine over ${protocol} goes past every proxy, in origin form`, async () => {
    await withRawServer(() => kept("proxy"), async (proxy) => {
      await withRawServer(() => kept("direct"), async (server) => {
        for (const name of ["127.0.0.1", "localhost"]) {
          const at = `${name}:${server.port}`;
          const answers = await asking([
            `GET ${protocol}://${at}/a/?b=c`,
            `POST ${protocol}://${at}/a/`,
          ], { env: proxied(`http://127.0.0.1:${proxy.port}`), net: [at] });
          assert.deepEqual(answers, ["200 direct", "200 direct"]);
        }
        const lines = ["GET /a/?b=c HTTP/1.1", "POST /a/ HTTP/1.1"];
        assert.deepEqual(server.lines(), [...lines, ...lines]);
        assert.deepEqual(proxy.lines(), []);
      }, options);
    });
  });

  Deno.test(`a request to another machine over ${protocol} goes through the proxy, read or write`, async () => {
    await withRawServer(() => null, async (proxy) => {
      const at = `${ELSEWHERE}:9999`;
      await asking([`GET ${protocol}://${at}/`, `POST ${protocol}://${at}/`], {
        env: proxied(`http://127.0.0.1:${proxy.port}`),
        net: [at],
      });
      assert.equal(proxy.lines().length, 2);
    });
  });
}

const DROPS: readonly (readonly [string, RawReply])[] = [
  ["without a word", null],
  ["within the status line", { write: "HTTP/1.1 2" }],
  ["after the head", { write: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" }],
  ["within the body", { write: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel" }],
];

for (const name of ["localhost", ELSEWHERE]) {
  const where = name === ELSEWHERE ? "another machine" : "this machine";
  for (const [protocol, options] of PROTOCOLS) {
    for (const [when, drop] of DROPS) {
      Deno.test(`a write to ${where} over ${protocol} that is dropped ${when} was sent once, on a fresh connection and a used one`, async () => {
        await withRawServer(
          ({ line }) => line.startsWith("GET") ? kept("ok") : drop,
          async (server) => {
            const at = `${name}:${server.port}`;
            const write = `POST ${protocol}://${at}/`;
            const answers = await asking([write, `GET ${protocol}://${at}/`, write], { net: [at] });
            assert.deepEqual(answers, ["failed", "200 ok", "failed"]);
            assert.deepEqual(server.lines().map((line) => line.split(" ")[0]), [
              "POST",
              "GET",
              "POST",
            ]);
          },
          options,
        );
      });
    }
  }
}

Deno.test("what may be repeated uses a connection to another machine again, a write does not", async () => {
  await withRawServer(() => kept("ok"), async (server) => {
    const at = `${ELSEWHERE}:${server.port}`;
    const url = `https://${at}/`;
    await asking([`GET ${url}`, `POST ${url} mayRepeat`, `GET ${url}`, `POST ${url}`], {
      net: [at],
    });
    assert.deepEqual(server.seen.map(({ connection }) => connection), [1, 1, 1, 2]);
  }, { tls: HOST_TLS });
});

Deno.test("a request carries its headers and body, their length and its host", async () => {
  await withRawServer(() => kept("ok"), async (server) => {
    const response = await systemFetch()(
      new Request(`http://127.0.0.1:${server.port}/`, {
        method: "POST",
        headers: { "X-Name": "caf\u00e9", "Content-Type": "text/plain" },
        body: "hello",
      }),
    );
    assert.equal(await response.text(), "ok");
    const [seen] = server.seen;
    assert.equal(seen?.body, "hello");
    assert.equal(seen.headers["host"], `127.0.0.1:${server.port}`);
    assert.equal(seen.headers["content-length"], "5");
    assert.equal(seen.headers["content-type"], "text/plain");
    // One byte, which alone is no UTF-8.
    assert.equal(seen.headers["x-name"], "caf\ufffd");
  });
});

Deno.test("a write without a body says that it has none, a read says nothing of one", async () => {
  await withRawServer(() => kept("ok"), async (server) => {
    for (const method of ["POST", "GET"]) {
      const url = `http://127.0.0.1:${server.port}/`;
      await (await systemFetch()(new Request(url, { method }))).text();
    }
    const lengths = server.seen.map(({ headers }) => headers["content-length"]);
    assert.deepEqual(lengths, ["0", undefined]);
  });
});

Deno.test("an answer that comes before the request has been read counts", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(1024));
    await connection.write(
      new TextEncoder().encode("HTTP/1.1 413 No\r\nContent-Length: 3\r\n\r\nbig"),
    );
    return connection;
  })();
  try {
    const body = new Uint8Array(8 * 1024 * 1024);
    const url = `http://127.0.0.1:${listener.addr.port}/`;
    const response = await systemFetch()(new Request(url, { method: "POST", body }));
    assert.deepEqual([response.status, await response.text()], [413, "big"]);
  } finally {
    (await serving).close();
    listener.close();
  }
});

Deno.test("a long answer of this machine is read to its end, at any of its names", async () => {
  const chunk = new Uint8Array(64 * 1024);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
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

Deno.test("a refused connection to this machine is told in the system's words", async () => {
  const port = freePort();
  for (const name of ["127.0.0.1", "localhost"]) {
    const asked = systemFetch()(new Request(`http://${name}:${port}/`));
    await assert.rejects(asked, /Connection refused/);
  }
});

/** What a server does before it says no more. */
const SILENCES: readonly (readonly [string, RawReply])[] = [
  ["before the head", { write: "", keep: true }],
  ["within the head", { write: "HTTP/1.1 200 OK\r\nContent-", keep: true }],
  ["within the body", { write: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel", keep: true }],
];

for (const [when, silence] of SILENCES) {
  Deno.test(`a request to this machine that falls silent ${when} is given up when its signal says so`, async () => {
    const giveUp = new AbortController();
    await withRawServer(() => {
      // When this has been sent and read, nothing more comes.
      queueMicrotask(() => setTimeout(() => giveUp.abort(new Error("given up")), 20));
      return silence;
    }, async (server) => {
      const url = `http://127.0.0.1:${server.port}/`;
      const asked = systemFetch()(new Request(url, { signal: giveUp.signal }))
        .then((response) => response.text());
      await assert.rejects(asked, /given up/);
    });
  });
}

Deno.test("a request that was given up beforehand does not go out", async () => {
  await withRawServer(() => kept("ok"), async (server) => {
    const url = `http://127.0.0.1:${server.port}/`;
    const signal = AbortSignal.abort(new Error("given up"));
    await assert.rejects(systemFetch()(new Request(url, { signal })), /given up/);
    assert.deepEqual(server.lines(), []);
  });
});
