/** How the program is installed from npm. */
const INSTALL = `## Install it

\`\`\`sh
npm install -g @spec-kitty/tracker
tracker --help
\`\`\`

or, without installing it, \`npx @spec-kitty/tracker --help\`. The package needs Node 18 or newer, on
Linux (glibc), macOS or Windows. It runs with the Deno that it depends on, which comes from npm as
well. Nothing else is downloaded, and no install script has to run. The program has the
permissions of the [executables](docs/permissions.md#sets).

\`man tracker\` shows the manual. Completion for your shell is in the package:

\`\`\`sh
. "$(npm root -g)/@spec-kitty/tracker/completion/tracker.bash"
\`\`\`

[Install](docs/install.md#npm) has the other shells and the other ways.
`;

/** Sections that are about a checkout or the library, neither of which is in the package. */
const LEFT_OUT = ["Install it", "For programs"];

/**
 * The README of the npm package, from ours: without what needs a checkout, with npm's way to install it, and with links
 * that lead to the files of the release. `base` is the address of its files, with a slash at the end.
 */
export function npmReadme(readme: string, base: string): string {
  const [head = "", ...sections] = readme.split(/^(?=## )/m);
  // What follows the introduction shows the program by means of a checkout.
  const [introduction = ""] = head.split(/^See it work\./m);
  const kept = sections.filter((section) =>
    !LEFT_OUT.some((heading) => section.startsWith(`## ${heading}\n`))
  );
  const text = [introduction, `${INSTALL}\n`, ...kept].join("");
  return absolute(plainBlocks(text), base);
}

/** Blocks without the words that the check of our pages reads. */
function plainBlocks(text: string): string {
  return text.replaceAll(/^<!-- docs:[\s\S]*?-->\n\n?/gm, "")
    .replaceAll(/^(```[a-z]+)[ :].*$/gm, "$1");
}

function absolute(text: string, base: string): string {
  return text.replaceAll(
    /\]\((?!https?:|#)([^)]+)\)/g,
    (_, path: string) => `](${new URL(path, base).href})`,
  );
}
