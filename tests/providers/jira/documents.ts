/** Documents of Jira Cloud for properties: every kind of node, as Atlassian's schema allows it. */
import fc from "../../support/properties.ts";
import type { AdfDocument, AdfMark, AdfNode } from "../../../src/providers/jira/adf/document.ts";
import { ADDRESSES, TEXTS } from "./drafts.ts";

const WORDS = TEXTS.filter((text) => text !== "");
const NAMES = fc.constantFrom("a name", "x*y", "[z]", "", " ", "Ada Lovelace", "<b>");
const COLOURS = fc.constantFrom("#ff0000", "#00AA11");
const IDS = fc.constantFrom("id-1", "id-2", "5b10:a/b (c)", "é");

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Attributes, those that are not there left out. */
function attrs(
  given: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(given).map((all) =>
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  );
}

const LOCAL = { localId: optional(IDS) };

const LINK: fc.Arbitrary<AdfMark> = attrs({
  href: fc.oneof(ADDRESSES, fc.constantFrom("javascript:alert(1)", "jira:mention/1", "a\nb")),
  title: optional(NAMES),
  id: optional(IDS),
}).map((given) => ({ type: "link", attrs: given }));

const ANNOTATION: AdfMark = {
  type: "annotation",
  attrs: { id: "note-1", annotationType: "inlineComment" },
};

const LOOKS: fc.Arbitrary<readonly AdfMark[]> = fc.oneof(
  fc.constant([]),
  fc.subarray<AdfMark>([
    { type: "em" },
    { type: "strong" },
    { type: "strike" },
    { type: "underline" },
    ANNOTATION,
  ], { maxLength: 3 }),
  LINK.map((mark) => [mark]),
  fc.constantFrom("sub", "sup").map((type) => [{ type: "subsup", attrs: { type } }]),
  COLOURS.map((color) => [{ type: "textColor", attrs: { color } }]),
  COLOURS.map((color) => [{ type: "backgroundColor", attrs: { color } }, { type: "strong" }]),
  fc.constant([{ type: "code" }]),
  LINK.map((mark) => [{ type: "code" }, mark]),
);

const TEXT: fc.Arbitrary<AdfNode> = fc.tuple(WORDS, LOOKS).map(([text, marks]) =>
  marks.length === 0 ? { type: "text", text } : { type: "text", text, marks }
);

