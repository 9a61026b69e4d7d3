// Stands in for the program of the npm package: says how it was started, or waits for signals.
const [what, ...args] = Deno.args;

if (what === "facts") {
  const has = (name, more) => Deno.permissions.querySync({ name, ...more }).state === "granted";
  console.log(JSON.stringify({
    args,
    input: await new Response(Deno.stdin.readable).text(),
    permissions: {
      read: has("read"),
      ffi: has("ffi"),
      import: has("import"),
      home: has("env", { variable: "HOME" }),
      path: has("env", { variable: "PATH" }),
      hostname: has("sys", { kind: "hostname" }),
      cpus: has("sys", { kind: "cpus" }),
    },
  }));
} else if (what === "exit") {
  Deno.exit(Number(args[0]));
} else if (what === "kill") {
  Deno.kill(Deno.pid, args[0]);
} else {
  const counts = { SIGINT: 0, SIGHUP: 0 };
  for (const signal of Object.keys(counts)) {
    Deno.addSignalListener(signal, () => {
      counts[signal]++;
      console.log(`got ${signal}`);
    });
  }
  Deno.addSignalListener("SIGTERM", () => {
    console.log(`counts ${JSON.stringify(counts)}`);
    Deno.exit(7);
  });
  console.log(`ready ${Deno.pid} ${Deno.ppid}`);
  // Listeners alone do not keep it running.
  for await (const _ of Deno.stdin.readable);
}
