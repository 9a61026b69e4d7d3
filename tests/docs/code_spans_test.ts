import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";

const ROOT = new URL("../../", import.meta.url);

Deno.test("Code in a sentence stands on one line, so that it can be copied and found", async () => {
  const wrong: string[] = [];
  const pages = await pagesOfTheRepository();
  for (const page of pages) {
    for (const line of brokenSpans(await Deno.readTextFile(new URL(page, ROOT)))) {
      wrong.push(`${page}:${line}`);
    }
  }
  assert.ok(pages.length > 90, "the pages were found");
  assert.deepEqual(wrong, []);
});

Deno.test("code in a sentence that breaks over two lines is found, and code beside a line's end is not", () => {
  const page = [
    "Some words and `code",
    "of two lines` in a sentence.",
    "",
    "- An item with `code`",
    "  and ``more ` of",
    "  it``.",
    "",
    "```sh",
    "a `fence",
    "is` no sentence",
    "```",
    "",
    "A lone ` here",
    "is no code.  ",
    "Neither is this.",
  ];
  assert.deepEqual(brokenSpans(page.join("\n")), [1, 4]);
});

/** First lines of the paragraphs that hold a line end which is not one of their text. */
function brokenSpans(page: string): number[] {
  const wrong: number[] = [];
  for (const { type, content, children, map } of new MarkdownIt().parse(page, {})) {
    if (type !== "inline") continue;
    const ends = content.split("\n").length - 1;
    const breaks = children?.filter(({ type }) => /^(?:soft|hard)break$/.test(type)) ?? [];
    if (ends !== breaks.length) wrong.push((map?.[0] ?? 0) + 1);
  }
  return wrong;
}

async function pagesOfTheRepository(): Promise<string[]> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd: ROOT,
  }).output();
  assert.ok(success, "the pages are listed");
  return new TextDecoder().decode(stdout).split("\n").filter((name) => name !== "");
}
