/** Drafts for properties: whatever Markdown can show, with words that look like Markdown. */
import fc from "../../support/properties.ts";
import {
  type Block,
  EMPHASES,
  type Emphasis,
  isLinkable,
  type Link,
  oneLine,
  ordered,
  PANEL_NAMES,
  type Piece,
  type Task,
  type Tasks,
} from "../../../src/providers/jira/markdown/draft.ts";
import { isSilent } from "../../../src/providers/jira/markdown/write.ts";
import { tidy } from "../../../src/providers/jira/markdown/tidy.ts";

/** Parts of words that Markdown or wiki markup may take for their own. */
const TRICKY: readonly string[] = [
  ..."*_~`[]()<>!#&|\\+-=.:;{}^?\"'/@",
  ...[
    "**",
    "__",
    "~~",
    "```",
    "~~~",
    "---",
    "===",
    "- ",
    "+ ",
    "1. ",
    "10) ",
    "# ",
    "> ",
    "| ",
    "||",
  ],
  ...[
    "![",
    "](",
    "]: ",
    "[ ] ",
    "[x]",
    "[!NOTE]",
    "<u>",
    "</u>",
    "<br>",
    "<b",
    "&amp;",
    "&#35;",
    "\\\\",
  ],
  ...[
    "https://x.y/z_a_b",
    "<https://x.y>",
    "a@b.cc",
    "snake_case_word",
    "2 * 3",
    "{code}",
    "{{x}}",
  ],
  ...[
    "h1. ",
    "bq. ",
    "* ",
    "{quote}",
    "!a.png!",
    "[~ada]",
    "[a|b]",
    "----",
    "{color:red}",
    "(/)",
    ":)",
  ],
  ...[" ", "  ", "\t", "\n", "\u00a0", "\u2028", "\0", "\r", "\u200b", "\u202e", "\ufeff", "\x1b"],
  ...["é", "е́", "漢字", "😀", "👩‍👩‍👧", "\ud800", "ß", "«", "…", "٣"],
];

/** Words that look like anything. */
export const TEXTS: fc.Arbitrary<string> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("a", "word", "two words", "Z9", "x ", " y") },
    { weight: 2, arbitrary: fc.constantFrom(...TRICKY) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  ),
  { minLength: 1, maxLength: 7 },
).map((parts) => parts.join(""));

/** Addresses, odd ones among them. */
export const ADDRESSES: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "https://example.com/a",
    "/browse/X-1",
    "#top",
    "mailto:a@b.c",
    "http://x.y/a_(b)",
  ),
  fc.constantFrom("http://x/?a=1&amp;b=2", "a b", "<x>", "", "\\", "http://x/\\)", '"q"', "a)b("),
).filter(isLinkable);

const LINKS: fc.Arbitrary<Link> = fc.record({
  href: ADDRESSES,
  title: fc.option(fc.constantFrom("title", 'a "b"', "x \\ y", "&amp;", "(", "*"), { nil: null }),
});

const LOOKS: fc.Arbitrary<readonly Emphasis[]> = fc.subarray([...EMPHASES], { maxLength: 3 })
  .map((given) => given.includes("code") ? ["code"] : ordered(given));

const PIECES: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("words" as const),
      text: TEXTS,
      emphases: fc.oneof(fc.constant([]), LOOKS),
      link: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: LINKS }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Piece>({ kind: "break" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("atom" as const),
      target: fc.constantFrom("mention/5b10", "extension/0a1b2c", "status/blue", "media/77"),
      words: fc.constantFrom("@Ada", "IN PROGRESS", "a]b", "![x](y)", "*"),
      isPicture: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Piece>(
      { kind: "address", url: "https://x.y/a_b_c?d=*e*" },
      { kind: "picture", url: "https://x.y/p.png", alt: "a *picture*" },
    ),
  },
);

/** Lines in their normal form. */
export const LINES: fc.Arbitrary<readonly Piece[]> = fc.array(PIECES, { maxLength: 6 }).map(tidy);

