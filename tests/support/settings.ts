/** Builders of the user's settings, `config.toml`. */
import { join } from "../../src/platform/paths.ts";
import type { TestPlatform } from "./platform.ts";

/** Writes the settings of the user: a table of tables of values, as TOML. */
export async function writeSettings(
  platform: Pick<TestPlatform, "files" | "home">,
  settings: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>,
): Promise<void> {
  const text = Object.entries(settings).map(([table, values]) =>
    [
      `[${table}]`,
      ...Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
      "",
    ].join("\n")
  ).join("\n");
  await platform.files.writeAtomic(join(platform.home, ".spec-kitty", "config.toml"), text);
}
