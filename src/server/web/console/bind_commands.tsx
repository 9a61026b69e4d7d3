import type { JSX } from "hono/jsx/jsx-runtime";
import type { Visit } from "./visit.ts";

/** The commands that take a clone of a project from nothing to its first issues, as the visitor types them. */
export function BindCommands(
  { visit, provider }: { readonly visit: Visit; readonly provider: string | null },
): JSX.Element {
  const user = quoted(visit.session.user.username);
  const lines = [
    "export SPEC_KITTY_ENABLE_SAAS_SYNC=1",
    `tracker auth login --host ${visit.baseUrl} --username ${user}`,
    `tracker bind --provider ${provider ?? "PROVIDER"}`,
    "tracker sync pull",
  ];
  return <pre tabindex={0}>{lines.join("\n")}</pre>;
}

/** Returns a word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@.+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
