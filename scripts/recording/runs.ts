/** Characters beside each other that look alike. */
export interface Run {
  readonly text: string;
  /** `bold`, `dim` or the name of a colour. */
  readonly classes: readonly string[];
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const ESCAPE = "\u001b";
const SEQUENCE = new RegExp(`${ESCAPE}\\[([\\d;]*)m`);

/** The rows that a terminal of `columns` shows of a text with colours, each as its runs. */
export function rowsOf(text: string, columns: number): Run[][] {
  const style: { bold: boolean; dim: boolean; colour: string | null } = {
    bold: false,
    dim: false,
    colour: null,
  };
  const rows: Run[][] = [];
  for (const line of text.split("\n")) {
    let row: Run[] = [];
    let room = columns;
    // The odd pieces are the numbers of the sequences.
    line.split(SEQUENCE).forEach((piece, index) => {
      if (index % 2 === 1) return apply(piece);
      let rest = piece;
      while (rest !== "") {
        if (room === 0) {
          rows.push(row);
          [row, room] = [[], columns];
        }
        const part = rest.slice(0, room);
        row.push({ text: part, classes: classesNow() });
        room -= part.length;
        rest = rest.slice(part.length);
      }
    });
    rows.push(row);
  }
  return rows;

  function apply(numbers: string): void {
    for (const code of numbers.split(";").map(Number)) {
      if (code === 0) Object.assign(style, { bold: false, dim: false, colour: null });
      else if (code === 1) style.bold = true;
      else if (code === 2) style.dim = true;
      else if (code === 22) Object.assign(style, { bold: false, dim: false });
      else if (code >= 30 && code <= 37) style.colour = COLOURS[code - 30] ?? null;
      else if (code === 39) style.colour = null;
      else throw new Error(`The recording knows no sequence ${code}`);
    }
  }

  function classesNow(): string[] {
    const words = [style.bold ? "bold" : "", style.dim ? "dim" : "", style.colour ?? ""];
    return words.filter((word) => word !== "");
  }
}
