import type { Node } from "./references.ts";
import { bindings } from "./references.ts";

/** Functions that are given to one of these run inside a transaction. */
const IN_TRANSACTION = "inTransaction";
const TRANSACTION = "transaction";

type Callback = Deno.lint.ArrowFunctionExpression | Deno.lint.FunctionExpression;

/**
 * Reports what runs inside a transaction and uses the store or the context outside: it would wait for the end of the
 * transaction that waits for it, or read what was there before.
 */
export function insideTransaction(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  if (!context.filename.replaceAll("\\", "/").includes("src/server/")) return {};
  const textOf = (node: Deno.lint.Node) => context.sourceCode.getText(node);
  const check = (node: Deno.lint.Identifier | Deno.lint.MemberExpression) => {
    const outside = outsideOf(node, textOf);
    if (outside === null || isHarmless(node)) return;
    context.report({
      node,
      message: `"${outside}" is outside of the transaction`,
      hint: "Use what the function of the transaction is handed, under the same name.",
    });
  };
  return { Identifier: check, MemberExpression: check };
}

/** The store or context that a node means, when it stands in a function that runs in a transaction of that one. */
function outsideOf(
  node: Deno.lint.Identifier | Deno.lint.MemberExpression,
  textOf: (node: Deno.lint.Node) => string,
): string | null {
  const text = textOf(node);
  for (let outer = parentOf(node); outer !== null; outer = parentOf(outer)) {
    if (!isCallback(outer)) continue;
    const names = new Set<string>();
    for (const parameter of outer.params) bindings(parameter, names);
    if (names.has(text.split(".")[0] ?? "")) return null;
    const opened = openedBy(outer);
    if (opened !== null && textOf(opened) === text) return text;
  }
  return null;
}

/** What the transaction is one of that a function runs in; `null` for any other function. */
function openedBy(callback: Callback): Deno.lint.Node | null {
  const call = callback.parent;
  if (call.type !== "CallExpression" || !call.arguments.some((one) => one === callback)) {
    return null;
  }
  const { callee } = call;
  if (callee.type === "Identifier" && callee.name === IN_TRANSACTION) {
    return call.arguments[0] ?? null;
  }
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return null;
  return callee.property.name === TRANSACTION ? callee.object : null;
}

/** Time and identifiers are the same inside and outside. */
function isHarmless(node: Deno.lint.Node): boolean {
  const parent = parentOf(node);
  if (parent?.type !== "MemberExpression") return isKey(node, parent);
  if (parent.object !== node) return true;
  return parent.property.type === "Identifier" && parent.property.name !== "store" &&
    parent.property.name !== TRANSACTION && !["one", "all", "run"].includes(parent.property.name);
}

/** A name of a property is no use of a variable, unless it stands for its value, too. */
function isKey(node: Deno.lint.Node, parent: Node | null): boolean {
  return parent?.type === "Property" && parent.key === node && !parent.shorthand;
}

function isCallback(node: Node): node is Callback {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}

function parentOf(node: Node): Node | null {
  return ("parent" in node ? node.parent : null) ?? null;
}