function node(type: string, given: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<AdfNode> {
  return attrs(given).map((found) => ({ type, attrs: found }));
}

const MEDIA: fc.Arbitrary<AdfNode> = node("media", {
  type: fc.constantFrom("file", "link"),
  id: IDS,
  collection: NAMES,
  alt: optional(NAMES),
  width: optional(fc.nat(500)),
});

const EXTERNAL: fc.Arbitrary<AdfNode> = node("media", {
  type: fc.constant("external"),
  url: ADDRESSES,
  alt: optional(NAMES),
  height: optional(fc.nat(500)),
});

/** What of an extension only its maker understands. */
const EXTENSION = {
  extensionKey: fc.constantFrom("toc", "chart"),
  extensionType: fc.constant("com.example"),
  parameters: optional(fc.jsonValue({ maxDepth: 2 })),
  text: optional(NAMES),
};

/** Nodes of lines. */
export const INLINES: fc.Arbitrary<AdfNode> = fc.oneof(
  { weight: 10, arbitrary: TEXT },
  { weight: 2, arbitrary: fc.constant<AdfNode>({ type: "hardBreak" }) },
  node("mention", { id: IDS, text: optional(NAMES), accessLevel: optional(NAMES), ...LOCAL }),
  node("emoji", {
    shortName: fc.constantFrom(":smile:", ":x_y:", ":+1:"),
    id: optional(IDS),
    text: optional(fc.constantFrom("😄", "👩‍👩‍👧", ":smile:", "")),
  }),
  node("date", {
    timestamp: fc.constantFrom("1706659200000", "1706659200001", "0", "x", "-1"),
    ...LOCAL,
  }),
  node("status", { text: WORDS, color: fc.constantFrom("blue", "neutral", "#ff00ff"), ...LOCAL }),
  node("inlineCard", { url: ADDRESSES, ...LOCAL }),
  node("inlineCard", { data: fc.jsonValue({ maxDepth: 1 }) }),
  node("placeholder", { text: NAMES, ...LOCAL }),
  node("mediaInline", { id: IDS, collection: NAMES, alt: optional(NAMES) }),
  node("inlineExtension", EXTENSION),
);

const LINE: fc.Arbitrary<readonly AdfNode[]> = fc.array(INLINES, { maxLength: 5 });

function block(
  type: string,
  content: fc.Arbitrary<readonly AdfNode[]>,
  given: Record<string, fc.Arbitrary<unknown>> = {},
  marks: fc.Arbitrary<readonly AdfMark[]> = fc.constant([]),
): fc.Arbitrary<AdfNode> {
  return fc.tuple(content, attrs(given), marks).map(([within, found, looks]) => ({
    type,
    ...(Object.keys(found).length === 0 ? {} : { attrs: found }),
    content: within,
    ...(looks.length === 0 ? {} : { marks: looks }),
  }));
}

function some(
  arbitraries: readonly fc.Arbitrary<AdfNode>[],
  minLength = 1,
): fc.Arbitrary<readonly AdfNode[]> {
  return fc.array(fc.oneof(...arbitraries), { minLength, maxLength: minLength + 2 });
}

const PARAGRAPH = block("paragraph", LINE, LOCAL);
const LEVEL = fc.integer({ min: 1, max: 6 });
const HEADING = block("heading", LINE, { level: LEVEL, ...LOCAL });
const RULE = fc.constant<AdfNode>({ type: "rule" });
const CODE = block(
  "codeBlock",
  fc.array(WORDS.map((text): AdfNode => ({ type: "text", text })), { maxLength: 2 }),
  {
    language: optional(fc.constantFrom("ts", "c++", "plain text", "`", "")),
    wrap: optional(fc.boolean()),
  },
);
const CAPTION = block("caption", fc.array(TEXT, { maxLength: 2 }));
const LAYOUT = { layout: fc.constantFrom("center", "wide") };
const PICTURE = fc.oneof(
  block("mediaSingle", MEDIA.map((one) => [one]), LAYOUT),
  block("mediaSingle", EXTERNAL.map((one) => [one]), { ...LAYOUT, width: fc.constant(50) }),
  block("mediaSingle", fc.tuple(MEDIA, CAPTION), LAYOUT),
);
const GROUP = block("mediaGroup", some([MEDIA]));
const APP = fc.oneof(node("extension", EXTENSION));
const DECISIONS = block(
  "decisionList",
  some([block("decisionItem", LINE, { localId: IDS, state: fc.constant("DECIDED") })]),
  {
    localId: IDS,
  },
);
const CARD = node("blockCard", { url: ADDRESSES });
const EMBED = node("embedCard", { url: ADDRESSES, ...LAYOUT });
const STATE = fc.constantFrom("TODO", "DONE");

const TASK = fc.oneof(
  { weight: 6, arbitrary: block("taskItem", LINE, { localId: IDS, state: STATE }) },
  {
    weight: 1,
    arbitrary: block("blockTaskItem", PARAGRAPH.map((one) => [one]), {
      localId: IDS,
      state: STATE,
    }),
  },
);

const TASKS: fc.Memo<AdfNode> = fc.memo((depth) =>
  block("taskList", some(depth > 1 ? [TASK, TASK, TASK, TASKS()] : [TASK]), { localId: IDS })
);

const LISTS: fc.Memo<AdfNode> = fc.memo((depth) => {
  const within = depth > 1
    ? [PARAGRAPH, PARAGRAPH, CODE, PICTURE, APP, TASKS(1), LISTS()]
    : [PARAGRAPH, PARAGRAPH, CODE];
  const items = some([block("listItem", some(within), LOCAL)]);
  return fc.oneof(
    block("bulletList", items),
    block("orderedList", items, { order: optional(fc.constantFrom(0, 1, 3, 5.5, 1e12)) }),
  );
});

const QUOTE = block("blockquote", some([PARAGRAPH, LISTS(1), CODE, PICTURE, GROUP, APP]));

const PANEL = block(
  "panel",
  some([PARAGRAPH, HEADING, LISTS(1), CARD, GROUP, PICTURE, CODE, TASKS(1), RULE, DECISIONS, APP]),
  {
    panelType: fc.constantFrom("info", "note", "tip", "warning", "error", "success", "custom"),
    panelColor: optional(COLOURS),
  },
);

const NESTED_EXPAND = block(
  "nestedExpand",
  some([PARAGRAPH, HEADING, CODE, LISTS(1), TASKS(1), RULE, QUOTE, PANEL]),
  {
    title: NAMES,
  },
);

const CELL = {
  background: optional(COLOURS),
  colspan: optional(fc.constantFrom(1, 1, 1, 2)),
  rowspan: optional(fc.constantFrom(1, 1, 1, 2)),
  colwidth: optional(fc.constant([120])),
};

const IN_CELLS = fc.oneof(
  { weight: 6, arbitrary: PARAGRAPH.map((one): readonly AdfNode[] => [one]) },
  {
    weight: 1,
    arbitrary: some([
      PARAGRAPH,
      LISTS(2),
      CODE,
      PICTURE,
      PANEL,
      QUOTE,
      RULE,
      HEADING,
      TASKS(1),
      CARD,
      EMBED,
      GROUP,
      DECISIONS,
      APP,
      NESTED_EXPAND,
    ]),
  },
);

const TABLE = fc.tuple(fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 3 })).chain(
  ([hasHead, isPlain, width]) => {
    const cell = (type: string) => block(type, IN_CELLS, isPlain ? {} : CELL);
    const row = (type: string) =>
      block("tableRow", fc.array(cell(type), { minLength: width, maxLength: width }));
    const rows = fc.tuple(row(hasHead ? "tableHeader" : "tableCell"), some([row("tableCell")]));
    return block("table", rows.map(([first, others]) => [first, ...others]), {
      layout: optional(fc.constant("wide")),
    });
  },
);

