// Papers: fetched from the server as they are to be printed, put into this page, printed from it,
// so that the keys never leave the till. What the server did not answer gets the till's own slip.

import { h } from "./dom.js";
import { written } from "./money.js";
import { NoAnswer } from "./wire.js";
import { WORDS } from "./words.js";

const host = () => document.getElementById("papers");

/** The papers of these lines as the server has them; `without` are the lines it gave none for. */
export async function fetchPapers(wire, lines, copy = 0, size = "roll") {
  const papers = [];
  const without = [];
  for (const line of lines) {
    const paper = line.payment === null ? null : await fetchPaper(wire, line.payment, copy, size);
    if (paper === null) without.push(line);
    else papers.push(paper);
  }
  return { papers, without };
}

async function fetchPaper(wire, payment, copy, size) {
  try {
    const text = await wire.get(`papers/${payment}?size=${size}&copy=${copy}`);
    return document.adoptNode(new DOMParser().parseFromString(text, "text/html").querySelector(".paper"));
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}

/** Print papers together, in the order given. */
export function printNow(papers) {
  if (papers.length === 0) return;
  host().replaceChildren(...papers);
  window.print();
}

/** The till's own slip, for a line whose paper the server did not give: its key stands for it. */
export function ownSlip(visit, line, seat) {
  const both = (words) => [words.zh, h("span", { lang: "en" }, ` ${words.en}`)];
  const row = (words, value) => h("div", {}, h("dt", {}, ...both(words)), h("dd", {}, value));
  const masked = line.account.slice(-4).padStart(line.account.length, "*");
  return h("article", { class: "paper roll slip" },
    h("header", {},
      h("p", { class: "title" }, ...both(WORDS.slipTitle)),
      h("p", { class: "word" }, ...both(WORDS.slipWord))),
    h("dl", {},
      row(WORDS.biller, `${line.biller.zh} ${line.biller.en}`),
      row(WORDS.account, masked),
      row(WORDS.cash, `${written(line.cash_due, seat.cash)} ${seat.cash.currency}`),
      row(WORDS.outlet, `${seat.at.outlet_name.zh} ${seat.at.outlet}-${seat.at.till}`),
      row(WORDS.time, new Date(visit.at).toLocaleString("sv-SE")),
      line.number === null ? null : row(WORDS.number, line.number),
      row(WORDS.key, line.key)),
    h("footer", {}, h("p", {}, ...both(WORDS.slipNote))));
}
