/// <reference lib="dom" />
import type { Page } from "playwright-core";

/**
 * What is wrong with a page for people who see, point or hear differently; empty when nothing is. A page
 * that changes by itself has a live region.
 *
 * @param texts How many texts there are at least: a check that has looked at none shows nothing.
 */
export async function accessibilityFaults(
  page: Page,
  { changes = true, texts = 10 } = {},
): Promise<string[]> {
  return [
    ...await page.evaluate(structureFaults, changes),
    ...await page.evaluate(contrastFaults, texts),
  ];
}

/** Runs in the page: landmarks, headings, names, labels, references, tables. */
function structureFaults(changes: boolean): string[] {
  const faults: string[] = [];
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const shown = (element: Element) => element.checkVisibility();
  const once = (selector: string) => {
    if (all(selector).length !== 1) faults.push(`${all(selector).length} of ${selector}`);
  };
  if (document.documentElement.lang === "") faults.push("no language");
  if (document.title.trim() === "") faults.push("no title");
  for (const selector of ["main", "h1", "body > header", "body > footer"]) once(selector);

  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const own = Number(heading.tagName.slice(1));
    if (own > level + 1) faults.push(`heading "${heading.textContent}" skips a level`);
    if (heading.textContent?.trim() === "") faults.push("an empty heading");
    level = own;
  }

  const ids = all("[id]").map(({ id }) => id);
  for (const id of ids) {
    if (ids.filter((one) => one === id).length > 1) faults.push(`id ${id} twice`);
  }
  for (const name of ["aria-labelledby", "aria-describedby", "for"]) {
    for (const element of all(`[${name}]`)) {
      for (const id of (element.getAttribute(name) ?? "").split(" ")) {
        if (document.getElementById(id) === null) faults.push(`${name} "${id}" leads nowhere`);
      }
    }
  }

  for (const element of all("button, a, input, section, [role=group], [role=search], table")) {
    if (!shown(element)) continue;
    const label = element.getAttribute("aria-label") ??
      document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent ??
      (element.id === ""
        ? null
        : document.querySelector(`label[for="${element.id}"]`)?.textContent) ??
      (/^(A|BUTTON)$/.test(element.tagName) ? element.textContent : null);
    if ((label ?? "").trim() === "") faults.push(`no name: ${element.outerHTML.slice(0, 80)}`);
  }
  for (const image of all("img")) {
    if (!image.hasAttribute("alt")) faults.push("an image without alt");
  }
  for (const table of all("table")) {
    const columns = table.querySelectorAll("th[scope=col]").length;
    for (const row of table.querySelectorAll("tbody tr")) {
      if (row.children.length !== columns) faults.push("a row with other cells than its header");
    }
    for (const [selector, role] of [["tr", "row"], ["th", "columnheader"], ["td", "cell"]]) {
      for (const part of table.querySelectorAll(selector ?? "")) {
        if (part.getAttribute("role") !== role) faults.push(`a ${selector} without its role`);
      }
    }
  }
  for (const element of all("[tabindex]")) {
    if (Number(element.getAttribute("tabindex")) > 0) faults.push("a tab order of its own");
  }
  for (const list of all("dl")) {
    for (const part of list.children) {
      if (part.querySelector("dt") === null || part.querySelector("dd") === null) {
        faults.push("a description list with a part that is no pair");
      }
    }
  }
  if (changes && all("[role=status], [aria-live]").length === 0) faults.push("no live region");
  return faults;
}

/** Runs in the page: contrast of every text with what is painted behind it; 4.5, large text 3. */
function contrastFaults(least: number): string[] {
  type Color = readonly [red: number, green: number, blue: number, alpha: number];
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (canvas === null) return ["no canvas to compute colours with"];
  const colorOf = (text: string): Color => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top: Color, below: Color): Color => {
    const mix = (a: number, b: number) => a * top[3] + b * (1 - top[3]);
    return [mix(top[0], below[0]), mix(top[1], below[1]), mix(top[2], below[2]), 1];
  };
  const groundOf = (element: Element | null): Color => {
    if (element === null) return [255, 255, 255, 1];
    const own = colorOf(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
  };
  const luminance = (color: Color) => {
    const part = (value: number) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(color[0]) + 0.7152 * part(color[1]) + 0.0722 * part(color[2]);
  };
  const contrast = (a: Color, b: Color) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const faults: string[] = [];
  let texts = 0;
  const judge = (element: Element, ink: string, words: string) => {
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const found = contrast(over(colorOf(ink), ground), ground);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    texts++;
    if (found < (isLarge ? 3 : 4.5)) {
      faults.push(`contrast ${found.toFixed(2)} of "${words.slice(0, 40)}" (${element.className})`);
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.textContent?.trim() ?? "";
    if (element === null || words === "" || /^(SCRIPT|STYLE|NOSCRIPT)$/.test(element.tagName)) {
      continue;
    }
    if (!element.checkVisibility()) continue;
    judge(element, getComputedStyle(element).color, words);
  }
  for (const input of document.querySelectorAll("input")) {
    judge(input, getComputedStyle(input, "::placeholder").color, input.placeholder);
  }
  if (texts < least) faults.push(`only ${texts} texts were looked at`);
  return [...new Set(faults)];
}
