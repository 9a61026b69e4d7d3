#!/usr/bin/env node
// Starts the program of this package with the Deno that the package depends on, and with its permissions.
"use strict";
const { dirname, join } = require("node:path");

const PROGRAM = join(__dirname, "tracker.js");
// Deno asks for no newer version of itself: the package names the one that runs it.
const ENV = { ...process.env, DENO_NO_UPDATE_CHECK: "1" };

const deno = findDeno();
const args = ["run", ...require("./flags.json"), PROGRAM, ...process.argv.slice(2)];
if (process.platform !== "win32" && typeof process.execve === "function") {
  // Deno takes the place of this process, with its terminal and its signals.
  process.execve(deno, [deno, ...args], ENV);
}
start();

/** The executable in Deno's package for this machine; no install script has to have run. */
function findDeno() {
  const windows = process.platform === "win32";
  const libc = process.platform === "linux" ? "-glibc" : "";
  const machine = `${process.platform}-${process.arch}${libc}`;
  try {
    const from = dirname(require.resolve("deno/package.json"));
    const found = require.resolve(`@deno/${machine}/package.json`, { paths: [from] });
    return join(dirname(found), windows ? "deno.exe" : "deno");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    return fail(
      `The package "@deno/${machine}" is not installed beside tracker`,
      "Install tracker again, with optional packages. Deno has none for this machine? Then tracker " +
        "does not run on it.",
    );
  }
}

/** Runs Deno as a child: signals are passed on, and its end becomes the end of this process. */
function start() {
  const { spawn } = require("node:child_process");
  const { isatty } = require("node:tty");
  const child = spawn(deno, args, { stdio: "inherit", env: ENV });
  // What is typed on a terminal reaches the child by itself: twice, it would be another Ctrl-C.
  const isTyped = process.platform === "win32" || [0, 1, 2].some(isatty);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
  for (const signal of process.platform === "win32" ? ["SIGINT", "SIGBREAK"] : signals) {
    const isKey = signal === "SIGINT" || signal === "SIGQUIT" || signal === "SIGBREAK";
    process.on(signal, () => {
      if (!isKey || !isTyped) child.kill(signal);
    });
  }
  child.on(
    "error",
    (error) => fail(`Cannot start ${deno}: ${error.message}`, "Install tracker again."),
  );
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message, nextAction) {
  console.error(`✗ ${message}\n  ${nextAction}`);
  process.exit(1);
}