const IN_EXPANDS = [
  PARAGRAPH,
  PANEL,
  QUOTE,
  LISTS(2),
  RULE,
  HEADING,
  CODE,
  GROUP,
  PICTURE,
  DECISIONS,
  TASKS(2),
  TABLE,
  CARD,
  EMBED,
  APP,
];

const COLUMN = block("layoutColumn", some([PARAGRAPH, HEADING]), { width: fc.constant(50) });

const ALIGNED: fc.Arbitrary<readonly AdfMark[]> = fc.constantFrom<readonly AdfMark[]>(
  [],
  [{ type: "alignment", attrs: { align: "center" } }],
);

/** Blocks at the root of a document. */
export const BLOCKS: fc.Arbitrary<AdfNode> = fc.oneof(
  { weight: 8, arbitrary: PARAGRAPH },
  { weight: 1, arbitrary: block("paragraph", LINE, {}, ALIGNED) },
  {
    weight: 1,
    arbitrary: block(
      "paragraph",
      LINE,
      {},
      fc.constant([{ type: "indentation", attrs: { level: 2 } }]),
    ),
  },
  { weight: 2, arbitrary: block("heading", LINE, { level: LEVEL }, ALIGNED) },
  { weight: 4, arbitrary: LISTS(2) },
  { weight: 2, arbitrary: TASKS(2) },
  { weight: 2, arbitrary: TABLE },
  { weight: 2, arbitrary: PANEL },
  { weight: 2, arbitrary: QUOTE },
  CODE,
  RULE,
  PICTURE,
  GROUP,
  APP,
  DECISIONS,
  CARD,
  EMBED,
  block("expand", some([...IN_EXPANDS, NESTED_EXPAND]), { title: optional(NAMES) }),
  block("bodiedExtension", some([PARAGRAPH, LISTS(1)]), EXTENSION),
  block("layoutSection", fc.tuple(COLUMN, COLUMN)),
  node("syncBlock", { resourceId: IDS, localId: IDS }),
  block("bodiedSyncBlock", some([PARAGRAPH]), { resourceId: IDS, localId: IDS }),
);

/** Whole documents. */
export const DOCUMENTS: fc.Arbitrary<AdfDocument> = fc.array(BLOCKS, { maxLength: 5 })
  .map((content) => ({ type: "doc", version: 1, content }));
