// Parts that several screens are made of.

import { h } from "./dom.js";
import { pieces, written } from "./money.js";

/** Where typed letters appear. There is no input element: the catcher reads the keys. */
export function field(label, text, { hidden = false, active = true, big = false } = {}) {
  const shown = hidden ? "●".repeat(text.length) : text;
  return h("div", { class: `field${active ? " active" : ""}${big ? " big" : ""}` },
    h("span", { class: "label" }, label),
    h("span", { class: "typed" }, shown, active ? h("span", { class: "caret" }) : null));
}

/** A sum in its currency's sign, large figures for the customer's eye. */
export function sum(amount, cash, name = "sum") {
  return h("span", { class: name }, h("span", { class: "sign" }, cash.currency === "CNY" ? "¥" : cash.currency), written(amount, cash));
}

/** The notes and coins of a change. */
export function coins(change, app) {
  const cash = app.seat.cash;
  const name = (piece) => {
    if (cash.currency !== "CNY") return written(piece, cash);
    const [unit, zh, en] = piece >= 100 ? [100, "元", "yuan"] : piece >= 10 ? [10, "角", "jiao"] : [1, "分", "fen"];
    return `${piece / unit} ${app.language === "zh" ? zh : en}`;
  };
  return h("ul", { class: "coins" }, pieces(change, cash).map(([piece, count]) =>
    h("li", { class: piece >= 100 ? "note" : "coin" }, h("b", {}, name(piece)), h("span", {}, `× ${count}`))));
}

/** What just happened, or what is wrong. */
export function notice(app) {
  return app.notice === null ? null : h("p", { class: `notice ${app.notice.kind}` }, app.tell(app.notice.words));
}
