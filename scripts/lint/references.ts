/** The published union leaves out the one kind that only parameters have. */
export type Node = Deno.lint.Node | Deno.lint.TSParameterProperty;

/**
 * Whether an identifier reads a global: it stands where a value is used, and no function, block or
 * import around it declares the name. The lint API hands out the tree alone, without scopes.
 */
export function isReference(node: Deno.lint.Identifier): boolean {
  return isUse(node, node.parent) && !isDeclared(node);
}

function isUse(node: Deno.lint.Identifier, parent: Node): boolean {
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
      return parent.key !== node || parent.computed;
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSEnumMember":
    case "TSParameterProperty":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
    case "MetaProperty":
    case "TSFunctionType":
    case "TSNamedTupleMember":
    case "TSTypePredicate":
    case "JSXAttribute":
      return false;
    case "TSQualifiedName":
      return parent.left === node;
    case "TSTypeReference":
      // A type named like a global says nothing of the machine; `Deno.X` comes by the qualified name.
      return false;
    case "ExportSpecifier":
      return parent.local === node;
    default:
      return true;
  }
}

function isDeclared(node: Deno.lint.Identifier): boolean {
  let scope: Node | null = node.parent;
  while (scope !== null) {
    if (declaredBy(scope).has(node.name)) return true;
    scope = ("parent" in scope ? scope.parent : null) ?? null;
  }
  return false;
}

/** The names that a node brings into scope for what is inside it. */
function declaredBy(scope: Node): Set<string> {
  const names = new Set<string>();
  switch (scope.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "TSEmptyBodyFunctionExpression":
    case "TSDeclareFunction":
      if ("id" in scope && scope.id) names.add(scope.id.name);
      for (const parameter of scope.params) bindings(parameter, names);
      break;
    case "TSFunctionType":
    case "TSMethodSignature":
      for (const parameter of scope.params) bindings(parameter, names);
      break;
    case "CatchClause":
      if (scope.param) bindings(scope.param, names);
      break;
    case "ForStatement":
      if (scope.init) statement(scope.init, names);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      statement(scope.left, names);
      break;
    case "SwitchStatement":
      for (const part of scope.cases) for (const one of part.consequent) statement(one, names);
      break;
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
      for (const one of scope.body) statement(one, names);
      break;
  }
  return names;
}

function statement(node: Node, names: Set<string>): void {
  switch (node.type) {
    case "VariableDeclaration":
      for (const one of node.declarations) bindings(one.id, names);
      break;
    case "FunctionDeclaration":
    case "ClassDeclaration":
      if (node.id) names.add(node.id.name);
      break;
    case "ImportDeclaration":
      for (const specifier of node.specifiers) names.add(specifier.local.name);
      break;
    case "ExportNamedDeclaration":
      if (node.declaration) statement(node.declaration, names);
      break;
  }
}

export function bindings(node: Node, names: Set<string>): void {
  switch (node.type) {
    case "Identifier":
      names.add(node.name);
      break;
    case "ObjectPattern":
      for (const property of node.properties) {
        bindings(property.type === "Property" ? property.value : property, names);
      }
      break;
    case "ArrayPattern":
      for (const element of node.elements) if (element) bindings(element, names);
      break;
    case "AssignmentPattern":
      bindings(node.left, names);
      break;
    case "RestElement":
      bindings(node.argument, names);
      break;
    case "TSParameterProperty":
      bindings(node.parameter, names);
      break;
  }
}
