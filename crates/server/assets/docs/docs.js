// Shows /openapi.json. No library and nothing from elsewhere: the page works without a network.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
let schemas = {};

fetch("/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("status " + answer.status))))
  .then(show)
  .catch((error) => {
    document.getElementById("reference").replaceChildren(make("p", {}, "/openapi.json cannot be read: " + error.message));
  });

function show(reference) {
  schemas = (reference.components && reference.components.schemas) || {};
  const main = document.getElementById("reference");
  const contents = document.getElementById("contents");
  main.replaceChildren(
    make("h1", {}, reference.info.title + " " + reference.info.version),
    ...prose(reference.info.description),
    signIn(reference),
  );
  contents.replaceChildren();
  for (const [tag, operations] of byTag(reference)) {
    const described = (reference.tags || []).find((each) => each.name === tag);
    main.append(make("h2", {}, tag), ...prose(described && described.description));
    contents.append(make("h2", {}, tag));
    for (const operation of operations) {
      main.append(article(operation));
      contents.append(entry(operation));
    }
  }
  document.getElementById("filter").addEventListener("input", (event) => filter(event.target.value));
  if (location.hash) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) target.scrollIntoView();
  }
}

function byTag(reference) {
  const tags = new Map((reference.tags || []).map((tag) => [tag.name, []]));
  for (const [path, item] of Object.entries(reference.paths)) {
    for (const method of METHODS.filter((each) => item[each])) {
      const details = item[method];
      const tag = (details.tags && details.tags[0]) || "other";
      if (!tags.has(tag)) tags.set(tag, []);
      const parameters = (item.parameters || []).concat(details.parameters || []);
      tags.get(tag).push({ path, method, details, parameters, id: method + "-" + path });
    }
  }
  return [...tags].filter(([, operations]) => operations.length > 0);
}

function signIn(reference) {
  const schemes = Object.values((reference.components && reference.components.securitySchemes) || {});
  const ways = schemes.map((scheme) =>
    scheme.type === "http" ? "HTTP " + scheme.scheme
      : scheme.type === "oauth2" ? "a token of OAuth 2.0" : "the header " + scheme.name);
  return make("p", { class: "note" }, ways.length ? "Callers are known by " + ways.join(" or ") + "." : "");
}

function entry(operation) {
  const link = make("a", { href: "#" + encodeURIComponent(operation.id) },
    make("span", { class: "method" }, operation.method), operation.path);
  link.dataset.words = words(operation);
  return link;
}

function words(operation) {
  const { summary = "", description = "" } = operation.details;
  return [operation.method, operation.path, summary, description].join(" ").toLowerCase();
}

function filter(text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const element of document.querySelectorAll("[data-words]")) {
    element.hidden = !wanted.every((word) => element.dataset.words.includes(word));
  }
}

function article(operation) {
  const { details } = operation;
  const element = make("article", { id: operation.id },
    make("h3", {}, make("span", { class: "method" }, operation.method), operation.path),
    ...prose(details.summary), ...prose(details.description));
  element.dataset.words = words(operation);
  if (operation.parameters.length) element.append(make("h4", {}, "Parameters"), parameterTable(operation.parameters));
  if (details.requestBody) {
    element.append(make("h4", {}, "Body"), ...prose(details.requestBody.description), ...bodies(details.requestBody));
  }
  for (const [status, response] of Object.entries(details.responses || {})) {
    const parts = bodies(response);
    const title = make("summary", {}, make("code", {}, status), " " + (response.description || ""));
    element.append(parts.length ? make("details", {}, title, ...parts) : make("p", {}, ...title.childNodes));
  }
  return element;
}

function parameterTable(parameters) {
  return make("table", {}, ...parameters.map((each) => make("tr", {},
    make("td", {}, each.name),
    make("td", { class: "note" }, each.in + (each.required ? ", required" : "")),
    make("td", {}, typeOf(each.schema || {}), " ", ...inline(each.description || "")))));
}

function bodies(holder) {
  return Object.entries(holder.content || {}).flatMap(([type, content]) => {
    const schema = content.schema || {};
    const table = members(schema);
    return [make("p", { class: "note" }, type + ": " + typeOf(schema)), ...(table ? [table] : [])];
  });
}

// The members of a schema, those of objects inside it below their name.
function members(schema) {
  const rows = [];
  collect(schema, "", new Set(), rows);
  return rows.length ? make("table", {}, ...rows) : null;
}

function collect(schema, within, seen, rows) {
  const { schema: found, name } = resolve(schema);
  if (name && seen.has(name)) return;
  const inside = name ? new Set(seen).add(name) : seen;
  for (const part of found.allOf || found.oneOf || found.anyOf || []) collect(part, within, inside, rows);
  if (found.items) collect(found.items, within, inside, rows);
  const required = new Set(found.required || []);
  for (const [member, value] of Object.entries(found.properties || {})) {
    rows.push(row(within + member, value, required.has(member)));
    collect(value, within + member + ".", inside, rows);
  }
}

function row(name, schema, isRequired) {
  const { schema: found } = resolve(schema);
  const notes = [typeOf(schema)];
  if (isRequired) notes.push("required");
  if (schema.readOnly) notes.push("given by the book");
  if (schema.writeOnly) notes.push("never shown");
  const initial = schema.default !== undefined ? schema.default : found.default;
  if (initial !== undefined) notes.push("default " + JSON.stringify(initial));
  const values = schema.enum || found.enum;
  const told = make("td", {}, ...inline(schema.description || found.description || ""));
  if (values) told.append(" One of ", values.map(String).join(", "), ".");
  return make("tr", {}, make("td", {}, name), make("td", { class: "note" }, notes.join(", ")), told);
}

function resolve(schema) {
  const name = schema.$ref && schema.$ref.split("/").pop();
  return { name, schema: (name && schemas[name]) || schema };
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  for (const join of ["oneOf", "anyOf", "allOf"]) {
    if (schema[join]) return schema[join].map(typeOf).filter((each) => each !== "null").join(" or ");
  }
  const type = [].concat(schema.type || "any").filter((each) => each !== "null").join(" or ");
  if (type === "array") return "list of " + typeOf(schema.items || {});
  return schema.format ? type + " (" + schema.format + ")" : type;
}

// Text with `names` in it; never markup, so that nothing in the document can act on the page.
function prose(text) {
  if (!text) return [];
  return text.split(/\n\s*\n/).map((paragraph) => make("p", {}, ...inline(paragraph)));
}

function inline(text) {
  return text.split(/(`[^`]+`)/).map((piece) =>
    piece.length > 2 && piece.startsWith("`") && piece.endsWith("`") ? make("code", {}, piece.slice(1, -1)) : piece);
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}
