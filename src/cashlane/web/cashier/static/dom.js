// Making elements: text is always text, so that nothing a biller sends becomes a tag.

/** An element with attributes (class, role, on... as listeners) and children (nodes, texts, null). */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(2).filter((child) => child !== null && child !== false));
  return made;
}
