import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { type Block, markdownView } from "../../../pages/markdown.ts";
import type { Inline } from "../../../pages/markdown_inline.ts";
import type { TableBlock } from "../../../pages/markdown_table.ts";

/**
 * A text in Markdown. HTML in it stays text, pictures from elsewhere are links, and a link says where it leads; the
 * headings of the text come below the heading around it, which is an `h2`.
 */
export function Markdown({ text }: { readonly text: string }): JSX.Element {
  const { blocks, cut } = markdownView(text);
  return (
    <div class="text">
      {drawn(blocks)}
      {cut ? <p class="soft">The text is longer; the rest is not shown here.</p> : null}
    </div>
  );
}

function drawn(blocks: readonly Block[]): Child[] {
  return blocks.map(drawBlock);
}

function drawBlock(block: Block): Child {
  switch (block.kind) {
    case "heading":
      return heading(block.level, words(block.text));
    case "paragraph":
      return <p>{words(block.text)}</p>;
    case "code":
      return (
        <pre tabindex={0}>
          <code>{block.code}</code>
        </pre>
      );
    case "quote":
      return <blockquote>{drawn(block.blocks)}</blockquote>;
    case "rule":
      return <hr />;
    case "table":
      return <Table table={block} />;
    case "list": {
      const items = block.items.map(({ checked, blocks }) => <li>{item(checked, blocks)}</li>);
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
  }
}

function Table({ table: { alignments, head, rows } }: { readonly table: TableBlock }): JSX.Element {
  const side = (column: number) => alignments[column] ?? undefined;
  return (
    <table role="table" aria-label="Table">
      <thead role="rowgroup">
        <tr role="row">
          {head.map((cell, column) => (
            <th role="columnheader" scope="col" class={side(column)}>{words(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row">
            {row.map((cell, column) => <td role="cell" class={side(column)}>{words(cell)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function heading(level: number, inside: Child): Child {
  if (level === 1) return <h3>{inside}</h3>;
  if (level === 2) return <h4>{inside}</h4>;
  return level === 3 ? <h5>{inside}</h5> : <h6>{inside}</h6>;
}

function item(checked: boolean | null, blocks: readonly Block[]): Child {
  if (checked === null) return drawn(blocks);
  return (
    <div class="task">
      <span
        class={checked ? "box checked" : "box"}
        role="img"
        aria-label={checked ? "done" : "to do"}
      >
        {checked ? "✓" : ""}
      </span>
      <div>{drawn(blocks)}</div>
    </div>
  );
}

function words(parts: readonly Inline[]): Child[] {
  return parts.map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "code":
        return <code>{part.text}</code>;
      case "break":
        return <br />;
      case "strong":
        return <strong>{words(part.parts)}</strong>;
      case "emphasis":
        return <em>{words(part.parts)}</em>;
      case "struck":
        return <s>{words(part.parts)}</s>;
      case "link":
        return <Outside url={part.url} host={part.host}>{words(part.parts)}</Outside>;
    }
  });
}

/** A link that leads elsewhere, and says so; `host` is where it leads, whatever its words say. */
export function Outside(
  { url, host, children }: {
    readonly url: string;
    readonly host: string;
    readonly children?: Child;
  },
): JSX.Element {
  return (
    <>
      <a href={url} rel="noopener noreferrer nofollow">{children}</a>
      <span class="soft">{` (${host})`}</span>
    </>
  );
}