/** Words of one line: titles and the like. */
const TITLES: fc.Arbitrary<string> = TEXTS.map((text) => oneLine(plainOf(tidy([words(text)]))));

const CODE: fc.Arbitrary<string> = TEXTS.map((text) =>
  text.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd")
);

const TASKS: fc.Memo<Tasks> = fc.memo((depth) =>
  fc.array(fc.tuple(TASK, depth > 1 ? fc.option(TASKS(), { nil: null }) : fc.constant(null)), {
    minLength: 1,
    maxLength: 3,
  }).map((given): Tasks => ({
    kind: "tasks",
    entries: given.flatMap(([task, nested]) => nested === null ? [task] : [task, nested]),
  }))
);

const TASK: fc.Arbitrary<Task> = fc.record({
  kind: fc.constant("task" as const),
  isDone: fc.boolean(),
  inline: LINES,
});

const TABLES: fc.Arbitrary<Block> = fc.integer({ min: 1, max: 3 }).chain((width) =>
  fc.array(fc.array(LINES, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 3 })
    .map((rows): Block => ({
      kind: "table",
      hasHead: rows[0]?.some((cell) => cell.length > 0) ?? false,
      rows,
    }))
);

const LEAVES: fc.Arbitrary<Block> = fc.oneof(
  {
    weight: 5,
    arbitrary: LINES.map((inline): Block => ({ kind: "paragraph", inline })).filter((one) =>
      !isSilent(one)
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 6 }), LINES).map(([level, inline]): Block => ({
      kind: "heading",
      level,
      inline,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(null, "ts", "c++", "objective-c"), CODE).map((
      [language, text],
    ): Block => ({ kind: "code", language, text })),
  },
  { weight: 1, arbitrary: fc.constant<Block>({ kind: "rule" }) },
  { weight: 1, arbitrary: TABLES },
  { weight: 1, arbitrary: TASKS(2) },
);

const NESTED: fc.Memo<Block> = fc.memo((depth) => {
  if (depth <= 1) return LEAVES;
  const within = fc.array(NESTED(), { maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: LEAVES },
    { weight: 1, arbitrary: within.map((blocks): Block => ({ kind: "quote", blocks })) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...PANEL_NAMES), TITLES, within).map((
        [name, title, blocks],
      ): Block => ({ kind: "panel", name, title: name === "EXPAND" ? title : "", blocks })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(
        fc.constantFrom(null, 0, 1, 7),
        fc.array(within, { minLength: 1, maxLength: 3 }),
      ).map(([start, items]): Block => ({ kind: "list", start, items })),
    },
  );
});

/** Texts that Markdown can show. */
export const DRAFTS: fc.Arbitrary<readonly Block[]> = fc.array(NESTED(3), { maxLength: 5 });

/** Markdown as people write it, and worse. */
export const MARKDOWNS: fc.Arbitrary<string> = fc.array(
  fc.oneof(
    TEXTS,
    fc.constantFrom(
      "\n",
      "\n\n",
      "\n  ",
      "\n    ",
      "\n- ",
      "\n1. ",
      "\n> ",
      "\n```\n",
      "\n---\n",
      "\n# ",
    ),
    fc.constantFrom(
      "\n| a | b |\n|---|---|\n| c | d |\n",
      "**a** ",
      "[t](http://x.y) ",
      "<div>\n",
      "`c` ",
    ),
    fc.constantFrom(
      "[a]: http://x.y\n",
      "[a]",
      "![p](http://x.y/p.png)",
      "> [!TIP]\n> ",
      "\n- [ ] t",
    ),
    fc.constantFrom(
      "[@A](jira:mention/1)",
      "[S](jira:status/red)",
      "[x](jira:zzz/0)",
      "[y](javascript:1)",
    ),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

function words(text: string): Piece {
  return { kind: "words", text, emphases: [], link: null };
}

function plainOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.kind === "words" ? piece.text : "").join("");
}
