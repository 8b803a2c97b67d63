// A small virtual DOM: views are functions of state that return trees, and `patch` makes a place
// in the document look like such a tree. Elements keep their identity by key, so focus stays.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Describe an element.
 * @param {string} tag
 * @param {Object<string, any>|null} [props] attributes; onname: listener; key: identity
 * @param {...any} children
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: flat(children) };
}

function flat(children) {
  const found = [];
  for (const child of children) {
    if (Array.isArray(child)) found.push(...flat(child));
    else if (child !== null && child !== undefined && child !== false && child !== "") {
      found.push(typeof child === "object" ? child : String(child));
    }
  }
  return found;
}

/** Make the children of an element look like a list of trees. */
export function patch(parent, ...trees) {
  reconcile(parent, flat(trees), parent.namespaceURI === SVG);
}

function reconcile(parent, wanted, isSvg) {
  const keyed = new Map();
  for (const node of parent.childNodes) {
    if (node.__key !== undefined) keyed.set(node.__key, node);
  }
  // What is no longer wanted goes first, so that what stays need not be moved and keeps its focus.
  const keys = new Set(wanted.map((tree) => tree.props?.key));
  for (const [key, node] of keyed) if (!keys.has(key)) node.remove();
  let at = parent.firstChild;
  for (const tree of wanted) {
    if (typeof tree === "string") {
      if (at && at.nodeType === 3) {
        if (at.data !== tree) at.data = tree;
        at = at.nextSibling;
      } else parent.insertBefore(document.createTextNode(tree), at);
      continue;
    }
    const key = tree.props.key;
    let node = null;
    if (key !== undefined) {
      node = keyed.get(key) ?? null;
      if (node && node.localName !== tree.tag) node = null;
      if (node) keyed.delete(key);
    } else if (at && at.nodeType === 1 && at.__key === undefined && at.localName === tree.tag) {
      node = at;
    }
    if (!node) node = create(tree, isSvg);
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
    update(node, tree);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function create(tree, isSvg) {
  const svg = isSvg || tree.tag === "svg";
  const node = svg ? document.createElementNS(SVG, tree.tag) : document.createElement(tree.tag);
  if (tree.props.key !== undefined) node.__key = tree.props.key;
  node.__props = {};
  return node;
}

function update(node, tree) {
  const before = node.__props ?? {};
  const after = tree.props;
  for (const name of Object.keys(before)) if (!(name in after)) assign(node, name, null);
  for (const [name, value] of Object.entries(after)) {
    if (before[name] !== value || name === "value" || name === "checked") {
      assign(node, name, value);
    }
  }
  node.__props = after;
  if (after.opaque) return;
  reconcile(node, tree.children, node.namespaceURI === SVG);
}

function assign(node, name, value) {
  if (name === "key" || name === "opaque") return;
  if (name.startsWith("on")) node[name] = value;
  else if (name === "value" || name === "checked") {
    if (node[name] !== value) node[name] = value ?? "";
  } else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}
