// Papers: fetched from the server as they are to be printed, put into this page, printed from it,
// so that the keys never leave the till. What the server did not answer gets the till's own slip.

import { h } from "./dom.js";
import { written } from "./money.js";
import { WORDS } from "./words.js";

const host = () => document.getElementById("papers");

/** Fetch the papers of payments [{payment, copy}] and print them together. */
export async function printPapers(wire, papers, size = "roll") {
  const found = [];
  for (const { payment, copy } of papers) {
    const text = await wire.get(`papers/${payment}?size=${size}&copy=${copy}`);
    found.push(document.adoptNode(new DOMParser().parseFromString(text, "text/html").querySelector(".paper")));
  }
  printNow(found);
}

/** The till's own slip for lines whose answer has not come: the keys stand for the number. */
export function printOwnSlip(visit, lines, seat) {
  printNow(lines.map((line) => ownSlip(visit, line, seat)));
}

function printNow(papers) {
  if (papers.length === 0) return;
  host().replaceChildren(...papers);
  window.print();
}

function ownSlip(visit, line, seat) {
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
      row(WORDS.key, line.key)),
    h("footer", {}, h("p", {}, ...both(WORDS.slipNote))));
}
