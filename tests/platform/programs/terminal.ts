/** Uses the standard streams as its first argument says. */
import { TrackerError } from "../../../src/platform/tracker_error.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

const { stdin, stdout, stderr } = systemPlatform().terminal;
switch (Deno.args[0]) {
  case "flood":
    for (let i = 0; i < 20_000; i++) stdout.write(`line ${i} of a text that nobody reads\n`);
    stderr.write("done\n");
    break;
  case "echo":
    for (let line = await stdin.readLine(); line !== null; line = await stdin.readLine()) {
      stdout.write(`[${line}]`);
    }
    break;
  case "line":
    await stdin.readLine().then(
      (line) => stdout.write(`line=${line}`),
      (error) => stdout.write(error instanceof TrackerError ? error.code : String(error)),
    );
    break;
  case "rest": {
    const first = await stdin.readLine();
    const rest = await stdin.readAll().then(
      (all) => `rest=${JSON.stringify(all)}`,
      (error) => error instanceof TrackerError ? error.code : String(error),
    );
    stdout.write(`first=${first} ${rest}`);
    break;
  }
  case "secret": {
    // Asked first, so that the terminal has stopped showing keys when the prompt appears.
    const secret = stdin.readSecret();
    stderr.write("Password: ");
    stdout.write(`got=${JSON.stringify(await secret)}\n`);
    break;
  }
  case "interrupted secret": {
    const controller = new AbortController();
    systemPlatform().signals.listen("SIGINT", () => controller.abort());
    const secret = stdin.readSecret(controller.signal).catch(() => "given up");
    stderr.write("Password: ");
    stdout.write(`got=${await secret}\n`);
    const { stdout: settings } = await new Deno.Command("stty", { args: ["-a"], stdin: "inherit" })
      .output();
    stdout.write(/ echo /.test(new TextDecoder().decode(settings)) ? "shown again\n" : "hidden\n");
    Deno.exit(0);
    break;
  }
  case "facts":
    stdout.write(`${stdin.isTerminal} ${stdout.isTerminal} ${stdout.columns()} ${stdout.rows()}`);
    break;
}
