import { COLUMNS, ROWS, type Script } from "./script.ts";

/**
 * A recording as an asciicast, version 2: a header, then `[seconds, "o", text]` on a line each
 * (https://docs.asciinema.org/manual/asciicast/v2/).
 */
export function castOf(script: Script, title: string): string {
  const header = { version: 2, width: COLUMNS, height: ROWS, title };
  const events: [number, "o", string][] = [];
  for (const beat of script.beats) {
    if (beat.kind === "output") {
      events.push([beat.at, "o", `${beat.text.replaceAll("\n", "\r\n")}\r\n\r\n`]);
      continue;
    }
    const characters = [...beat.text];
    const each = (beat.typed - beat.at) / characters.length;
    characters.forEach((character, index) => {
      const seconds = Math.round((beat.at + each * (index + 1)) * 1000) / 1000;
      events.push([seconds, "o", index === characters.length - 1 ? `${character}\r\n` : character]);
    });
  }
  // A player stops at its last event; this one leaves time to read.
  events.push([script.seconds, "o", ""]);
  return [header, ...events].map((line) => JSON.stringify(line)).join("\n") + "\n";
}
